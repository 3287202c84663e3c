import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { bootstrapInterval, byDocument } from '../../../core/model/bootstrap.ts';
import type { Engine } from '../../../core/model/engine.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { plainPredictions, type QualitySums, qualityMeasures, qualityOn, totalQuality } from '../../../core/model/quality.ts';
import { withQuantizedWeights } from '../../../core/model/quantized.ts';
import { type TextWindow, windowsOf } from '../../../core/model/windows.ts';
import wasm from '../../../kernels/kernels.wasm';
import { plain } from '../quantize/inputs.ts';
import { nf4 } from '../quantize/tables.ts';
import { tinyModel, tinyTokens } from './models.ts';

/** Sums, where a test knows that there is no fault. */
function measured(engine: Engine, window: TextWindow, other: Engine): QualitySums {
  const sums = qualityOn(engine, window, plainPredictions(other, window));
  if ('fault' in sums) throw new Error(sums.fault);
  return sums;
}

describe('on tiny-lm', async () => {
  const model = await tinyModel();
  const engine = fastEngine(wasm, model, 256, undefined);
  const windowsOfText = (name: string): readonly TextWindow[] =>
    windowsOf([Uint32Array.from(tinyTokens(readFileSync(`examples/tiny-lm/held-${name}.txt`, 'utf8')))], {
      length: 256,
      begin: undefined,
      rest: 'drop',
      mostTargets: undefined,
    });

  // As train.py measured it, in PyTorch, on the weights that it stored: examples/tiny-lm/README.md.
  test.each([
    ['moby', 1.4713],
    ['sotu', 0.9999],
  ])('the loss on held-%s is the one that its training reports: %f', { timeout: 120_000 }, (name, expected) => {
    const total = totalQuality(
      windowsOfText(name).map((window) => {
        const sums = qualityOn(engine, window, { logits: new Float32Array(256 * 86) });
        if ('fault' in sums) throw new Error(sums.fault);
        return sums;
      }),
    );
    expect(qualityMeasures.loss(total)).toBeCloseTo(expected, 4);
    // The predictions that it was compared with know nothing.
    expect(qualityMeasures.perplexity({ ...total, loss: total.plainLoss })).toBeCloseTo(86, 10);
  });

  test('a model is at no distance from itself, and its quantized one at some', () => {
    const window = windowsOfText('sotu')[7]!;
    const same = measured(engine, window, engine);
    expect(same).toMatchObject({ n: 256, divergence: 0, nAgreed: 256 });
    expect(same.loss).toBe(same.plainLoss);
    const quantized = withQuantizedWeights(model, { codebook: codebook(nf4, 'lower', 4), rule: { ...plain, block: 'tensor' } }, () => true);
    const changed = measured(fastEngine(wasm, quantized, 256, undefined), window, engine);
    expect(changed.plainLoss).toBe(same.loss);
    expect(changed.divergence).toBeGreaterThan(0.001 * 256);
    expect(changed.nAgreed).toBeLessThan(256);
  });
});

/** An engine whose logits are given. */
const saying = (...rows: readonly (readonly number[])[]): Engine => ({
  mostTokens: rows.length,
  run: (_tokens, visit) => {
    for (const [position, row] of rows.entries()) visit(position, Float32Array.from(row));
  },
});
const window: TextWindow = { document: 0, inputs: Uint32Array.of(0, 1), targets: Uint32Array.of(1, 2) };

test('loss, divergence and agreement are those of the definitions', () => {
  const p = [0.5, 0.25, 0.25];
  const q = [0.25, 0.25, 0.5];
  const logits = (probabilities: readonly number[], shift: number): readonly number[] => probabilities.map((x) => Math.log(x) + shift);
  const sums = measured(saying(logits(q, 3), logits(p, -1)), window, saying(logits(p, 0), logits(p, 7)));
  expect(sums.n).toBe(2);
  expect(sums.loss).toBeCloseTo(Math.log(4) + Math.log(4), 6);
  expect(sums.plainLoss).toBeCloseTo(2 * Math.log(4), 6);
  // 1/2 ln 2 + 1/4 ln 1 + 1/4 ln 1/2.
  expect(sums.divergence).toBeCloseTo(0.25 * Math.log(2), 6);
  expect(sums.nAgreed).toBe(1);
});

test('logits beyond all bounds give the right sums, and those that are not finite a fault', () => {
  expect(measured(saying([3e38, -3e38, 0], [0, 0, 0]), window, saying([3e38, -3e38, 0], [0, 0, 0])).divergence).toBe(0);
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const predictions = plainPredictions(saying([0, 0, 0], [0, 0, 0]), window);
    expect(qualityOn(saying([0, 0, 0], [0, odd, 0]), window, predictions)).toEqual({
      fault: expect.stringContaining('logits of position 1 are not finite'),
    });
  }
});

