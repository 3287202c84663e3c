import { lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Architecture, readArchitecture } from '../core/model/architecture.ts';
import type { LinkedModelProblem } from '../core/model/description.ts';
import { ggufLayout } from '../core/model/ggufHeader.ts';
import { ggufModel } from '../core/model/ggufModel.ts';
import type { GgufVocabulary } from '../core/model/ggufVocabulary.ts';
import { linearTensors, tensorProblems } from '../core/model/model.ts';
import type { WrittenType } from '../core/weights/encode.ts';
import { quoted } from '../core/weights/problem.ts';
import { safetensorsHeader } from '../core/weights/safetensorsHeader.ts';
import { select, unmatched } from '../core/weights/select.ts';
import type { Tensor } from '../core/weights/tensor.ts';
import { reasonOf } from '../core/weights/visibleName.ts';
import type { Place } from './expandPattern.ts';
import { ggufVocabularyOf } from './ggufVocabularyOf.ts';
import { decoded, findModel, isProblem, isThere, pathOf, readWhole } from './models/modelFiles.ts';
import { type OpenWeights, openWeights } from './openWeights.ts';
import { replacing } from './replacing.ts';
import { type ModelFilePlan, type PlannedTensor, type WriteOptions, writeModelFile } from './writeModelFile.ts';

/** What is to be written. */
export interface ModelExport extends WriteOptions {
  /** The folder of the model, or a safetensors file in it; relative to `place`. */
  readonly path: string;
  /** Its configuration; `config.json` beside the weights unless given. */
  readonly config: string | undefined;
  /** Its tokenizer; what lies beside the weights unless given. */
  readonly tokenizer: string | undefined;
  readonly place: Place;
  /** Globs over names of tensors: of the linear layers, those that are quantized; all unless given. */
  readonly quantize: readonly string[] | undefined;
  readonly keep: readonly string[];
  /** A folder of Hugging Face's layout, or one file for llama.cpp. */
  readonly as: 'safetensors' | 'gguf';
  /** How quantized tensors are stored, and in GGUF the others too, but for norms. */
  readonly type: WrittenType;
  /** Where the files go; the folder is made. */
  readonly folder: string;
  /** `keep`: refuse to replace a file. */
  readonly existing: 'keep' | 'replace';
}

/** What was written. */
export interface ExportedModel {
  readonly paths: readonly string[];
  readonly nQuantized: number;
  readonly nTensors: number;
}

/** A configuration is some kilobytes, and what stands beside it at most some megabytes. */
const MOST_CONFIG = 2 ** 20;
const MOST_BESIDE = 2 ** 26;

/** What transformers, llama.cpp and Nibble look for beside the weights. */
const BESIDE = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'tokenizer.model',
  'vocab.json',
  'merges.txt',
  'tokenizer.bin',
  'chars.json',
];

/**
 * Writes a model whose linear layers are quantized and dequantized, for engines of others. It goes tensor by tensor, so the memory is that
 * of the largest one; into a file beside its place, which it takes when it is whole. Rejects with an `AbortError` once the signal is set;
 * nothing is left behind then.
 */
export async function exportModel(asked: ModelExport): Promise<ExportedModel | { readonly problems: readonly string[] }> {
  const found = await findModel(asked.path, asked.place);
  if (isProblem(found)) return { problems: [found.message] };
  const file = asked.config ?? join(found.folder, 'config.json');
  const config = await readWhole(file, asked.place, MOST_CONFIG, 'config');
  if (isProblem(config)) return { problems: [config.message] };
  const architecture = architectureOf(config, file);
  if ('problems' in architecture) return architecture;
  const opened = await openWeights(found.patterns, asked.place);
  try {
    const problems = [...opened.problems, ...tensorProblems(architecture, opened.tensors, asked.path)];
    if (problems.length > 0) return { problems: problems.map(({ message }) => message) };
    return await written(asked, found.folder, architecture, config, opened);
  } catch (error) {
    if (asked.signal.aborted) throw error;
    // The disk or the files: nothing was put in its place.
    return { problems: [`Cannot export ${quoted(asked.path)}: ${reasonOf(error)}`] };
  } finally {
    await opened.close();
  }
}

function architectureOf(config: Uint8Array, file: string): Architecture | { readonly problems: readonly string[] } {
  const text = decoded(config, file, 'config');
  if (typeof text !== 'string') return { problems: [text.message] };
  const read = readArchitecture(text, file);
  return 'architecture' in read ? read.architecture : { problems: read.problems.map(({ message }) => message) };
}

