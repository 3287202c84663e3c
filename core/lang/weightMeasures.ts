import { modelSummary } from '../measure/fit/modelSummary.ts';
import { argumentOf, type Bound, mismatch } from './call.ts';
import type { TensorFits } from './facts.ts';
import { known } from './scope.ts';
import type { WeightsSpec } from './spec.ts';
import { number, unknown, type Value } from './value.ts';
import { weightsSpec } from './weights.ts';

/** What a measure of weights alone means: `nu(w)`, `ks(w, dist)`. A mean over tensors, each of which counts alike, as in the paper's Table 1. */
export function weightMeasure(bound: Bound): Value {
  const weights = weightsOfArgument(bound, 'weights');
  if (!weights) return unknown;
  const found = bound.routine.name === 'nu' ? nu(bound, weights) : ks(bound, weights);
  if (found === 'unknown') return unknown;
  return found === undefined ? { kind: 'pending', unit: 'none' } : number(found);
}

/** The weights that an argument names; undefined with a finding where it names something else. */
export function weightsOfArgument(bound: Bound, name: string): WeightsSpec | undefined {
  const value = argumentOf(bound, name)!;
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'weights')
    return weightsSpec(value.symbol, bound.scope, bound.given.get(name));
  mismatch(bound, name, 'the name of weights', value);
  return undefined;
}

function nu({ scope }: Bound, weights: WeightsSpec): number | undefined {
  const fact = known(scope, { kind: 'fits', weights });
  return fact && !('problem' in fact) ? meanNu(fact) : undefined;
}

/** Over the tensors that are told from normal; infinite where there are only others, undefined where no tensor has a fit. */
export function meanNu({ tensors }: TensorFits): number | undefined {
  const { nu, nAsGoodAsNormal } = modelSummary(tensors.map(({ fit }) => fit));
  return nu?.mean ?? (nAsGoodAsNormal > 0 ? Number.POSITIVE_INFINITY : undefined);
}

function ks(bound: Bound, weights: WeightsSpec): number | undefined | 'unknown' {
  const dist = argumentOf(bound, 'dist')!;
  if (dist.kind === 'awaited') return undefined;
  if (dist.kind !== 'distribution' || dist.distribution.kind === 'empirical') {
    mismatch(bound, 'dist', 'a distribution with a formula, as `normal()` or `student_t(5)`', dist);
    return 'unknown';
  }
  const fact = known(bound.scope, { kind: 'distance', weights, shape: dist.distribution });
  if (!fact || 'problem' in fact || fact.distances.length === 0) return undefined;
  return fact.distances.reduce((sum, distance) => sum + distance, 0) / fact.distances.length;
}
