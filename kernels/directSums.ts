// Sums in float64 over weights and their reconstructs, in four lanes: a weight goes to the lane of its place in its row, modulo 4. So a sum does not
// depend on where blocks and chunks end. Every sum has four float64, by lane.

// One function for every two sums, as more would not stay in registers.

/** Where the second of two sums begins. */
const SECOND: usize = 32;

/**
 * Adds (w - r)^2 and |w - r| of `n` weights, the first of which goes to `lane`, and their reconstructs to two sums. Returns the largest error, or
 * `maxError`.
 */
export function addNoise(x: usize, reconstructs: usize, n: i32, lane: i32, sums: usize, maxError: f64): f64 {
  const end = x + ((<usize>n) << 2);
  for (; x < end && lane !== 0; x += 4) {
    maxError = addNoiseOne(x, reconstructs, sums + ((<usize>lane) << 3), maxError);
    reconstructs += 4;
    lane = (lane + 1) & 3;
  }
  let most = f64x2.splat(maxError);
  let noise0 = v128.load(sums);
  let noise2 = v128.load(sums, 16);
  let abs0 = v128.load(sums, SECOND);
  let abs2 = v128.load(sums, SECOND + 16);
  for (; x + 16 <= end; x += 16) {
    const d0 = f64x2.sub(two(x), two(reconstructs));
    const d2 = f64x2.sub(twoAfter(x), twoAfter(reconstructs));
    const e0 = f64x2.abs(d0);
    const e2 = f64x2.abs(d2);
    noise0 = f64x2.add(noise0, f64x2.mul(d0, d0));
    noise2 = f64x2.add(noise2, f64x2.mul(d2, d2));
    abs0 = f64x2.add(abs0, e0);
    abs2 = f64x2.add(abs2, e2);
    most = f64x2.pmax(most, f64x2.pmax(e0, e2));
    reconstructs += 16;
  }
  v128.store(sums, noise0);
  v128.store(sums, noise2, 16);
  v128.store(sums, abs0, SECOND);
  v128.store(sums, abs2, SECOND + 16);
  maxError = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  for (; x < end; x += 4) {
    maxError = addNoiseOne(x, reconstructs, sums, maxError);
    reconstructs += 4;
    sums += 8;
  }
  return maxError;
}

function addNoiseOne(x: usize, reconstruct: usize, sums: usize, maxError: f64): f64 {
  const d = <f64>f32.load(x) - <f64>f32.load(reconstruct);
  add(sums, d * d);
  add(sums + SECOND, abs(d));
  return max(maxError, abs(d));
}

/** Adds w r and r^2, likewise. */
export function addPower(x: usize, reconstructs: usize, n: i32, lane: i32, sums: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x < end && lane !== 0; x += 4) {
    addPowerOne(x, reconstructs, sums + ((<usize>lane) << 3));
    reconstructs += 4;
    lane = (lane + 1) & 3;
  }
  let product0 = v128.load(sums);
  let product2 = v128.load(sums, 16);
  let power0 = v128.load(sums, SECOND);
  let power2 = v128.load(sums, SECOND + 16);
  for (; x + 16 <= end; x += 16) {
    const r0 = two(reconstructs);
    const r2 = twoAfter(reconstructs);
    product0 = f64x2.add(product0, f64x2.mul(two(x), r0));
    product2 = f64x2.add(product2, f64x2.mul(twoAfter(x), r2));
    power0 = f64x2.add(power0, f64x2.mul(r0, r0));
    power2 = f64x2.add(power2, f64x2.mul(r2, r2));
    reconstructs += 16;
  }
  v128.store(sums, product0);
  v128.store(sums, product2, 16);
  v128.store(sums, power0, SECOND);
  v128.store(sums, power2, SECOND + 16);
  for (; x < end; x += 4) {
    addPowerOne(x, reconstructs, sums);
    reconstructs += 4;
    sums += 8;
  }
}

