import { nextBelow } from '../numeric/arithmetic.ts';
import type { Cuts } from './lookup.ts';

/** The most levels of a codebook that the direct kernel looks up. */
export const MOST_LEVELS = 16;
/** The most codebooks and zero points that it holds at a time. */
const MOST_LOOKUPS = 256;
/** Weights that are quantized before their sums are taken: their reconstructs and places stay in the first-level cache. */
export const SLICE = 2048;

/** Bytes of a lookup; what is where in it, kernels/direct.ts says. */
const LOOKUP = 192;
/** Some kernels write or read up to 15 values more than they are given. */
const SPARE = 64;

/** Addresses in the memory of a direct kernel. Pages that are never touched cost nothing. */
export interface Addresses {
  readonly constants: number;
  /** The sums of a row in lanes, as `RunningSums.lanes` has them: those of errors, and those of the weights alone. */
  readonly lanes: number;
  readonly signal: number;
  /** Of places, 32 bits each. */
  readonly counts: number;
  readonly lookups: number;
  /** Of a slice: places (bytes), reconstructs, and its weights where some are not finite (float32). */
  readonly places: number;
  readonly reconstructs: number;
  readonly finite: number;
  /** Of each block: scale (float32), number of its lookup (byte), its range (float32), its error (float64). */
  readonly scales: number;
  readonly numbers: number;
  readonly low: number;
  readonly high: number;
  readonly errors: number;
  readonly weights: number;
  /** Weights as stored in 16 bits. */
  readonly stored: number;
  readonly end: number;
}

/** The addresses for pieces of up to `n` weights. */
export function addresses(n: number): Addresses {
  // Below 1 024 would lie the compiler's own data, were there any.
  let next = 1024;
  const place = (bytes: number): number => {
    const address = next;
    next += Math.ceil((bytes + SPARE) / 64) * 64;
    return address;
  };
  const parts = {
    constants: place(64),
    lanes: place(16 * 8),
    signal: place(8 * 8),
    counts: place(16 * 4),
    lookups: place(MOST_LOOKUPS * LOOKUP),
    places: place(SLICE),
    reconstructs: place(4 * SLICE),
    finite: place(4 * SLICE),
    weights: place(4 * n),
    stored: place(2 * n),
    scales: place(4 * n),
    numbers: place(n),
    low: place(4 * n),
    high: place(4 * n),
    errors: place(8 * n),
  };
  return { ...parts, end: next };
}

/** The lookups that a kernel has in its memory. */
export interface HeldLookups {
  /** Writes the number of the lookup of each of `n` blocks; false where there are more than it can hold. */
  number(lookups: readonly Cuts[], n: number, out: Uint8Array): boolean;
}

export function heldLookups(memory: ArrayBuffer, start: number): HeldLookups {
  const numbers = new Map<Cuts, number>();
  const numberOf = (lookup: Cuts): number => {
    const known = numbers.get(lookup);
    if (known !== undefined) return known;
    const number = numbers.size;
    if (number < MOST_LOOKUPS) {
      writeLookup(memory, start + LOOKUP * number, lookup);
      numbers.set(lookup, number);
    }
    return number;
  };
  const number = (lookups: readonly Cuts[], n: number, out: Uint8Array): boolean => {
    let last: Cuts | undefined;
    let own = 0;
    for (let b = 0; b < n; b++) {
      if (lookups[b] !== last) own = numberOf((last = lookups[b]!));
      if (own === MOST_LOOKUPS) return false;
      out[b] = own;
    }
    return true;
  };
  return {
    number(lookups, n, out) {
      if (number(lookups, n, out)) return true;
      // Those of others may be forgotten.
      numbers.clear();
      return number(lookups, n, out);
    },
  };
}

/** Writes a lookup as kernels/direct.ts expects it. */
function writeLookup(memory: ArrayBuffer, start: number, { cuts, levels, clipLow, clipHigh }: Cuts): void {
  const cut = (i: number): number => cuts[i] ?? Number.POSITIVE_INFINITY;
  const most = levels.reduce((largest, level) => Math.max(largest, Math.abs(level)), 0);
  new Float32Array(memory, start, 6).set([cut(3), cut(7), cut(11), -atMost(-clipLow), atMost(clipHigh), most]);
  for (let table = 0; table < 3; table++) {
    writeByByte(
      new Uint8Array(memory, start + 32 + 16 * table, 16),
      [0, 4, 8, 12].map((first) => cut(first + table)),
    );
  }
  writeByByte(
    new Uint8Array(memory, start + 80, 64),
    Array.from({ length: MOST_LEVELS }, (_, i) => levels[i] ?? 0),
  );
}

/** The lowest bytes of all values, then the next ones, and so on. */
function writeByByte(out: Uint8Array, values: readonly number[]): void {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  bytes.forEach((byte, i) => {
    out[(i % 4) * values.length + Math.floor(i / 4)] = byte;
  });
}

/** The largest float32 not above a float64: a float32 is above either or neither. */
function atMost(x: number): number {
  const nearest = Math.fround(x);
  return nearest > x ? nextBelow('float32', nearest) : nearest;
}
