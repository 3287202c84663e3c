import type { ScaleRule } from '../quantize/scaleRule.ts';
import { arraysOfTable, type Bf16Table } from './bf16Table.ts';
import { type BlockMaxima, joinedMaxima } from './blockMaxima.ts';
import type { Reference } from './reference.ts';
import { emptyBf16Table } from './scatterBf16Table.ts';
import { addTo, joinedSketches, type SketchStatistics } from './sketchStatistics.ts';

/**
 * All that the errors of a tensor depend on, for every codebook at once: read once, kept, and put together from parts.
 * Weights that are not finite are counted and otherwise left out.
 */
export interface Profile {
  readonly version: typeof PROFILE_VERSION;
  readonly key: ProfileKey;
  readonly totals: Totals;
  readonly maxima: BlockMaxima;
  readonly statistics: Statistics;
}

/** To be raised whenever a profile of the same weights would no longer be the same. */
export const PROFILE_VERSION = 4;

/** What a profile is of, apart from the weights: profiles with the same key can be put together, and answer the same questions. */
export interface ProfileKey {
  readonly block: ScaleRule['block'];
  readonly axis: ScaleRule['axis'];
  /** `bf16`: a table of the weights over absmax, which must be bf16 numbers; else a sketch over this reference. */
  readonly over: Reference | 'bf16';
}

/** Two keys are the same where their texts are. */
export const keyText = ({ block, axis, over }: ProfileKey): string =>
  JSON.stringify([block, axis, over === 'bf16' ? over : Object.entries(over).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** Whether two keys are the same, without making texts of them. */
export const sameKey = (a: ProfileKey, b: ProfileKey): boolean =>
  a === b || (a.block === b.block && a.axis === b.axis && sameOver(a.over, b.over));

function sameOver(a: ProfileKey['over'], b: ProfileKey['over']): boolean {
  if (a === 'bf16' || b === 'bf16' || a.kind === 'absmax' || b.kind === 'absmax')
    return a === b || (typeof a === 'object' && typeof b === 'object' && a.kind === b.kind);
  if (a.rounding !== b.rounding) return false;
  if (a.kind === 'power') return b.kind === 'power' && a.fullness === b.fullness;
  return (
    b.kind === 'fraction' &&
    a.ratio === b.ratio &&
    a.onto === b.onto &&
    a.side === b.side &&
    a.type.kind === b.type.kind &&
    a.type.name === b.type.name
  );
}

/** Exact sums, in float64 and in storage order. */
export interface Totals {
  /** Finite weights. */
  readonly n: number;
  readonly nNonFinite: number;
  readonly nZeros: number;
  /** Sum of w^2. */
  readonly signal: number;
  /** Sum of |w|. */
  readonly absSignal: number;
}

export type Statistics = SketchStatistics | Bf16Statistics;

export interface Bf16Statistics {
  readonly kind: 'bf16';
  readonly table: Bf16Table;
}

/**
 * The profile of parts of a tensor in their order, or of tensors with one key. The sums depend on the order of the parts in their last digits
 * only, and not at all on who made which part.
 */
export function mergeProfiles(parts: readonly [Profile, ...Profile[]]): Profile {
  const [first, ...others] = parts;
  if (others.length === 0) return first;
  for (const { key } of others)
    if (keyText(key) !== keyText(first.key)) throw new RangeError(`Profiles of ${keyText(first.key)} and of ${keyText(key)} do not add up`);
  return {
    version: PROFILE_VERSION,
    key: first.key,
    totals: parts.map(({ totals }) => totals).reduce(addTotals),
    maxima: parts.map(({ maxima }) => maxima).reduce(joinedMaxima),
    statistics: joinedStatistics(parts.map(({ statistics }) => statistics)),
  };
}

const addTotals = (a: Totals, b: Totals): Totals => ({
  n: a.n + b.n,
  nNonFinite: a.nNonFinite + b.nNonFinite,
  nZeros: a.nZeros + b.nZeros,
  signal: a.signal + b.signal,
  absSignal: a.absSignal + b.absSignal,
});

/** As the keys are the same, all are of one kind. */
function joinedStatistics(parts: readonly Statistics[]): Statistics {
  const sketches = parts.filter((part) => part.kind === 'sketch');
  if (sketches.length === parts.length) return joinedSketches(sketches);
  return { kind: 'bf16', table: joinedTables(parts.filter((part) => part.kind === 'bf16').map(({ table }) => table)) };
}

function joinedTables(tables: readonly Bf16Table[]): Bf16Table {
  const sum = emptyBf16Table();
  for (const table of tables) {
    const arrays = arraysOfTable(table);
    arraysOfTable(sum).forEach((sums, i) => {
      addTo(sums, arrays[i]!);
    });
  }
  return sum;
}