function addPowerOne(x: usize, reconstruct: usize, sums: usize): void {
  const r = <f64>f32.load(reconstruct);
  add(sums, <f64>f32.load(x) * r);
  add(sums + SECOND, r * r);
}

/** Adds w^2 and |w| of finite weights, likewise. */
export function addSignal(x: usize, n: i32, lane: i32, sums: usize): void {
  const end = x + ((<usize>n) << 2);
  for (; x < end && lane !== 0; x += 4) {
    addSignalOne(x, sums + ((<usize>lane) << 3));
    lane = (lane + 1) & 3;
  }
  let signal0 = v128.load(sums);
  let signal2 = v128.load(sums, 16);
  let abs0 = v128.load(sums, SECOND);
  let abs2 = v128.load(sums, SECOND + 16);
  for (; x + 16 <= end; x += 16) {
    const w0 = two(x);
    const w2 = twoAfter(x);
    signal0 = f64x2.add(signal0, f64x2.mul(w0, w0));
    signal2 = f64x2.add(signal2, f64x2.mul(w2, w2));
    abs0 = f64x2.add(abs0, f64x2.abs(w0));
    abs2 = f64x2.add(abs2, f64x2.abs(w2));
  }
  v128.store(sums, signal0);
  v128.store(sums, signal2, 16);
  v128.store(sums, abs0, SECOND);
  v128.store(sums, abs2, SECOND + 16);
  for (; x < end; x += 4) {
    addSignalOne(x, sums);
    sums += 8;
  }
}

function addSignalOne(x: usize, sums: usize): void {
  const w = <f64>f32.load(x);
  add(sums, w * w);
  add(sums + SECOND, abs(w));
}

/** How many of `n` weights are not finite. */
export function countNonFinite(x: usize, n: i32): i32 {
  const end = x + ((<usize>n) << 2);
  let count = i32x4.splat(0);
  const mask = i32x4.splat(0x7fff_ffff);
  const infinity = i32x4.splat(0x7f80_0000);
  for (; x + 16 <= end; x += 16) count = i32x4.sub(count, i32x4.ge_s(v128.and(v128.load(x), mask), infinity));
  let nNonFinite = sumOf4(count);
  for (; x < end; x += 4) nNonFinite += i32((i32.load(x) & 0x7fff_ffff) >= 0x7f80_0000);
  return nNonFinite;
}

/** How many of `n` weights are not 0 and have the reconstruct 0. */
export function countZeroed(x: usize, reconstructs: usize, n: i32): i32 {
  const end = x + ((<usize>n) << 2);
  const none = f32x4.splat(0);
  let count = none;
  for (; x + 16 <= end; x += 16) {
    count = i32x4.sub(count, v128.andnot(f32x4.eq(v128.load(reconstructs), none), f32x4.eq(v128.load(x), none)));
    reconstructs += 16;
  }
  let nZeroed = sumOf4(count);
  for (; x < end; x += 4) {
    nZeroed += i32(f32.load(reconstructs) === 0 && f32.load(x) !== 0);
    reconstructs += 4;
  }
  return nZeroed;
}

/**
 * Adds how many of `n` bytes, at most 4 080, are 0, 1 and so on to 16 counts of 32 bits. Bytes from 16 on are not counted; up to 15 bytes after
 * the last are overwritten.
 */
