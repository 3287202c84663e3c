import type { Codebook } from '../format/codebook.ts';
import { type ErrorSums, rowRatio } from '../measure/errorSums.ts';

/** Error sums while the weights of a tensor go by in storage order: those of the row so far, and of the rows before it. */
export interface RunningSums {
  readonly row: RowSums;
  /** Those of the row so far instead, where a kernel adds in lanes: {@link LANES} of each of noise, absNoise, product, power, signal and absSignal. */
  readonly lanes: Float64Array;
  readonly total: RowSums;
  readonly rowLength: number;
  leftInRow: number;
  nNonFinite: number;
  maxError: number;
  nClipped: number;
  nZeroed: number;
  nRows: number;
  rowNsr: number;
  /** Weights by place among the ascending levels, since they were last settled. */
  readonly recent: Uint32Array;
  readonly counts: Float64Array;
}

/** The sums whose value depends on the order of adding. */
interface RowSums {
  signal: number;
  noise: number;
  absSignal: number;
  absNoise: number;
  product: number;
  power: number;
}

export function runningSums(rowLength: number, { ascending }: Codebook): RunningSums {
  const nPlaces = Math.max(1, ascending.length);
  return {
    row: noSums(),
    lanes: new Float64Array(6 * LANES),
    total: noSums(),
    rowLength,
    leftInRow: rowLength,
    nNonFinite: 0,
    maxError: 0,
    nClipped: 0,
    nZeroed: 0,
    nRows: 0,
    rowNsr: 0,
    recent: new Uint32Array(nPlaces),
    counts: new Float64Array(nPlaces),
  };
}

/** Begins anew, for other weights in rows as long, without allocating anything. */
export function restart(sums: RunningSums): void {
  for (const part of [sums.row, sums.total]) part.signal = part.noise = part.absSignal = part.absNoise = part.product = part.power = 0;
  sums.lanes.fill(0);
  sums.recent.fill(0);
  sums.counts.fill(0);
  sums.leftInRow = sums.rowLength;
  sums.nNonFinite = sums.maxError = sums.nClipped = sums.nZeroed = sums.nRows = sums.rowNsr = 0;
}

const noSums = (): RowSums => ({ signal: 0, noise: 0, absSignal: 0, absNoise: 0, product: 0, power: 0 });

/** Adds the row to the total and begins the next one. */
export function endRow(sums: RunningSums): void {
  const { row, total } = sums;
  const ratio = rowRatio(row.noise, row.signal);
  if (ratio !== undefined) {
    sums.nRows++;
    sums.rowNsr += ratio;
  }
  total.signal += row.signal;
  total.noise += row.noise;
  total.absSignal += row.absSignal;
  total.absNoise += row.absNoise;
  total.product += row.product;
  total.power += row.power;
  row.signal = row.noise = row.absSignal = row.absNoise = row.product = row.power = 0;
  sums.leftInRow = sums.rowLength;
}

/** A weight goes to the lane of its place in its row, modulo this: so the sums do not depend on where blocks and chunks end. */
export const LANES = 4;

/** Likewise, of a row that was summed in lanes. */
export function endRowOfLanes(sums: RunningSums): void {
  const { row, lanes } = sums;
  const sum = (i: number): number => lanes[i]! + lanes[i + 1]! + (lanes[i + 2]! + lanes[i + 3]!);
  row.noise = sum(0);
  row.absNoise = sum(LANES);
  row.product = sum(2 * LANES);
  row.power = sum(3 * LANES);
  row.signal = sum(4 * LANES);
  row.absSignal = sum(5 * LANES);
  lanes.fill(0);
  endRow(sums);
}

/** Moves the recent counts to where they cannot overflow; due at least every 2^32 weights. */
export function settle({ recent, counts }: RunningSums): void {
  for (let place = 0; place < recent.length; place++) counts[place]! += recent[place]!;
  recent.fill(0);
}

/**
 * The sums once all rows have ended.
 * @param counts Where the weights by code go: zeros, as many as there are codes.
 */
export function finished(
  sums: RunningSums,
  { bits, codes }: Codebook,
  nScales: number,
  nSecondScales: number,
  counts: Float64Array = new Float64Array(2 ** bits),
): ErrorSums {
  settle(sums);
  let n = 0;
  for (let place = 0; place < sums.counts.length; place++) {
    counts[codes[place] ?? 0] = sums.counts[place]!;
    n += sums.counts[place]!;
  }
  const { nNonFinite, maxError, nClipped, nZeroed, nRows, rowNsr } = sums;
  return { n, nNonFinite, ...sums.total, maxError, nClipped, nZeroed, nRows, rowNsr, nScales, nSecondScales, counts };
}
