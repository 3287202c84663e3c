import type { Anchor } from '../quantize/scaleRule.ts';
import { argumentOf, type Bound, invalid, numberOf, numbersIn, wordOf } from './call.ts';
import { unknown, type Value } from './value.ts';

/** What a call of an anchor means. */
export function anchorCall(bound: Bound): Value {
  switch (bound.routine.name) {
    case 'best_of':
      return bestOf(bound);
    case 'mse':
      return search(bound);
    default:
      return clip(bound);
  }
}

function bestOf(bound: Bound): Value {
  const targets = numbersIn(argumentOf(bound, 'targets'), bound.given.get('targets')!, bound.scope);
  const choose = wordOf<'mse' | 'mae' | 'max_error'>(bound, 'choose', 'mse');
  if (!targets || !choose) return unknown;
  if (targets.length === 0 || targets.length > 64 || targets.some((t) => !(t > 0) || !Number.isFinite(t))) {
    return invalid(bound, 'targets', 'Targets are 1 to 64 positive numbers');
  }
  return anchor({ kind: 'best_of', targets, choose });
}

/** The largest number of ratios one search may try. */
const maxRatios = 1000;

function search(bound: Bound): Value {
  const of = wordOf<'absmax' | 'max_level'>(bound, 'of', 'absmax');
  const grid = numberOf(bound, 'grid', 200);
  const shrink = numberOf(bound, 'shrink', 0.2);
  const per = wordOf<'block' | 'tensor'>(bound, 'per', 'block');
  if (of === undefined || grid === undefined || shrink === undefined || per === undefined) return unknown;
  if (!Number.isInteger(grid) || grid < 1) return invalid(bound, 'grid', `\`grid\` is a positive whole number, not ${grid}`);
  if (!(shrink > 0 && shrink < 1)) return invalid(bound, 'shrink', `\`shrink\` is between 0 and 1, not ${shrink}`);
  if (grid * shrink > maxRatios)
    return invalid(bound, 'grid', `A search tries at most ${maxRatios} ratios, not ${Math.round(grid * shrink)}`);
  return anchor({ kind: 'mse', of, grid, shrink, per });
}

function clip(bound: Bound): Value {
  const fraction = numberOf(bound, 'fraction', Number.NaN);
  const of = wordOf<'absmax' | 'max_level'>(bound, 'of', 'absmax');
  if (fraction === undefined || of === undefined) return unknown;
  if (!(fraction > 0 && fraction <= 1))
    return invalid(bound, 'fraction', `A fraction of the largest magnitude is above 0 and at most 1, not ${fraction}`);
  return anchor({ kind: 'clip', of, fraction });
}

const anchor = (value: Anchor): Value => ({ kind: 'anchor', anchor: value });
