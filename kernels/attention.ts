import { exp4 } from './exp';

/**
 * Causal attention of a sequence, as `attention` of core/model/reference.ts to the last bit: sums go by index, in float32. Queries and
 * `out` are [token][head][headSize], keys and values [token][group][headSize], where consecutive heads share a group. `turned` is room for
 * the keys of a group, [headSize][nTokens rounded up to 16], and `scores` for a row of scores so rounded up.
 */
export function attend(
  queries: usize,
  keys: usize,
  values: usize,
  nTokens: i32,
  nHeads: i32,
  nGroups: i32,
  headSize: i32,
  scale: f32,
  turned: usize,
  scores: usize,
  out: usize,
  constants: usize,
): void {
  const headBytes = (<usize>headSize) << 2;
  const queryBytes = headBytes * <usize>nHeads;
  const keyBytes = headBytes * <usize>nGroups;
  const line = (<usize>(nTokens + 15) & ~15) << 2;
  const perGroup = nHeads / nGroups;
  for (let group = 0; group < nGroups; group++) {
    const ofGroup = <usize>group * headBytes;
    turn(keys + ofGroup, keyBytes, nTokens, headBytes, turned, line);
    for (let head = group * perGroup; head < (group + 1) * perGroup; head++) {
      const ofHead = <usize>head * headBytes;
      for (let t = 0; t < nTokens; t++) {
        const at = <usize>t * queryBytes + ofHead;
        const most = rate(queries + at, headBytes, turned, line, t + 1, scale, scores);
        const sum = exponentiate(scores, t + 1, most, constants);
        mix(scores, t + 1, values + ofGroup, keyBytes, headBytes, sum, out + at);
      }
    }
  }
}

/** Writes keys as [headSize][token]. */
function turn(keys: usize, keyBytes: usize, nTokens: i32, headBytes: usize, turned: usize, line: usize): void {
  for (let t = 0; t < nTokens; t++) {
    let to = turned + ((<usize>t) << 2);
    for (let i: usize = 0; i < headBytes; i += 4) {
      f32.store(to, f32.load(keys + i));
      to += line;
    }
    keys += keyBytes;
  }
}

/** Writes the scores of the first `n` keys, and whatever fills the last sixteen. Gives the greatest of the `n`; NaN where one is. */
function rate(query: usize, headBytes: usize, turned: usize, line: usize, n: i32, scale: f32, scores: usize): f32 {
  const factor = f32x4.splat(scale);
  const end = (<usize>n) << 2;
  for (let s: usize = 0; s < end; s += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let key = turned + s;
    for (let i: usize = 0; i < headBytes; i += 4) {
      const q = v128.load32_splat(query + i);
      a = f32x4.add(a, f32x4.mul(q, v128.load(key)));
      b = f32x4.add(b, f32x4.mul(q, v128.load(key, 16)));
      c = f32x4.add(c, f32x4.mul(q, v128.load(key, 32)));
      d = f32x4.add(d, f32x4.mul(q, v128.load(key, 48)));
      key += line;
    }
    v128.store(scores + s, f32x4.mul(a, factor));
    v128.store(scores + s, f32x4.mul(b, factor), 16);
    v128.store(scores + s, f32x4.mul(c, factor), 32);
    v128.store(scores + s, f32x4.mul(d, factor), 48);
  }
  let greatest = f32x4.splat(-Infinity);
  let s: usize = 0;
  for (; s + 16 <= end; s += 16) greatest = f32x4.max(greatest, v128.load(scores + s));
  let most = max(
    max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1)),
    max(f32x4.extract_lane(greatest, 2), f32x4.extract_lane(greatest, 3)),
  );
  for (; s < end; s += 4) most = max(most, f32.load(scores + s));
  return most;
}

/** Writes e^(score - most) over the scores; the sum of the first `n`. */
function exponentiate(scores: usize, n: i32, most: f32, constants: usize): f32 {
  const shift = f32x4.splat(most);
  const end = (<usize>n) << 2;
  let sum: f32 = 0;
  let s: usize = 0;
  for (; s + 16 <= end; s += 16) {
    const e = exp4(f32x4.sub(v128.load(scores + s), shift), constants);
    v128.store(scores + s, e);
    sum += f32x4.extract_lane(e, 0);
    sum += f32x4.extract_lane(e, 1);
    sum += f32x4.extract_lane(e, 2);
    sum += f32x4.extract_lane(e, 3);
  }
  if (s < end) v128.store(scores + s, exp4(f32x4.sub(v128.load(scores + s), shift), constants));
  for (; s < end; s += 4) sum += f32.load(scores + s);
  return sum;
}

/** Writes the mean of `n` values of a group, weighted by scores that add up to `sum`. */
function mix(scores: usize, n: i32, values: usize, keyBytes: usize, headBytes: usize, sum: f32, out: usize): void {
  const divisor = f32x4.splat(sum);
  const end = scores + ((<usize>n) << 2);
  let i: usize = 0;
  for (; i + 64 <= headBytes; i += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let value = values + i;
    for (let s = scores; s < end; s += 4) {
      const p = v128.load32_splat(s);
      a = f32x4.add(a, f32x4.mul(p, v128.load(value)));
      b = f32x4.add(b, f32x4.mul(p, v128.load(value, 16)));
      c = f32x4.add(c, f32x4.mul(p, v128.load(value, 32)));
      d = f32x4.add(d, f32x4.mul(p, v128.load(value, 48)));
      value += keyBytes;
    }
    v128.store(out + i, f32x4.div(a, divisor));
    v128.store(out + i, f32x4.div(b, divisor), 16);
    v128.store(out + i, f32x4.div(c, divisor), 32);
    v128.store(out + i, f32x4.div(d, divisor), 48);
  }
  for (; i + 16 <= headBytes; i += 16) {
    let a = f32x4.splat(0);
    let value = values + i;
    for (let s = scores; s < end; s += 4) {
      a = f32x4.add(a, f32x4.mul(v128.load32_splat(s), v128.load(value)));
      value += keyBytes;
    }
    v128.store(out + i, f32x4.div(a, divisor));
  }
  for (; i < headBytes; i += 4) {
    let a: f32 = 0;
    let value = values + i;
    for (let s = scores; s < end; s += 4) {
      a += f32.load(s) * f32.load(value);
      value += keyBytes;
    }
    f32.store(out + i, a / sum);
  }
}
