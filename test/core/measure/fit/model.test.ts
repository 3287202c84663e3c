import { expect, test } from 'vitest';
import { fitWeights, type WeightsFit } from '../../../../core/measure/fit/fitWeights.ts';
import { type ModelSummary, modelSummary } from '../../../../core/measure/fit/modelSummary.ts';
import { type Normalisation, tensorHistogram } from '../../../../core/measure/fit/normalisation.ts';
import { cells } from '../../../../core/measure/histogram16.ts';
import { cellsOf, studentTDraws, tinyTensors } from './samples.ts';

/** The fits of all matrices of the model in examples. */
async function tinyFits(rule: Normalisation): Promise<readonly WeightsFit[]> {
  const matrices = (await tinyTensors()).filter(({ shape }) => shape.length === 2);
  const histograms = await Promise.all(matrices.map((tensor) => tensorHistogram(tensor, rule, { chunk: 2 ** 16, signal: undefined })));
  return histograms.map((histogram) => fitWeights(cells(histogram), rule));
}

test('in the model in examples, the tails of raw matrices are in part those of rows of different size', async () => {
  const raw = modelSummary(await tinyFits({ kind: 'raw' }));
  const row = modelSummary(await tinyFits({ kind: 'row' }));
  expect(raw).toMatchObject({ nTensors: 36, nWithoutFit: 0 });
  expect(row).toMatchObject({ nTensors: 36, nWithoutFit: 0 });
  expect(raw.nAsGoodAsNormal).toBeLessThan(10);
  expect(row.nAsGoodAsNormal).toBeGreaterThan(18);
  expect(raw.medianNu).toBeLessThan(40);
  expect(row.medianNu).toBe(Number.POSITIVE_INFINITY);
  expect(raw.ksDelta!.mean).toBeGreaterThan(2 * row.ksDelta!.mean);
});

const fitsOf = (...weights: readonly Float32Array[]): readonly WeightsFit[] =>
  weights.map((some) => fitWeights(cellsOf(some), { kind: 'raw' }));

test('the summary is the mean and the spread of nu over the tensors that have one', () => {
  const fits = fitsOf(studentTDraws(3, 1, 20_000), studentTDraws(6, 2, 20_000), uniformWeights, new Float32Array(5));
  const [a, b] = fits.flatMap(({ studentT: { fit } }) => (fit.kind === 'none' || fit.asGoodAsNormal ? [] : [fit.nu])) as [number, number];
  const deltas = fits.slice(0, 3).map(({ ksDelta }) => ksDelta!);
  const meanDelta = (deltas[0]! + deltas[1]! + deltas[2]!) / 3;
  const found = modelSummary(fits);
  expect(found).toMatchObject({ nTensors: 4, nAsGoodAsNormal: 1, nWithoutFit: 1, medianNu: Math.max(a, b) });
  expect(found.nu!.mean).toBeCloseTo((a + b) / 2, 12);
  // Of the population: of two values, half their difference.
  expect(found.nu!.sd).toBeCloseTo(Math.abs(a - b) / 2, 12);
  expect(found.ksDelta!.mean).toBeCloseTo(meanDelta, 12);
});

test('a model of normal tensors has an infinite median and no mean; one without fits has neither', () => {
  const none: Partial<ModelSummary> = { nu: undefined, medianNu: undefined, ksDelta: undefined };
  expect(modelSummary(fitsOf(uniformWeights, uniformWeights))).toMatchObject({
    nu: undefined,
    medianNu: Number.POSITIVE_INFINITY,
    nAsGoodAsNormal: 2,
  });
  expect(modelSummary(fitsOf(new Float32Array(5)))).toEqual({ nTensors: 1, nAsGoodAsNormal: 0, nWithoutFit: 1, ...none });
  expect(modelSummary([])).toEqual({ nTensors: 0, nAsGoodAsNormal: 0, nWithoutFit: 0, ...none });
});

const uniformWeights = Float32Array.from({ length: 999 }, (_, i) => i - 499);
