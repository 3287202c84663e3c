import { EXPONENT16, FRACTION16, GAPS, MAGNITUDE16, SIGN_CELLS } from './constants';
import { largestOf8 } from './simd';

/**
 * Cells of a row: 16 gaps x 128 fractions of positive weights and one cell for smaller ones, and the same of negative weights. Then, for each
 * sign, how many of the smaller ones are zeros, and in float64 the sums of |w| and of w^2 over the others. Filled up to an odd number of cache
 * lines, lest the busy cells of all rows share the same few sets.
 */
const ROW: i32 = 4112;
const ZEROS: usize = 4098 * 4;
const ABS: usize = 4100 * 4;
const SQUARES: usize = 4104 * 4;
const ROWS: i32 = 128;
const MAX_PLANES: i32 = 16;
/** From this exponent field of absmax on, a subnormal weight is 16 octaves or more below. */
const LEAST_EXPONENT: i32 = 17;

/**
 * Counts the bfloat16 weights `from` to `to` of a run that begins at weight `start` of a line; each line of `line` weights is cut into blocks
 * of `block`. There is a plane for each exponent of absmax, with a row for each of its 128 fractions. Cells count, so the sums over planes are
 * exact in any order.
 * `directory` has a byte for each exponent field, 0 or 1 + its plane; at 256, the number of planes in use (32 bits); at 264, the weights of
 * blocks of zeros (64 bits). Stops at a block that is not for it, with a weight that is not finite, with an absmax less than 2^-110, or of an
 * exponent when no plane is left, and returns its first weight; else `to`. At most 2^32 - 1 weights until the host empties the planes.
 */
export function scatterBf16(
  x: usize,
  from: i32,
  to: i32,
  start: i32,
  line: i32,
  block: i32,
  planes: usize,
  directory: usize,
  constants: usize,
): i32 {
  const magnitude = v128.load16_splat(constants, MAGNITUDE16);
  const exponent = v128.load16_splat(constants, EXPONENT16);
  const fraction = v128.load16_splat(constants, FRACTION16);
  const gaps = v128.load16_splat(constants, GAPS);
  const signCells = v128.load16_splat(constants, SIGN_CELLS);
  let inLine = (start + from) % line;
  let at = from;
  let next = x + ((<usize>from) << 1);
  let length = min(min(block, line - inLine), to - at);
  while (at < to) {
    const absmax = largestMagnitude(next, length, magnitude);
    const field = absmax >> 7;
    const isUnfit = absmax !== 0 && (absmax >= 0x7f80 || field < LEAST_EXPONENT);
    const plane = absmax === 0 || isUnfit ? 0 : planeOf(field, directory);
    if (isUnfit || plane < 0) break;
    const n = length;
    const begin = next;
    next += (<usize>n) << 1;
    const end = next;
    at += n;
    inLine += n;
    if (inLine === line) inLine = 0;
    length = min(min(block, line - inLine), to - at);
    if (absmax === 0) {
      i64.store(directory, i64.load(directory, 264) + n, 264);
      continue;
    }
    const row = planes + <usize>((plane * ROWS + (absmax & 127)) * ROW) * 4;
    const top = i16x8.splat(<i16>(field << 7));
    let all = gaps;
    all = v128.xor(all, all);
    let p = begin;
    for (; p + 16 <= end; p += 16) {
      const v = v128.load(p);
      const cells = cellsOf(v, top, exponent, fraction, gaps);
      all = v128.or(all, cells);
      const i = offsets(cells, v, signCells);
      const low = i64x2.extract_lane(i, 0);
      const high = i64x2.extract_lane(i, 1);
      count(row + (<u32>low & 0xffff));
      count(row + (<u32>low >>> 16));
      count(row + (<u32>(low >>> 32) & 0xffff));
      count(row + <u32>(<u64>low >>> 48));
      count(row + (<u32>high & 0xffff));
      count(row + (<u32>high >>> 16));
      count(row + (<u32>(high >>> 32) & 0xffff));
      count(row + <u32>(<u64>high >>> 48));
    }
    for (; p < end; p += 2) {
      const v = v128.load16_splat(p);
      const cells = cellsOf(v, top, exponent, fraction, gaps);
      all = v128.or(all, cells);
      count(row + i16x8.extract_lane_u(offsets(cells, v, signCells), 0));
    }
    // The cell of smaller weights is the only one with this bit.
    if (v128.any_true(v128.and(all, gaps))) addSmall(begin, end, row, (field - 15) << 7, magnitude);
  }
  return at;
}

/** Of the weights of a block, the largest magnitude, as bits. */
function largestMagnitude(p: usize, length: i32, magnitude: v128): i32 {
  let most = i16x8.splat(0);
  const end = p + ((<usize>length) << 1);
  for (; p + 16 <= end; p += 16) most = i16x8.max_s(most, v128.and(v128.load(p), magnitude));
  for (; p < end; p += 2) most = i16x8.max_s(most, v128.and(v128.load16_splat(p), magnitude));
  return largestOf8(most);
}

/** The cells of eight weights among those of their sign: at most 2048, whatever the weights. */
function cellsOf(v: v128, top: v128, exponent: v128, fraction: v128, gaps: v128): v128 {
  return i16x8.min_u(v128.or(i16x8.sub(top, v128.and(v, exponent)), v128.and(v, fraction)), gaps);
}

/** The places of cells in their row, in bytes: at most 4 x 4097. */
function offsets(cells: v128, v: v128, signCells: v128): v128 {
  return i16x8.shl(i16x8.add(cells, v128.and(i16x8.shr_s(v, 15), signCells)), 2);
}

function count(cell: usize): void {
  i32.store(cell, i32.load(cell) + 1);
}

/** The plane of an exponent, which is given one when it has none; -1 where all are given away. */
function planeOf(field: i32, directory: usize): i32 {
  const known = load<u8>(directory + field);
  if (known !== 0) return known - 1;
  const next = i32.load(directory, 256);
  if (next === MAX_PLANES) return -1;
  i32.store(directory, next + 1, 256);
  store<u8>(directory + field, <u8>(next + 1));
  return next;
}

/** Adds what a block has of weights below a limit, which few blocks have: zeros are counted, others summed. */
function addSmall(p: usize, end: usize, row: usize, limit: i32, magnitude: v128): void {
  const limits = i16x8.splat(<i16>limit);
  for (; p + 16 <= end; p += 16) {
    if (!v128.any_true(i16x8.lt_s(v128.and(v128.load(p), magnitude), limits))) continue;
    for (let q = p; q < p + 16; q += 2) addIfSmall(load<u16>(q), row, limit);
  }
  for (; p < end; p += 2) addIfSmall(load<u16>(p), row, limit);
}

function addIfSmall(bits: i32, row: usize, limit: i32): void {
  const magnitude = bits & 0x7fff;
  if (magnitude >= limit) return;
  const sign = <usize>(bits >>> 15);
  if (magnitude === 0) {
    const at = row + (sign << 2);
    i32.store(at, i32.load(at, ZEROS) + 1, ZEROS);
    return;
  }
  const w = <f64>reinterpret<f32>(magnitude << 16);
  const at = row + (sign << 3);
  f64.store(at, f64.load(at, ABS) + w, ABS);
  f64.store(at, f64.load(at, SQUARES) + w * w, SQUARES);
}
