import { type Distribution, distributionProblem } from '../numeric/distribution.ts';
import { type Bound, invalid, numberOf } from './call.ts';
import { known } from './scope.ts';
import { unknown, type Value } from './value.ts';
import { weightsOfArgument } from './weightMeasures.ts';

/** What a call of a distribution means. */
export function distributionCall(bound: Bound): Value {
  const { name } = bound.routine;
  if (name === 'empirical') return empirical(bound);
  const found = distribution(bound, name as Distribution['kind']);
  if (!found) return unknown;
  const problem = distributionProblem(found);
  return problem === undefined ? { kind: 'distribution', distribution: found } : invalid(bound, 'nu', problem);
}

function distribution(bound: Bound, kind: Distribution['kind']): Distribution | undefined {
  if (kind !== 'student_t') return { kind } as Distribution;
  const nu = numberOf(bound, 'nu', Number.NaN);
  return nu === undefined ? undefined : { kind, nu };
}

function empirical(bound: Bound): Value {
  const weights = weightsOfArgument(bound, 'weights');
  if (!weights) return unknown;
  const fact = known(bound.scope, { kind: 'quantiles', weights });
  if (!fact) return { kind: 'awaited', what: `\`${weights.name}\`` };
  if ('problem' in fact) return invalid(bound, 'weights', fact.problem);
  return { kind: 'distribution', distribution: { kind: 'empirical', quantiles: fact.quantiles } };
}
