import { floatTypes } from '../numeric/floatTypes.ts';
import type { BlockScales, Kernel } from './kernel.ts';
import { CELL_SHIFT, type Cuts, keptLookups, type Lookup, place as placeOf } from './lookup.ts';
import { eachPanel } from './pieces.ts';
import { endRow, type RunningSums } from './runningSums.ts';

/** The inner loops in float32, for speed: by table, and with all they can in local variables. */
export const float32Kernel: Kernel<Float32Array, Lookup> = {
  buffer: (n) => new Float32Array(n),
  lookups: keptLookups,
  addRanges: (layout, piece, { low, high }) =>
    eachPanel(layout, piece, (from, to, column, block) => addRanges(piece.weights, from, to, column, layout.width, low, high, block)),
  addErrors: (layout, piece, scales, choose, errors) =>
    eachPanel(layout, piece, (from, to, column, block) =>
      addErrors(piece.weights, from, to, column, layout.width, scales, choose, errors, block),
    ),
  places: (layout, piece, scales, out) =>
    eachPanel(layout, piece, (from, to, column, block) => findPlaces(piece.weights, from, to, column, layout.width, scales, block, out)),
  addSums: (layout, piece, scales, sums) =>
    eachPanel(layout, piece, (from, to, column, block) => addSums(sums, piece.weights, from, to, column, layout.width, scales, block)),
};

// All work on a piece of one panel: the weights `from` to `to` of a buffer, the first of which lies in column `column` of `width`.
// Scales, ranges and errors are arrays over the blocks of a window, where `block` is the place of the panel's first.
// A panel of width 1 is one block: there the loops keep all they can in local variables.

/** Widens the ranges [low, high] of the blocks by the finite weights of a piece. */
function addRanges(
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  low: Float64Array,
  high: Float64Array,
  block: number,
): void {
  if (width > 1) {
    addColumnRanges(x, from, to, column, width, low, high, block);
    return;
  }
  let least = low[block]!;
  let most = high[block]!;
  for (let i = from; i < to; i++) {
    const w = x[i]!;
    if (w > most && w < Number.POSITIVE_INFINITY) most = w;
    else if (w < least && w > Number.NEGATIVE_INFINITY) least = w;
  }
  low[block] = least;
  high[block] = most;
}

function addColumnRanges(
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  low: Float64Array,
  high: Float64Array,
  block: number,
): void {
  let c = block + column;
  for (let i = from; i < to; i++) {
    const w = x[i]!;
    if (w > high[c]! && w < Number.POSITIVE_INFINITY) high[c] = w;
    else if (w < low[c]! && w > Number.NEGATIVE_INFINITY) low[c] = w;
    if (++c === block + width) c = block;
  }
}

/** Adds the errors of a piece to those of its blocks, in the order of each block: what candidate scales are compared by. */
function addErrors(
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  { scales, lookups }: BlockScales<Lookup>,
  choose: 'mse' | 'mae' | 'max_error',
  errors: Float64Array,
  block: number,
): void {
  let c = block + column;
  let scale = scales[c]!;
  let { cuts, levels, cells, dense } = lookups[c]!;
  let sum = errors[c]!;
  for (let i = from; i < to; i++) {
    if (width > 1) {
      scale = scales[c]!;
      ({ cuts, levels, cells, dense } = lookups[c]!);
      sum = errors[c]!;
    }
    const w = x[i]!;
    // Not finite: w - w is NaN.
    if (w - w === 0) {
      slot[0] = scale === 0 ? 0 : w / scale;
      const q = slot[0]!;
      let place = cells[slotBits[0]! >>> CELL_SHIFT]!;
      place += +(q > cuts[place]!);
      if (dense) while (q > cuts[place]!) place++;
      const r = Math.fround(levels[place]! * scale);
      const error = Math.abs(w - bounded(r));
      sum = choose === 'mse' ? sum + error * error : choose === 'mae' ? sum + error : Math.max(sum, error);
    }
    if (width > 1) {
      errors[c] = sum;
      if (++c === block + width) c = block;
    }
  }
  if (width === 1) errors[c] = sum;
}

/** Writes the place of each weight of a piece. */
function findPlaces(
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  { scales, lookups }: BlockScales<Cuts>,
  block: number,
  out: Uint8Array,
): void {
  for (let i = from; i < to; i++) {
    const c = block + ((column + i - from) % width);
    const w = x[i]!;
    out[i] = placeOf(lookups[c]!.cuts, w - w !== 0 || scales[c] === 0 ? 0 : Math.fround(w / scales[c]!));
  }
}

/** Quantizes a piece and adds its errors to the sums. */
function addSums(
  sums: RunningSums,
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  { scales, lookups }: BlockScales<Lookup>,
  block: number,
): void {
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + (width === 1 ? Math.min(sums.leftInRow, SLICE) : sums.leftInRow));
    if (width === 1) addRun(sums, x, at, end, scales[block]!, lookups[block]!);
    else addColumns(sums, x, at, end, (column + at - from) % width, width, scales, lookups, block);
    sums.leftInRow -= end - at;
    if (sums.leftInRow === 0) endRow(sums);
    at = end;
  }
}

