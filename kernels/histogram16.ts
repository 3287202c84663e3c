/** Counts `n` codes of 16 bits, in two tables of 2^16 counts: two equal neighbours do not wait for one another. */
export function countCodes(x: usize, n: i32, even: usize, odd: usize): void {
  const end = x + ((<usize>n) << 1);
  for (; x + 8 <= end; x += 8) {
    const v = i64.load(x);
    count(even, <u32>v & 0xffff);
    count(odd, <u32>v >>> 16);
    count(even, <u32>(v >>> 32) & 0xffff);
    count(odd, <u32>(<u64>v >>> 48));
  }
  for (; x < end; x += 2) count(even, <u32>load<u16>(x));
}

/** Counts the upper halves of `n` patterns of 32 bits, and returns the OR of the lower halves. */
export function countTop16(x: usize, n: i32, even: usize, odd: usize): i32 {
  const end = x + ((<usize>n) << 2);
  let low: u64 = 0;
  for (; x + 16 <= end; x += 16) {
    const v = <u64>i64.load(x);
    const w = <u64>i64.load(x, 8);
    low |= v | w;
    count(even, <u32>v >>> 16);
    count(odd, <u32>(v >>> 48));
    count(even, <u32>w >>> 16);
    count(odd, <u32>(w >>> 48));
  }
  for (; x < end; x += 4) {
    const v = <u32>i32.load(x);
    low |= <u64>v;
    count(even, v >>> 16);
  }
  return (<i32>low | <i32>(low >>> 32)) & 0xffff;
}

/** Reads all of `n` bytes, a multiple of 64, and does nothing else: what other kernels are measured against. */
export function readAll(x: usize, n: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (const end = x + n; x < end; x += 64) {
    a = v128.xor(a, v128.load(x));
    b = v128.xor(b, v128.load(x, 16));
    c = v128.xor(c, v128.load(x, 32));
    d = v128.xor(d, v128.load(x, 48));
  }
  a = v128.xor(v128.xor(a, b), v128.xor(c, d));
  return i32x4.extract_lane(a, 0) ^ i32x4.extract_lane(a, 1) ^ i32x4.extract_lane(a, 2) ^ i32x4.extract_lane(a, 3);
}

function count(table: usize, code: u32): void {
  const at = table + ((<usize>code) << 2);
  i32.store(at, i32.load(at) + 1);
}
