import { bddNodes } from './bdd.ts';

/** What a decoder reads off a code. */
export interface Field {
  readonly name: string;
  /** In bits, at least 1. */
  readonly width: number;
  /** In two's complement, or never negative. */
  readonly signed: boolean;
  /** By code; undefined where any value will do. */
  readonly values: readonly (number | undefined)[];
}

/** The fields with every value settled: where any value will do, bit by bit one that makes the function of the code simple. */
export function settled(fields: readonly Field[], bits: number): readonly Field[] {
  return fields.map((field) => {
    const columns = Array.from({ length: field.width }, (_, i) =>
      simplest(
        field.values.map((value) => (value === undefined ? undefined : (value >> i) & 1)),
        bits,
      ),
    );
    const values = field.values.map((_, code) => {
      const unsigned = columns.reduce((sum, column, i) => sum + column[code]! * 2 ** i, 0);
      return field.signed && unsigned >= 2 ** (field.width - 1) ? unsigned - 2 ** field.width : unsigned;
    });
    return { ...field, values };
  });
}

/** Up to this many free entries all ways to settle them are tried; beyond, one entry after the other. */
const ALL_WAYS_UP_TO = 5;

/** The column of a truth table with its free entries so that the decision diagram is the smallest that was found. */
function simplest(column: readonly (number | undefined)[], bits: number): Uint8Array {
  const best = Uint8Array.from(column, (value) => value ?? 0);
  const free = [...column.keys()].filter((code) => column[code] === undefined);
  let cost = costOf(best, bits);
  const tryOut = (trial: Uint8Array): void => {
    const trialCost = costOf(trial, bits);
    if (trialCost >= cost) return;
    cost = trialCost;
    best.set(trial);
  };
  if (free.length <= ALL_WAYS_UP_TO) {
    for (let way = 1; way < 2 ** free.length; way++) {
      const trial = Uint8Array.from(column, (value) => value ?? 0);
      for (const [i, code] of free.entries()) trial[code] = (way >> i) & 1;
      tryOut(trial);
    }
  } else {
    for (const code of free) {
      const trial = Uint8Array.from(best);
      trial[code] = 1;
      tryOut(trial);
    }
  }
  return best;
}

/** The least decision diagram over the rotations of the bits of the code. */
function costOf(column: Uint8Array, bits: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let first = 0; first < bits; first++) {
    const order = Array.from({ length: bits }, (_, i) => (first + i) % bits);
    least = Math.min(least, bddNodes([column], order));
  }
  return least;
}