/** A run of one block and one row. */
function addRun(sums: RunningSums, x: Float32Array, from: number, to: number, scale: number, lookup: Lookup): void {
  const { cuts, levels, cells, dense } = lookup;
  // A block of scale 0 clips nothing.
  const clipLow = scale === 0 ? Number.NEGATIVE_INFINITY : lookup.clipLow;
  const clipHigh = scale === 0 ? Number.POSITIVE_INFINITY : lookup.clipHigh;
  const { row, recent } = sums;
  // In local variables, as a bundle makes variables of a module's constants, and those are slow to reach in a loop.
  const qs = slot;
  const qBits = slotBits;
  const rs = scaled;
  let { signal, noise, absSignal, absNoise, product, power } = row;
  let { maxError, nClipped, nZeroed } = sums;
  const n = to - from;
  // The store rounds to float32, and hands out the bits.
  if (scale === 0) qs.fill(0, 0, n);
  else for (let i = 0; i < n; i++) qs[i] = x[from + i]! / scale;
  for (let i = 0; i < levels.length; i++) {
    rs[i] = bounded(levels[i]! * scale);
  }
  for (let i = 0; i < n; i++) {
    const w = x[from + i]!;
    // Not finite: w - w is NaN.
    if (w - w !== 0) {
      sums.nNonFinite++;
      continue;
    }
    const q = qs[i]!;
    let place = cells[qBits[i]! >>> CELL_SHIFT]!;
    // Added rather than branched on: near a threshold, a branch would be guessed wrong half of the time.
    place += +(q > cuts[place]!);
    if (dense) while (q > cuts[place]!) place++;
    const r = rs[place]!;
    const difference = w - r;
    const error = Math.abs(difference);
    signal += w * w;
    noise += difference * difference;
    absSignal += Math.abs(w);
    absNoise += error;
    product += w * r;
    power += r * r;
    if (error > maxError) maxError = error;
    if (q > clipHigh || q < clipLow) nClipped++;
    nZeroed += +(r === 0) & +(w !== 0);
    recent[place]!++;
  }
  row.signal = signal;
  row.noise = noise;
  row.absSignal = absSignal;
  row.absNoise = absNoise;
  row.product = product;
  row.power = power;
  sums.maxError = maxError;
  sums.nClipped = nClipped;
  sums.nZeroed = nZeroed;
}

/** A run of one row across columns, each with its own scale. */
function addColumns(
  sums: RunningSums,
  x: Float32Array,
  from: number,
  to: number,
  column: number,
  width: number,
  scales: Float64Array,
  lookups: readonly Lookup[],
  block: number,
): void {
  const { row, recent } = sums;
  let { signal, noise, absSignal, absNoise, product, power } = row;
  let { maxError, nClipped, nZeroed } = sums;
  let c = block + column;
  for (let i = from; i < to; i++) {
    const w = x[i]!;
    const scale = scales[c]!;
    const { cuts, levels, cells, dense, clipLow, clipHigh } = lookups[c]!;
    if (++c === block + width) c = block;
    if (w - w !== 0) {
      sums.nNonFinite++;
      continue;
    }
    slot[0] = scale === 0 ? 0 : w / scale;
    const q = slot[0]!;
    let place = cells[slotBits[0]! >>> CELL_SHIFT]!;
    place += +(q > cuts[place]!);
    if (dense) while (q > cuts[place]!) place++;
    const r = bounded(Math.fround(levels[place]! * scale));
    const difference = w - r;
    const error = Math.abs(difference);
    signal += w * w;
    noise += difference * difference;
    absSignal += Math.abs(w);
    absNoise += error;
    product += w * r;
    power += r * r;
    if (error > maxError) maxError = error;
    if ((q > clipHigh || q < clipLow) && scale !== 0) nClipped++;
    nZeroed += +(r === 0) & +(w !== 0);
    recent[place]!++;
  }
  row.signal = signal;
  row.noise = noise;
  row.absSignal = absSignal;
  row.absNoise = absNoise;
  row.product = product;
  row.power = power;
  sums.maxError = maxError;
  sums.nClipped = nClipped;
  sums.nZeroed = nZeroed;
}

function bounded(reconstruct: number): number {
  if (reconstruct > LARGEST) return LARGEST;
  if (reconstruct < -LARGEST) return -LARGEST;
  return reconstruct;
}

const LARGEST: number = floatTypes.fp32.largest;
/** The longest run: x of a run stays in the first-level cache. */
const SLICE = 2048;
const slot = new Float32Array(SLICE);
const slotBits = new Uint32Array(slot.buffer);
/** The levels of the run, scaled. */
const scaled = new Float32Array(256);
