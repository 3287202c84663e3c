import type { Moments, Problem } from '../../core/fit/moments.ts';
import { optimumUnder } from '../../core/fit/optimumUnder.ts';
import { readMoments } from '../../core/fit/readMoments.ts';
import { framesOf } from '../../core/fit/scaleFrame.ts';
import { spareGains, spareReadings } from '../../core/fit/spareGains.ts';
import { factRounds } from '../../core/ide/factRounds.ts';
import { measuredFrom } from '../../core/ide/known.ts';
import { findingWishes, hoverWishes } from '../../core/ide/wishes.ts';
import { type Analysis, analyseModule } from '../../core/lang/analysis.ts';
import { type Fact, type FactRequest, factKey } from '../../core/lang/facts.ts';
import { empiricalQuantiles, N_QUANTILES } from '../../core/measure/empiricalQuantiles.ts';
import { ksOfShape } from '../../core/measure/fit/fitShape.ts';
import { fitWeights } from '../../core/measure/fit/fitWeights.ts';
import { tensorHistogram } from '../../core/measure/fit/normalisation.ts';
import { cells } from '../../core/measure/histogram16.ts';
import type { FromSketch } from '../../core/profile/answerable.ts';
import type { ScaleRule } from '../../core/quantize/scaleRule.ts';
import type { Tensor } from '../../core/weights/tensor.ts';
import { measuredOn } from './resultExamples.ts';

/** A spec with everything found out on one row of weights, whatever weights it links: what an evaluation would make of it. */
export async function knownOn(
  first: Analysis,
  weights: Float32Array,
): Promise<{ analysis: Analysis; results: ReturnType<typeof measuredOn> }> {
  const facts = new Map<string, Fact>();
  let analysis = first;
  const find = async (requests: readonly FactRequest[]): Promise<void> => {
    for (const request of requests) facts.set(factKey(request), await factOn(request, weights));
    analysis = analyseModule(first.module, { measured: () => undefined, facts });
  };
  await factRounds(() => analysis.asked, find);
  const results = measuredOn(analysis, weights);
  await find([...findingWishes(analysis), ...hoverWishes(analysis)]);
  return { analysis: analyseModule(first.module, { measured: measuredFrom(results), facts }), results };
}

/** A fact, found out in the readable way. */
export async function factOn(request: FactRequest, weights: Float32Array, shape = [1, weights.length]): Promise<Fact> {
  const tensor = tensorOf(weights, shape);
  switch (request.kind) {
    case 'optimum': {
      const frames = framesOf(request.rule, request.asked);
      if ('problem' in frames) return frames;
      const moments = await Promise.all(frames.map(({ from }) => momentsOn(tensor, from, request.rule, request.asked.measure)));
      return optimumUnder(request.rule, request.asked, frames, moments);
    }
    case 'spare': {
      const readings: readonly FromSketch[] | Problem = spareReadings(request.asked);
      if ('problem' in readings) return readings;
      const moments = await Promise.all(readings.map((from) => momentsOn(tensor, from, request.asked.rule, 'mse')));
      return spareGains(request.asked, moments);
    }
    case 'fits':
      return {
        tensors: [{ name: 'only', fit: fitWeights(cells(await tensorHistogram(tensor, { kind: 'raw' }, going)), { kind: 'raw' }) }],
      };
    case 'distance': {
      const found = ksOfShape(cells(await tensorHistogram(tensor, { kind: 'raw' }, going)), request.shape);
      return { distances: found.kind === 'none' ? [] : [found.distance] };
    }
    case 'area':
      return { problem: 'Nothing is synthesised here' };
    case 'model':
      return { description: undefined, problems: [] };
    case 'quality':
    case 'sensitivity':
      return { problem: 'No model is run here' };
    case 'quantiles':
      return { quantiles: empiricalQuantiles(cells(await tensorHistogram(tensor, { kind: 'tensor' }, going)), N_QUANTILES)! };
  }
}

const going = { chunk: 2 ** 20, signal: undefined };

async function momentsOn(tensor: Readable, { reference, target }: FromSketch, layout: ScaleRule, measure: 'mse' | 'mae'): Promise<Moments> {
  const { moments } = await readMoments(tensor, { layout, reference, target, measure }, { signal: { aborted: false } });
  return moments;
}

type Readable = Pick<Tensor, 'type' | 'shape' | 'n' | 'read'>;

const tensorOf = (weights: Float32Array, shape: readonly number[]): Readable => ({
  type: 'F32',
  shape,
  n: weights.length,
  read: async (from, out) => out.set(weights.subarray(from, from + out.length)),
});
