import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { fitWeights } from '../../../core/measure/fit/fitWeights.ts';
import { tensorHistogram } from '../../../core/measure/fit/normalisation.ts';
import { cells } from '../../../core/measure/histogram16.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { inputErrors } from '../../../core/model/inputErrors.ts';
import { type InputRecord, inputRecorder, sampleTensor } from '../../../core/model/inputRecord.ts';
import type { Linear } from '../../../core/model/model.ts';
import { quantizedInputs } from '../../../core/model/quantized.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import wasm from '../../../kernels/kernels.wasm';
import { plain } from '../quantize/inputs.ts';
import { int4, nf4 } from '../quantize/tables.ts';
import { logitsOf, tinyModel, tinyTokens } from './models.ts';

const linear = (name: string): Linear => ({ name, nOut: 1, nIn: 2, weights: new Float32Array(2) });

describe('the sample', () => {
  /** Tokens that say their number, recorded some at a time. */
  const recorded = (nTokens: number, most: number, seed: number, perCall = 7): InputRecord => {
    const { hook, records } = inputRecorder(() => true, { seed, most });
    for (let from = 0; from < nTokens; from += perCall) {
      const n = Math.min(perCall, nTokens - from);
      hook.apply(
        [linear('a')],
        Float32Array.from({ length: 2 * n }, (_, i) => from + Math.floor(i / 2)),
        2,
      );
    }
    return records()[0]!;
  };
  const tokensOf = ({ sample }: InputRecord): readonly number[] => Array.from(sample.filter((_, i) => i % 2 === 0));

  test('is every token in its place, where there is room', () => {
    const record = recorded(20, 40, 1);
    expect(tokensOf(record)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(record).toMatchObject({ nTokens: 20, width: 2, linears: ['a'] });
  });

  test('has no more numbers than asked for, each token whole and once', () => {
    const record = recorded(1000, 51, 1);
    expect(record.nTokens).toBe(1000);
    const tokens = tokensOf(record);
    expect(tokens).toHaveLength(25);
    expect(new Set(tokens).size).toBe(25);
    expect(Array.from(record.sample.filter((_, i) => i % 2 === 1))).toEqual(tokens);
    expect(tokensOf(recorded(1000, 1, 1))).toHaveLength(1);
  });

  test('has every token as likely as any other', () => {
    const nDrawn = new Float64Array(100);
    for (let seed = 0; seed < 2000; seed++) for (const token of tokensOf(recorded(100, 20, seed))) nDrawn[token]!++;
    // Each is drawn 200 times on average, with a standard deviation of 13.4.
    for (const n of nDrawn) expect(Math.abs(n - 200)).toBeLessThan(5 * 13.4);
  });

  test('does not depend on how the tokens came, and is another one for another seed', () => {
    const record = recorded(500, 60, 4);
    expect(recorded(500, 60, 4, 93)).toEqual(record);
    expect(tokensOf(recorded(500, 60, 5))).not.toEqual(tokensOf(record));
  });
});

test('maxima leave out what is not finite, and counts count it', () => {
  const { hook, records } = inputRecorder(() => true, { seed: 1, most: 10 });
  hook.apply([linear('a')], Float32Array.of(-3, Number.NaN, 2, Number.NEGATIVE_INFINITY, 1, 0.5), 2);
  const [{ maxima, histogram }] = records() as [InputRecord];
  expect(maxima).toEqual(Float32Array.of(3, 0.5));
  expect(cells(histogram)).toMatchObject({ n: 4, nNonFinite: 2 });
});

describe('on tiny-lm', async () => {
  const model = await tinyModel();
  const tokens = tinyTokens(readFileSync('examples/tiny-lm/held-moby.txt', 'utf8')).slice(0, 200);
  const engine = fastEngine(wasm, model, 256, undefined);
  const plainLogits = logitsOf(engine, tokens);
  const { hook, records: all } = inputRecorder(() => true, { seed: 1, most: 2 ** 18 });
  engine.load(model, hook);
  const logits = logitsOf(engine, tokens);
  const records = all();

  test('recording changes nothing, and knows which linear layers share their inputs', () => {
    expect(logits).toEqual(plainLogits);
    expect(
      records.map(({ linears, width, nTokens }) => [linears.map((name) => /(\w+)_proj/.exec(name)![1]).join(' '), width, nTokens]),
    ).toEqual(
      Array.from({ length: 5 }, () => [
        ['q k v', 128, 200],
        ['o', 128, 200],
        ['gate up', 128, 200],
        ['down', 352, 200],
      ]).flat(),
    );
  });

  test('only what is selected is recorded', () => {
    const { hook: some, records: found } = inputRecorder((name) => /layers\.1\..*(k|down)_proj/.test(name), { seed: 1, most: 100 });
    engine.load(model, some);
    logitsOf(engine, tokens);
    expect(found().map(({ linears }) => linears)).toEqual([
      ['model.layers.1.self_attn.k_proj.weight'],
      ['model.layers.1.mlp.down_proj.weight'],
    ]);
  });

  test('the counts of a sample that holds all are those of the record, and so are the fits', async () => {
    for (const record of records.slice(0, 4)) {
      const counted = await tensorHistogram(sampleTensor(record, 'text'), { kind: 'raw' }, { chunk: 1000, signal: undefined });
      expect(counted).toEqual(record.histogram);
      const { studentT } = fitWeights(cells(record.histogram), { kind: 'raw' });
      expect(studentT.fit.kind).toBe('student_t');
    }
  });

  const rules: readonly (readonly [string, ScaleRule])[] = [
    ['block 32', plain],
    ['per token', { ...plain, block: 'tensor' }],
    ['flat', { ...plain, axis: 'flat', block: 48 }],
    ['a search per tensor', { ...plain, anchor: { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.3, per: 'tensor' } }],
    [
      'two levels of scales',
      {
        ...plain,
        type: { kind: 'float', name: 'e4m3' },
        second: { block: 'tensor', type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', offset: 'none', largest: undefined },
      },
    ],
  ];

  test.each(rules)('the error of a format is that of the inputs as the engine quantizes them: %s', async (_name, rule) => {
    const job = { codebook: codebook(nf4, 'lower', 4), rule };
    for (const record of [records[1]!, records[7]!]) {
      const quantized = record.sample.slice();
      quantizedInputs(job, () => true).apply([], quantized, record.width);
      const noise = record.sample.reduce((sum, x, i) => sum + (x - quantized[i]!) ** 2, 0);
      const [sums] = await inputErrors(record, [job]);
      expect(sums!.n).toBe(record.sample.length);
      expect(sums!.noise / noise).toBeCloseTo(1, 10);
    }
  });

  test('several formats are each measured as if alone', async () => {
    const jobs = [nf4, int4].map((levels) => ({ codebook: codebook(levels, 'lower', 4), rule: plain }));
    const together = await inputErrors(records[0]!, jobs);
    expect(together).toEqual([...(await inputErrors(records[0]!, [jobs[0]!])), ...(await inputErrors(records[0]!, [jobs[1]!]))]);
  });
});
