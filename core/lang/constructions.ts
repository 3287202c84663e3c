import { int } from '../format/construct/int.ts';
import type { Constructed } from '../format/construct/levelTable.ts';
import { minifloat } from '../format/construct/minifloat.ts';
import { posit } from '../format/construct/posit.ts';
import { powers } from '../format/construct/powers.ts';
import { defaultOffset, quantiles } from '../format/construct/quantiles.ts';
import { sums } from '../format/construct/sums.ts';
import { argumentOf, type Bound, invalid, mismatch, numberOf, numbersIn, truthOf, wordOf } from './call.ts';
import { evaluate } from './evaluate.ts';
import { optimalCall } from './optimal.ts';
import { objectKey } from './remembered.ts';
import { unknown, type Value } from './value.ts';

/** What a call of a construction means: levels that wait for the width of their format. */
export function levelsCall(bound: Bound): Value {
  const { name, computed } = bound.routine;
  if (!computed) return { kind: 'not-computed', what: `\`${name}(...)\`` };
  return constructions[name]!(bound);
}

const constructions: Readonly<Record<string, (bound: Bound) => Value>> = {
  int: (bound) => {
    const symmetric = truthOf(bound, 'symmetric', false);
    return symmetric === undefined ? unknown : levels(`int ${symmetric}`, (bits) => int(bits, { symmetric }));
  },
  minifloat: (bound) => {
    const e = numberOf(bound, 'e', Number.NaN);
    const m = numberOf(bound, 'm', Number.NaN);
    const bias = numberOf(bound, 'bias', Number.NaN);
    const subnormals = truthOf(bound, 'subnormals', true);
    if (e === undefined || m === undefined || bias === undefined || subnormals === undefined) return unknown;
    const written = bound.given.has('bias') ? { bias } : {};
    return levels(`minifloat ${e} ${m} ${bias} ${subnormals}`, (bits) => minifloat({ bits, e, m, subnormals, ...written }));
  },
  quantiles: (bound) => {
    const dist = argumentOf(bound, 'dist')!;
    if (dist.kind === 'not-computed' || dist.kind === 'awaited') return dist;
    if (dist.kind !== 'distribution') {
      mismatch(bound, 'dist', 'a distribution', dist);
      return unknown;
    }
    const zero = truthOf(bound, 'zero', true);
    const offset = numberOf(bound, 'offset', Number.NaN);
    const type = wordOf<'fp32' | 'fp64'>(bound, 'type', 'fp64');
    if (zero === undefined || offset === undefined || type === undefined) return unknown;
    const isWritten = bound.given.has('offset');
    const of = dist.distribution.kind === 'empirical' ? objectKey(dist.distribution.quantiles) : JSON.stringify(dist.distribution);
    const key = `quantiles ${of} ${zero} ${offset} ${type}`;
    return levels(key, (bits) =>
      quantiles({ bits, dist: dist.distribution, zero, offset: isWritten ? offset : defaultOffset(bits), type }),
    );
  },
  sums: (bound) => {
    const sets = bound.rest.map((node) => numbersIn(evaluate(node, bound.scope), node, bound.scope));
    if (sets.length === 0) return invalid(bound, 'set', '`sums` needs at least one list of magnitudes');
    return sets.some((set) => !set) ? unknown : levels(`sums ${JSON.stringify(sets)}`, (bits) => sums(sets as number[][], bits));
  },
  powers: (bound) => {
    const base = numberOf(bound, 'base', Number.NaN);
    const node = bound.given.get('exponents')!;
    const exponents = numbersIn(evaluate(node, bound.scope), node, bound.scope);
    if (base === undefined || !exponents) return unknown;
    const from = exponents[0]!;
    if (exponents.some((exponent, i) => exponent !== from + i))
      return invalid(bound, 'exponents', 'Exponents are a range in steps of 1, as in `-2..4`');
    return levels(`powers ${base} ${from} ${exponents.length}`, (bits) => powers(base, from, exponents.at(-1)!, bits));
  },
  posit: (bound) => {
    const es = numberOf(bound, 'es', Number.NaN);
    return es === undefined ? unknown : levels(`posit ${es}`, (bits) => posit(bits, es));
  },
  optimal: optimalCall,
};

const levels = (key: string, build: (bits: number) => Constructed): Value => ({ kind: 'levels', key, build });
