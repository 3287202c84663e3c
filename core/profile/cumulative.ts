import { nBelow } from '../fit/points.ts';
import { type ExactBlocks, eachBlock } from './exactBlocks.ts';
import { HALF, type Sketch } from './sketch.ts';

/**
 * The sums over all weights with y = w / a below some place, for any place: what every measure of every codebook is read from. Six numbers by
 * {@link FIELDS}: the weights, and the sums of a, a y, a^2, a^2 y and a^2 y^2.
 */
export interface Cumulative {
  /** Writes the sums below `y` into `out` from index `to` on. */
  below(y: number, out: Float64Array, to: number): void;
  /** Writes the sums over all. */
  all(out: Float64Array, to: number): void;
}

/** The order of the sums; {@link FIELDS} of them. */
export const COUNT = 0;
export const MASS = 1;
export const MASS_Y = 2;
export const ENERGY = 3;
export const ENERGY_Y = 4;
export const ENERGY_YY = 5;
export const FIELDS = 6;

/**
 * Of a sketch less the exact zeros in it, which are not spread over a bin. Within a bin weights are taken to be spread evenly, so that a bin
 * about c of width h has a second moment of c^2 + h^2 / 12, and is cut anywhere. The first moment of a^2 is known, and moves them; but those in the end bins are taken to be at -1 and 1, as the
 * largest weight of every block is.
 */
export function cumulativeOfSketch({ counts, mass, energy, moment }: Sketch, nZeros: number): Cumulative {
  const nBins = counts.length;
  const sums = new Float64Array((nBins + 1) * FIELDS);
  const bin = new Float64Array(FIELDS);
  const h = 1 / HALF;
  for (let i = 0; i < nBins; i++) {
    const left = (i - HALF - 0.5) * h;
    const isEnd = i === 0 || i === nBins - 1;
    if (isEnd) addPoint(bin, (i - HALF) * h, counts[i]!, mass[i]!, energy[i]!);
    else {
      const share = i === HALF && counts[i]! > 0 ? Math.max(0, 1 - nZeros / counts[i]!) : 1;
      addSpread(bin, 0, left, left + h, counts[i]! * share, mass[i]! * share, energy[i]! * share);
    }
    addMoment(bin, 0, (i - HALF) * h, moment[i]! * h);
    sums.set(bin, (i + 1) * FIELDS);
  }
  return {
    below(y, out, to) {
      // Half a bin off, so that bin i begins at i.
      const u = y * HALF + HALF + 0.5;
      const i = !(y > -1) ? 0 : y > 1 ? nBins : Math.min(Math.floor(u), nBins - 1);
      const from = i * FIELDS;
      for (let f = 0; f < FIELDS; f++) out[to + f] = sums[from + f]!;
      if (i === 0 && y > -1) for (let f = 0; f < FIELDS; f++) out[to + f] = sums[FIELDS + f]!;
      if (i === 0 || i >= nBins - 1 || u === i) return;
      const part = u - i;
      const share = i === HALF && counts[i]! > 0 ? part * Math.max(0, 1 - nZeros / counts[i]!) : part;
      const left = (i - HALF - 0.5) * h;
      addSpread(out, to, left, y, counts[i]! * share, mass[i]! * share, energy[i]! * share);
      addMoment(out, to, (i - HALF) * h, moment[i]! * h * part);
    },
    all(out, to) {
      for (let f = 0; f < FIELDS; f++) out[to + f] = sums[nBins * FIELDS + f]!;
    },
  };
}

/** Of weights that are known one by one, less the zeros among them. A weight at `y` is not below it. */
export function cumulativeOfBlocks(blocks: ExactBlocks): Cumulative {
  const ys: number[] = [];
  const as: number[] = [];
  for (const { weights, references } of eachBlock(blocks)) {
    const a = references[0]!;
    for (const w of weights) {
      // A block of zeros has the reference 0.
      if (w === 0 || a === 0) continue;
      ys.push(w / a);
      as.push(a);
    }
  }
  const n = ys.length;
  const order = [...ys.keys()].sort((i, j) => ys[i]! - ys[j]! || i - j);
  const sorted = Float64Array.from(order, (i) => ys[i]!);
  const sums = new Float64Array((n + 1) * FIELDS);
  const sum = new Float64Array(FIELDS);
  order.forEach((i, place) => {
    const a = as[i]!;
    addPoint(sum, ys[i]!, 1, a, a * a);
    sums.set(sum, (place + 1) * FIELDS);
  });
  const copy = (place: number, out: Float64Array, to: number): void => {
    for (let f = 0; f < FIELDS; f++) out[to + f] = sums[place * FIELDS + f]!;
  };
  return {
    below: (y, out, to) => copy(nBelow(sorted, y), out, to),
    all: (out, to) => copy(n, out, to),
  };
}

/** Moves weights: `moment` is the sum of a^2 times how far y lies from `center` on average, beyond what was added of them. */
function addMoment(sums: Float64Array, to: number, center: number, moment: number): void {
  sums[to + ENERGY_Y]! += moment;
  sums[to + ENERGY_YY]! += 2 * center * moment;
}

function addPoint(sums: Float64Array, y: number, count: number, mass: number, energy: number): void {
  sums[COUNT]! += count;
  sums[MASS]! += mass;
  sums[MASS_Y]! += mass * y;
  sums[ENERGY]! += energy;
  sums[ENERGY_Y]! += energy * y;
  sums[ENERGY_YY]! += energy * y * y;
}

/** Adds weights that are spread evenly from `left` to `right`, from index `to` on. */
function addSpread(sums: Float64Array, to: number, left: number, right: number, count: number, mass: number, energy: number): void {
  const mean = (left + right) / 2;
  sums[to + COUNT]! += count;
  sums[to + MASS]! += mass;
  sums[to + MASS_Y]! += mass * mean;
  sums[to + ENERGY]! += energy;
  sums[to + ENERGY_Y]! += energy * mean;
  sums[to + ENERGY_YY]! += (energy * (left * left + left * right + right * right)) / 3;
}
