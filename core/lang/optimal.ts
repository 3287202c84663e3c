import type { Grid } from '../fit/candidates.ts';
import { framesOf, type LevelsAsked } from '../fit/scaleFrame.ts';
import { byPosition } from '../format/construct/levelTable.ts';
import { argumentOf, type Bound, invalid, mismatch, numbersIn, truthOf, wordOf } from './call.ts';
import type { OptimumRequest, WeighedWeights } from './facts.ts';
import { formatSpec } from './formats.ts';
import { scaleOf } from './scales.ts';
import { known, report } from './scope.ts';
import type { WeightsSpec } from './spec.ts';
import { unknown, type Value } from './value.ts';
import { weightsSpec } from './weights.ts';

/** The widths for which the exact optimum is worked out; more levels would take minutes. */
const bitsRange = { low: 3, high: 6 } as const;

/** What `optimal(...)` means: levels that weights decide, once the width is known and the weights are read. */
export function optimalCall(bound: Bound): Value {
  const on = weighedWeights(bound);
  const scale = scaleOf(bound.given.get('scale')!, bound.scope, 'the scale of this optimum');
  const measure = wordOf<'mse' | 'mae'>(bound, 'objective', 'mse');
  const symmetric = symmetryOf(bound);
  const zero = truthOf(bound, 'zero', false);
  const grid = gridOf(bound);
  const pin = bound.given.has('pin') ? numbersIn(argumentOf(bound, 'pin'), bound.given.get('pin')!, bound.scope) : [];
  if (symmetric === 'pairs-and-spare' && (zero === false || grid === 'any'))
    return invalid(bound, 'symmetric', '`spare` is the level of the code that `zero: true` leaves free, and is chosen from a `grid`');
  if (!on || !scale || !measure || !symmetric || zero === undefined || !grid || !pin) return unknown;
  const asked = { measure, symmetric, zero, grid, pin };
  return { kind: 'fitted', levelsFor: (bits) => fitted(bound, { kind: 'optimum', on, rule: scale.rule, asked: { ...asked, bits } }) };
}

function fitted(bound: Bound, request: OptimumRequest): Extract<Value, { kind: 'levels' | 'awaited' | 'unknown' }> {
  const { bits } = request.asked;
  if (bits > bitsRange.high) {
    const message = `The best levels are worked out for ${bitsRange.low} to ${bitsRange.high} bits, not ${bits}`;
    report(bound.scope, 'argument.invalid', bound.node, message);
    return unknownLevels;
  }
  const frames = framesOf(request.rule, request.asked);
  if ('problem' in frames) {
    invalid(bound, frames.about, frames.problem);
    return unknownLevels;
  }
  const fact = known(bound.scope, request);
  if (!fact) return { kind: 'awaited', what: request.on.map(({ weights }) => `\`${weights.name}\``).join(' and ') };
  if ('problem' in fact) {
    report(bound.scope, 'argument.invalid', bound.node, fact.problem);
    return unknownLevels;
  }
  return { kind: 'levels', key: `optimal ${fact.levels.join(' ')}`, build: (width) => byPosition(fact.levels, width) };
}

const unknownLevels = { kind: 'unknown' } as const;

/** One set of weights, or a list of sets with a factor for each. */
function weighedWeights(bound: Bound): readonly WeighedWeights[] | undefined {
  const at = bound.given.get('weights')!;
  const value = argumentOf(bound, 'weights')!;
  const items = value.kind === 'list' ? value.items : [value];
  const specs: WeightsSpec[] = [];
  for (const item of items) {
    if (item.kind !== 'symbol' || item.symbol.declaration.keyword !== 'weights') {
      mismatch(bound, 'weights', 'the name of weights, or a list of names', item);
      return undefined;
    }
    const spec = weightsSpec(item.symbol, bound.scope, at);
    if (spec) specs.push(spec);
  }
  if (items.length === 0) invalid(bound, 'weights', 'An optimum needs weights; this list is empty');
  const factors = factorsOf(bound, items.length);
  if (!factors || specs.length < items.length || items.length === 0) return undefined;
  return specs.map((weights, i) => ({ weights, times: factors[i]! }));
}

function factorsOf(bound: Bound, n: number): readonly number[] | undefined {
  const at = bound.given.get('weigh');
  if (!at) return Array.from({ length: n }, () => 1);
  const factors = numbersIn(argumentOf(bound, 'weigh'), at, bound.scope);
  if (!factors) return undefined;
  const odd = factors.find((factor) => !(factor > 0 && Number.isFinite(factor)));
  if (odd === undefined && factors.length === n) return factors;
  const message =
    odd === undefined
      ? `\`weigh\` has a number for each of the ${n} weights; this one has ${factors.length}`
      : `How often an error counts is a positive number, not ${odd}`;
  invalid(bound, 'weigh', message);
  return undefined;
}

const symmetries: Readonly<Record<string, LevelsAsked['symmetric']>> = { true: 'pairs', false: 'no', spare: 'pairs-and-spare' };

function symmetryOf(bound: Bound): LevelsAsked['symmetric'] | undefined {
  const value = argumentOf(bound, 'symmetric');
  if (!value) return 'no';
  if (value.kind === 'word') return symmetries[value.word];
  if (value.kind === 'truth') return symmetries[String(value.value)];
  mismatch(bound, 'symmetric', '`true`, `false` or `spare`', value);
  return undefined;
}

/** A step, the levels of a declared format, or a list of values. */
function gridOf(bound: Bound): Grid | undefined {
  const value = argumentOf(bound, 'grid');
  const at = bound.given.get('grid')!;
  if (!value) return 'any';
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'format') {
    const spec = formatSpec(value, at, bound.scope);
    return spec && { values: Array.from(spec.codebook.ascending, (level) => level + 0) };
  }
  if (value.kind === 'list') {
    const values = numbersIn(value, at, bound.scope);
    if (!values) return undefined;
    if (values.length > 0 && values.every(Number.isFinite)) return { values };
    invalid(bound, 'grid', values.length === 0 ? 'A grid has at least one value' : 'A value of a grid is a finite number');
    return undefined;
  }
  if (value.kind === 'number' && value.unit === 'none') {
    if (value.value > 0 && Number.isFinite(value.value)) return { step: value.value };
    invalid(bound, 'grid', `A step is a positive number, not ${value.value}`);
    return undefined;
  }
  mismatch(bound, 'grid', 'a step, a format or a list of values', value);
  return undefined;
}
