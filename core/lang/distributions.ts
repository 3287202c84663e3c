import { type Distribution, distributionProblem } from '../numeric/distribution.ts';
import { type Bound, invalid, numberOf } from './call.ts';
import { unknown, type Value } from './value.ts';

/** What a call of a distribution means. */
export function distributionCall(bound: Bound): Value {
  const { name, computed } = bound.routine;
  if (!computed) return { kind: 'not-computed', what: `\`${name}(...)\`` };
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
