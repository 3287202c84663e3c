import { describe, expect, test } from 'vitest';
import { add, type ErrorSums } from '../../../core/measure/errorSums.ts';
import { clipped, cosine, entropy, mae, mse, sqnr } from '../../../core/measure/measures.ts';
import { type Estimate, estimate, type Spread, sampled } from '../../../core/profile/estimate.ts';
import { sampleRuns } from '../../../core/profile/sample.ts';
import { draws } from './draws.ts';
import { books, ruleOf, truth } from './rules.ts';

const nRuns = 64;
const length = 1024;
const n = 2 ** 20;
const rule = ruleOf({ block: 32 });
const measures: Readonly<Record<string, readonly [(sums: ErrorSums) => number, Spread]>> = {
  mse: [mse, 'positive'],
  sqnr: [sqnr, 'any'],
  mae: [mae, 'positive'],
  cosine: [cosine, 'cosine'],
  entropy: [entropy, 'any'],
};

/** Where the runs of a sample begin: each is a row. */
const runStarts = (seed: number): readonly number[] =>
  sampleRuns([{ n, shape: [n / length, length] }], rule, seed)!.map(({ from }) => from);

/** Rows of 1024 whose scales differ as those of real weights do: lognormal, and one of a thousand 8 times as large. */
function heterogeneous(seed: number): Float32Array {
  const weights = draws(n, 5, seed);
  const scales = draws(n / length, Number.POSITIVE_INFINITY, seed + 1).map((z, row) => Math.exp(25 * z) * (row % 1000 === 500 ? 8 : 1));
  return weights.map((w, i) => w * scales[Math.floor(i / length)]!);
}

const sumsOfRuns = async (weights: Float32Array, starts: readonly number[]): Promise<[ErrorSums, ...ErrorSums[]]> => {
  const sums = await Promise.all(starts.map((from) => truth(weights.slice(from, from + length), [length], books['nf4']!, rule)));
  return [sums[0]!, ...sums.slice(1)];
};

describe('an interval holds the truth 95 times of 100', () => {
  const tensors = { 'one scale': draws(n, 5, 1), 'rows of many scales': heterogeneous(5) };
  test.each(Object.entries(tensors))('%s', async (_, weights) => {
    const all = await truth(weights, [n / length, length], books['nf4']!, rule);
    const held = Object.fromEntries(Object.keys(measures).map((name) => [name, 0]));
    for (let seed = 0; seed < 100; seed++) {
      const runs = await sumsOfRuns(weights, runStarts(seed));
      for (const [name, [measure, spread]] of Object.entries(measures)) {
        const { low, high } = estimate(measure, spread, runs, n);
        if (low <= measure(all) && measure(all) <= high) held[name]!++;
      }
    }
    for (const name of Object.keys(measures)) {
      expect({ name, held: held[name]! }).toEqual({ name, held: expect.toSatisfy((times: number) => times >= 90 && times <= 98) });
    }
  });
});

describe('an interval', () => {
  test('is a tenth of a dB for 64 runs of 1024 weights', async () => {
    const runs = await sumsOfRuns(draws(n, 5, 1), runStarts(1));
    const { value, low, high } = estimate(sqnr, 'any', runs, n);
    expect(high - low).toBeLessThan(0.2);
    expect([low < value, value < high]).toEqual([true, true]);
  });

  test('has no width where all was seen', async () => {
    const runs = await sumsOfRuns(
      draws(nRuns * length, 5, 1),
      Array.from({ length: nRuns }, (_, i) => i * length),
    );
    const all = await truth(draws(nRuns * length, 5, 1), [nRuns, length], books['nf4']!, rule);
    const { value, low, high } = estimate(mse, 'positive', runs, nRuns * length);
    expect(value).toBeCloseTo(mse(all), 15);
    expect([low, high]).toEqual([value, value]);
  });

  test('is anything where there was one run', async () => {
    const runs = await sumsOfRuns(draws(length, 5, 1), [0]);
    expect(estimate(sqnr, 'any', runs, n)).toMatchObject({ low: -Infinity, high: Infinity } satisfies Partial<Estimate>);
  });

  test('of a share that was never seen reaches up to 3 in n', async () => {
    const runs = await sumsOfRuns(draws(n, 5, 1), runStarts(1));
    expect(estimate(clipped, 'share', runs, n)).toEqual({ value: 0, low: 0, high: 3 / (nRuns * length) });
  });
});

test('all measures at once have the estimates that each has alone', async () => {
  const runs = await sumsOfRuns(heterogeneous(9), runStarts(2));
  const { sums, estimates } = sampled(runs, n);
  expect(sums).toEqual(runs.reduce(add));
  for (const [name, [measure, spread]] of Object.entries(measures))
    expect(estimates[name as keyof typeof estimates], name).toEqual(estimate(measure, spread, runs, n));
});