test('a target that the model has no logit for is a mistake of the caller', () => {
  const engine = saying([0, 0], [0, 0]);
  expect(() => qualityOn(engine, window, plainPredictions(engine, window))).toThrow('Target 1 is 2; the model has the tokens 0 to 1');
});

describe('windows', () => {
  const cutting = { length: 4, begin: undefined, rest: 'keep', mostTargets: undefined } as const;
  const documents = [Uint32Array.of(1, 2, 3, 4, 5, 6, 7), Uint32Array.of(9), Uint32Array.of(), Uint32Array.of(8, 9)];
  const shown = (windows: readonly TextWindow[]): readonly string[] =>
    windows.map(({ document, inputs, targets }) => `${document}: ${inputs.join(' ')} -> ${targets.join(' ')}`);

  test('each target is predicted once, in a window of its own document', () => {
    expect(shown(windowsOf(documents, cutting))).toEqual(['0: 1 2 3 4 -> 2 3 4 5', '0: 5 6 -> 6 7', '3: 8 -> 9']);
  });

  test('what is left behind the last whole window may be dropped', () => {
    expect(shown(windowsOf(documents, { ...cutting, rest: 'drop' }))).toEqual(['0: 1 2 3 4 -> 2 3 4 5']);
  });

  test('a token may begin each document, which then has one target more', () => {
    expect(shown(windowsOf(documents, { ...cutting, begin: 0 }))).toEqual([
      '0: 0 1 2 3 -> 1 2 3 4',
      '0: 4 5 6 -> 5 6 7',
      '1: 0 -> 9',
      '3: 0 8 -> 8 9',
    ]);
  });

  test('no window is begun once there are enough targets', () => {
    expect(shown(windowsOf(documents, { ...cutting, mostTargets: 4 }))).toEqual(['0: 1 2 3 4 -> 2 3 4 5']);
    expect(shown(windowsOf(documents, { ...cutting, mostTargets: 5 }))).toHaveLength(2);
  });
});

describe('the bootstrap', () => {
  const unit = (loss: number, plainLoss = 0): QualitySums => ({ n: 1, loss, plainLoss, divergence: 0, nAgreed: 0 });
  const settings = { seed: 7, nResamples: 4000, confidence: 0.95 };
  const meanLoss = ([total]: readonly QualitySums[]): number => qualityMeasures.loss(total!);

  test('of a mean is that of the central limit theorem, for many units', () => {
    const units = Array.from({ length: 400 }, (_, i) => unit((i * 37) % 400));
    const interval = bootstrapInterval([units], meanLoss, settings)!;
    // A standard error of 400 / sqrt(12) / sqrt(400).
    const half = (1.96 * 400) / Math.sqrt(12 * 400);
    expect(Math.abs(interval.low - (199.5 - half))).toBeLessThan(0.08 * half);
    expect(Math.abs(interval.high - (199.5 + half))).toBeLessThan(0.08 * half);
  });

  test('is paired: a difference that every unit has is certain, however they differ', () => {
    const a = Array.from({ length: 30 }, (_, i) => unit(i * i, i * i - 2));
    const b = a.map(({ loss }) => unit(loss + 0.5));
    const own = bootstrapInterval([a], ([total]) => qualityMeasures.lossChange(total!), settings)!;
    expect(own).toEqual({ low: 2, high: 2 });
    const between = bootstrapInterval([a, b], ([first, second]) => meanLoss([second!]) - meanLoss([first!]), settings)!;
    expect(between.low).toBeCloseTo(0.5, 10);
    expect(between.high).toBeCloseTo(0.5, 10);
  });

  test('is the same for the same seed, and another for another one', () => {
    const units = Array.from({ length: 20 }, (_, i) => unit(Math.sin(i)));
    const first = bootstrapInterval([units], meanLoss, settings);
    expect(bootstrapInterval([units], meanLoss, settings)).toEqual(first);
    expect(bootstrapInterval([units], meanLoss, { ...settings, seed: 8 })).not.toEqual(first);
  });

  test('says nothing of a single unit', () => {
    expect(bootstrapInterval([[unit(1)]], meanLoss, settings)).toBeUndefined();
  });

  test('may draw whole documents', () => {
    const windows = [{ document: 3 }, { document: 5 }, { document: 3 }];
    expect(byDocument(windows, [unit(1), unit(2), unit(10)])).toEqual([{ ...unit(11), n: 2 }, unit(2)]);
  });
});