export function countPlaces(places: usize, n: i32, counts: usize): void {
  const end = places + <usize>n;
  v128.store(end, i8x16.splat(-1));
  for (let first = 0; first < 16; first += 8) {
    const one = i8x16.splat(1);
    const is0 = i8x16.splat(<i8>first);
    const is1 = i8x16.add(is0, one);
    const is2 = i8x16.add(is1, one);
    const is3 = i8x16.add(is2, one);
    const is4 = i8x16.add(is3, one);
    const is5 = i8x16.add(is4, one);
    const is6 = i8x16.add(is5, one);
    const is7 = i8x16.add(is6, one);
    let n0 = i8x16.splat(0);
    let n1 = n0;
    let n2 = n0;
    let n3 = n0;
    let n4 = n0;
    let n5 = n0;
    let n6 = n0;
    let n7 = n0;
    for (let p = places; p < end; p += 16) {
      const v = v128.load(p);
      n0 = i8x16.sub(n0, i8x16.eq(v, is0));
      n1 = i8x16.sub(n1, i8x16.eq(v, is1));
      n2 = i8x16.sub(n2, i8x16.eq(v, is2));
      n3 = i8x16.sub(n3, i8x16.eq(v, is3));
      n4 = i8x16.sub(n4, i8x16.eq(v, is4));
      n5 = i8x16.sub(n5, i8x16.eq(v, is5));
      n6 = i8x16.sub(n6, i8x16.eq(v, is6));
      n7 = i8x16.sub(n7, i8x16.eq(v, is7));
    }
    addBytes(counts, n0);
    addBytes(counts + 4, n1);
    addBytes(counts + 8, n2);
    addBytes(counts + 12, n3);
    addBytes(counts + 16, n4);
    addBytes(counts + 20, n5);
    addBytes(counts + 24, n6);
    addBytes(counts + 28, n7);
    counts += 32;
  }
}

function addBytes(count: usize, bytes: v128): void {
  i32.store(count, i32.load(count) + sumOf4(i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes))));
}

/** What candidate scales are compared by. */
const SQUARES: i32 = 0;
const MAGNITUDES: i32 = 1;

/**
 * Adds the errors of a run, which is cut as in {@link findPlaces}, to the float64 of each block: their squares (`by` 0), their magnitudes (1), or
 * raises it to the largest (2). One after the other, as the reference does, because a choice among candidates may hang on the last digit.
 */
export function addBlockErrors(x: usize, reconstructs: usize, n: i32, inLine: i32, line: i32, block: i32, errors: usize, by: i32): void {
  let inBlock = inLine % block;
  for (let at = 0; at < n; ) {
    const length = min(min(block - inBlock, line - inLine), n - at);
    f64.store(errors, errorOf(x, reconstructs, length, f64.load(errors), by));
    x += (<usize>length) << 2;
    reconstructs += (<usize>length) << 2;
    at += length;
    inLine += length;
    inBlock += length;
    errors += 8;
    if (inBlock === block) inBlock = 0;
    if (inLine === line) {
      inLine = 0;
      inBlock = 0;
    }
  }
}

function errorOf(x: usize, reconstructs: usize, n: i32, error: f64, by: i32): f64 {
  const end = x + ((<usize>n) << 2);
  if (by === SQUARES) {
    for (; x + 8 <= end; x += 8) {
      const d = f64x2.sub(two(x), two(reconstructs));
      const squares = f64x2.mul(d, d);
      error += f64x2.extract_lane(squares, 0);
      error += f64x2.extract_lane(squares, 1);
      reconstructs += 8;
    }
    if (x < end) error += (<f64>f32.load(x) - <f64>f32.load(reconstructs)) * (<f64>f32.load(x) - <f64>f32.load(reconstructs));
    return error;
  }
  if (by === MAGNITUDES) {
    for (; x < end; x += 4) {
      error += abs(<f64>f32.load(x) - <f64>f32.load(reconstructs));
      reconstructs += 4;
    }
    return error;
  }
  for (; x < end; x += 4) {
    error = max(error, abs(<f64>f32.load(x) - <f64>f32.load(reconstructs)));
    reconstructs += 4;
  }
  return error;
}

/** Two float32 as float64. */
function two(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

/** The two after them. */
function twoAfter(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p, 8));
}

function add(sum: usize, value: f64): void {
  f64.store(sum, f64.load(sum) + value);
}

function sumOf4(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}