async function written(
  asked: ModelExport,
  from: string,
  architecture: Architecture,
  config: Uint8Array,
  { tensors }: OpenWeights,
): Promise<ExportedModel | { readonly problems: readonly string[] }> {
  const { folder, place, existing } = asked;
  const linears = linearTensors(architecture).filter(
    ({ name }) => select([{ name }], { include: asked.quantize, exclude: asked.keep }).length > 0,
  );
  if (linears.length === 0) return { problems: [`No linear layer of ${quoted(asked.path)} is selected, so there is nothing to quantize`] };
  const strangers = unmatched(asked.path, tensors, { include: asked.quantize, exclude: asked.keep });
  if (strangers.length > 0) return { problems: strangers.map(({ message }) => message) };
  const selected = new Set(linears.map(({ name }) => name));
  await mkdir(folder, { recursive: true });
  if ((await realpath(folder)) === (await realpath(pathOf(from, place))))
    return { problems: [`${quoted(folder)} is the folder of the model itself; name another with --out`] };
  const main = asked.as === 'gguf' ? 'model.gguf' : 'model.safetensors';
  const beside = asked.as === 'gguf' ? new Map<string, Uint8Array>() : await filesBeside(from, config, asked);
  if (isProblem(beside)) return { problems: [beside.message] };
  const names = [main, ...beside.keys()];
  if (existing === 'keep')
    for (const name of names)
      if (await exists(join(folder, name)))
        return { problems: [`${quoted(join(folder, name))} is there already; replace it with --force`] };
  const vocabulary =
    asked.as === 'gguf' ? await ggufVocabularyOf(asked.tokenizer, from, architecture.nTokens, place, MOST_BESIDE) : undefined;
  if (vocabulary && 'message' in vocabulary) return { problems: [vocabulary.message] };
  const plan = vocabulary
    ? ggufPlan(asked, architecture, vocabulary.vocabulary, tensors, selected)
    : safetensorsPlan(asked, tensors, selected);
  await replacing(join(folder, main), (file) => writeModelFile(file, plan, asked));
  for (const [name, bytes] of beside) await replacing(join(folder, name), (file) => file.writeFile(bytes));
  return { paths: names.map((name) => join(folder, name)), nQuantized: selected.size, nTensors: plan.tensors.length };
}

/** The other files of the model by their names. They are held at once: all of them are read before anything is written. */
async function filesBeside(
  from: string,
  config: Uint8Array,
  { tokenizer, place, type }: ModelExport,
): Promise<ReadonlyMap<string, Uint8Array> | LinkedModelProblem> {
  const files = new Map([['config.json', inType(config, type)]]);
  const there = await Promise.all(BESIDE.map(async (name) => ((await isThere(join(from, name), place)) ? [join(from, name)] : [])));
  for (const file of [...there.flat(), ...(tokenizer === undefined ? [] : [tokenizer])]) {
    const bytes = await readWhole(file, place, MOST_BESIDE, 'tokenizer');
    if (isProblem(bytes)) return bytes;
    files.set(basename(file), bytes);
  }
  return files;
}

/** A configuration that says how weights are stored: transformers would round them to what it said before. */
function inType(config: Uint8Array, type: WrittenType): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(config)) as Record<string, unknown>;
  const keys = ['torch_dtype', 'dtype'].filter((key) => typeof document[key] === 'string');
  if (keys.length === 0) return config;
  for (const key of keys) document[key] = type === 'F32' ? 'float32' : 'float16';
  return new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function safetensorsPlan({ type }: ModelExport, tensors: readonly Tensor[], selected: ReadonlySet<string>): ModelFilePlan {
  const planned = tensors.map((source): PlannedTensor => {
    const isQuantized = selected.has(source.name);
    const how = isQuantized ? 'quantized' : source.readStored ? 'as stored' : 'as read';
    return { source, how, type: isQuantized ? type : source.readStored ? source.type : 'F32', rows: undefined, padding: 0 };
  });
  return {
    header: safetensorsHeader(planned.map(({ source: { name, shape }, type }) => ({ name, shape, type }))),
    tensors: planned,
  };
}

function ggufPlan(
  { path, type }: ModelExport,
  architecture: Architecture,
  vocabulary: GgufVocabulary,
  tensors: readonly Tensor[],
  selected: ReadonlySet<string>,
): ModelFilePlan {
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const model = ggufModel(architecture, basename(path), type, vocabulary);
  const { header, padding } = ggufLayout(model.metadata, model.tensors);
  return {
    header,
    tensors: model.tensors.map(({ source, type, rows }, i) => ({
      source: found.get(source)!,
      how: selected.has(source) ? 'quantized' : 'as read',
      type,
      rows,
      padding: padding[i]!,
    })),
  };
}
