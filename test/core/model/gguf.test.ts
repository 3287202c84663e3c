import { describe, expect, test } from 'vitest';
import type { Architecture } from '../../../core/model/architecture.ts';
import { type GgufValue, ggufLayout } from '../../../core/model/ggufHeader.ts';
import { ggufModel } from '../../../core/model/ggufModel.ts';
import { characterVocabulary, llama2cVocabulary } from '../../../core/model/ggufVocabulary.ts';
import { readLlama2cPieces } from '../../../core/model/llama2cTokenizer.ts';
import { llama2cFile } from './jsonTokenizers.ts';

/** A reader from the description of the format, github.com/ggml-org/ggml, docs/gguf.md. */
function readGguf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const u32 = (): number => view.getUint32((at += 4) - 4, true);
  const u64 = (): number => Number(view.getBigUint64((at += 8) - 8, true));
  const string = (): string => {
    const length = u64();
    at += length;
    return Buffer.from(bytes.subarray(at - length, at)).toString('utf8');
  };
  const value = (type: number): unknown => {
    if (type === 4) return u32();
    if (type === 5) return view.getInt32((at += 4) - 4, true);
    if (type === 6) return view.getFloat32((at += 4) - 4, true);
    if (type === 7) return bytes[at++] === 1;
    if (type === 8) return string();
    if (type === 9) {
      const of = u32();
      return Array.from({ length: u64() }, () => value(of));
    }
    throw new Error(`Type ${type} at ${at}`);
  };
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  at = 4;
  const version = u32();
  const nTensors = u64();
  const nValues = u64();
  const metadata = Object.fromEntries(Array.from({ length: nValues }, () => [string(), value(u32())]));
  const tensors = Array.from({ length: nTensors }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  return { magic, version, metadata, tensors, end: at };
}

const architecture: Architecture = {
  hidden: 8,
  intermediate: 12,
  nLayers: 1,
  nHeads: 2,
  nKeyValueHeads: 1,
  headSize: 4,
  nTokens: 5,
  context: 32,
  normEpsilon: 1e-5,
  rotaryBase: 10_000,
  rotaryPairs: 'halves',
  head: 'tied',
};

describe('a GGUF file', () => {
  test('has its metadata and its tensors, each at a multiple of 32, the fastest dimension first', () => {
    const metadata = new Map<string, GgufValue>([
      ['count', { type: 'uint32', value: 7 }],
      ['real', { type: 'float32', value: 0.5 }],
      ['yes', { type: 'bool', value: 1 }],
      ['word', { type: 'string', value: 'naïve' }],
      ['words', { type: 'strings', value: ['▁a', '', 'x'.repeat(3000)] }],
      ['reals', { type: 'float32s', value: [-1, 0.25] }],
      ['kinds', { type: 'int32s', value: [1, 6] }],
    ]);
    const { header, padding } = ggufLayout(metadata, [
      { name: 'first', type: 'F32', shape: [3, 2] },
      { name: 'second', type: 'F16', shape: [16] },
      { name: 'third', type: 'F32', shape: [1] },
    ]);
    expect(padding).toEqual([8, 0, 28]);
    expect(header.length % 32).toBe(0);
    const read = readGguf(header);
    expect(read).toMatchObject({ magic: 'GGUF', version: 3 });
    expect(read.metadata).toEqual({
      count: 7,
      real: 0.5,
      yes: true,
      word: 'naïve',
      words: ['▁a', '', 'x'.repeat(3000)],
      reals: [-1, 0.25],
      kinds: [1, 6],
    });
    expect(read.tensors).toEqual([
      { name: 'first', shape: [2, 3], type: 0, offset: 0 },
      { name: 'second', shape: [16], type: 1, offset: 32 },
      { name: 'third', shape: [1], type: 0, offset: 64 },
    ]);
    expect(header.subarray(read.end).every((byte) => byte === 0)).toBe(true);
  });

  test('of a model has the names of llama.cpp, and norms in float32', () => {
    const { metadata, tensors } = ggufModel(architecture, 'mine', 'F16', new Map());
    expect(tensors.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'token_embd.weight F16',
      'blk.0.attn_norm.weight F32',
      'blk.0.attn_q.weight F16',
      'blk.0.attn_k.weight F16',
      'blk.0.attn_v.weight F16',
      'blk.0.attn_output.weight F16',
      'blk.0.ffn_norm.weight F32',
      'blk.0.ffn_gate.weight F16',
      'blk.0.ffn_up.weight F16',
      'blk.0.ffn_down.weight F16',
      'output_norm.weight F32',
    ]);
    expect(metadata.get('llama.attention.head_count_kv')).toEqual({ type: 'uint32', value: 1 });
    expect(ggufModel({ ...architecture, head: 'own' }, 'mine', 'F32', new Map()).tensors.at(-1)).toMatchObject({
      name: 'output.weight',
      source: 'lm_head.weight',
    });
  });

  test('has the rows of queries and keys by neighbours, head by head', () => {
    const rows = (of: Architecture): readonly unknown[] =>
      ggufModel(of, 'mine', 'F32', new Map()).tensors.flatMap(({ name, rows }) => (rows ? [name, [...rows]] : []));
    expect(rows(architecture)).toEqual(['blk.0.attn_q.weight', [0, 2, 1, 3, 4, 6, 5, 7], 'blk.0.attn_k.weight', [0, 2, 1, 3]]);
    expect(rows({ ...architecture, rotaryPairs: 'neighbours' })).toEqual([]);
  });
});

describe("a GGUF file's tokens", () => {
  test('are the characters of a table, and names that no text has for what the model knows beyond', () => {
    const vocabulary = characterVocabulary(['a', ' ', '\n'], 5);
    expect(vocabulary.get('tokenizer.ggml.tokens')!.value).toEqual(['a', '▁', '\n', '<unused 3>', '<unused 4>']);
    expect(vocabulary.get('tokenizer.ggml.token_type')!.value).toEqual([1, 1, 1, 5, 5]);
    expect(vocabulary.get('tokenizer.ggml.add_bos_token')!.value).toBe(0);
    expect(vocabulary.get('tokenizer.ggml.add_space_prefix')!.value).toBe(0);
  });

  test("are llama2.c's with their scores; of one twice the first", () => {
    const file = llama2cFile([
      [' the', -1.5],
      ['x', -2],
      ['x', -3],
    ]);
    const read = readLlama2cPieces(file, 262, 'tok.bin');
    if ('problems' in read) return expect.fail(read.problems[0]!.message);
    const vocabulary = llama2cVocabulary(read, 263);
    const tokens = vocabulary.get('tokenizer.ggml.tokens')!.value as readonly string[];
    expect([...tokens.slice(0, 4), ...tokens.slice(258)]).toEqual([
      '<unk>',
      '<s>',
      '</s>',
      '<0x00>',
      '<0xFF>',
      '▁the',
      'x',
      '<unused 261>',
      '<unused 262>',
    ]);
    expect((vocabulary.get('tokenizer.ggml.scores')!.value as readonly number[]).slice(259)).toEqual([-1.5, -2, 0, 0]);
    expect((vocabulary.get('tokenizer.ggml.token_type')!.value as readonly number[]).slice(0, 4)).toEqual([2, 3, 3, 6]);
    expect(vocabulary.get('tokenizer.ggml.bos_token_id')!.value).toBe(1);
  });
});
