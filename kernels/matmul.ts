/** Rows that are done for all outputs before the next ones: their inputs stay in the second-level cache. */
const ROWS: i32 = 64;

/**
 * Writes out[t][o] = sum over k of x[t][k] * w[o][k], all float32: each product is rounded and added in the order of k, so no cut of the
 * work changes a bit. The weights come in panels of eight outputs, w[o / 8][k][o % 8], the last filled up with zeros; `tile` is room for 32
 * numbers.
 */
export function multiply(x: usize, nRows: i32, nIn: i32, w: usize, nOut: i32, out: usize, tile: usize): void {
  const inBytes = (<usize>nIn) << 2;
  const outBytes = (<usize>nOut) << 2;
  const panelBytes = (<usize>nIn) << 5;
  for (let first = 0; first < nRows; first += ROWS) {
    const last = min(nRows, first + ROWS);
    for (let o = 0; o < nOut; o += 8) {
      const panel = w + <usize>(o >> 3) * panelBytes;
      const nStored = min(8, nOut - o);
      let from = x + <usize>first * inBytes;
      let to = out + <usize>first * outBytes + ((<usize>o) << 2);
      let t = first;
      for (; t + 4 <= last; t += 4) {
        if (nStored === 8) fourRows(from, inBytes, panel, to, outBytes);
        else {
          fourRows(from, inBytes, panel, tile, 32);
          for (let row: usize = 0; row < 4; row++) memory.copy(to + row * outBytes, tile + (row << 5), (<usize>nStored) << 2);
        }
        from += inBytes << 2;
        to += outBytes << 2;
      }
      for (; t < last; t++) {
        oneRow(from, inBytes, panel, tile);
        memory.copy(to, tile, (<usize>nStored) << 2);
        from += inBytes;
        to += outBytes;
      }
    }
  }
}

/** Eight outputs of four rows, whose sums stay in registers. */
function fourRows(a: usize, inBytes: usize, w: usize, out: usize, outBytes: usize): void {
  const b = a + inBytes;
  const c = b + inBytes;
  const d = c + inBytes;
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  let d0 = f32x4.splat(0);
  let d1 = f32x4.splat(0);
  for (let k: usize = 0; k < inBytes; k += 4) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    w += 32;
    let x = v128.load32_splat(a + k);
    a0 = f32x4.add(a0, f32x4.mul(x, w0));
    a1 = f32x4.add(a1, f32x4.mul(x, w1));
    x = v128.load32_splat(b + k);
    b0 = f32x4.add(b0, f32x4.mul(x, w0));
    b1 = f32x4.add(b1, f32x4.mul(x, w1));
    x = v128.load32_splat(c + k);
    c0 = f32x4.add(c0, f32x4.mul(x, w0));
    c1 = f32x4.add(c1, f32x4.mul(x, w1));
    x = v128.load32_splat(d + k);
    d0 = f32x4.add(d0, f32x4.mul(x, w0));
    d1 = f32x4.add(d1, f32x4.mul(x, w1));
  }
  v128.store(out, a0);
  v128.store(out, a1, 16);
  out += outBytes;
  v128.store(out, b0);
  v128.store(out, b1, 16);
  out += outBytes;
  v128.store(out, c0);
  v128.store(out, c1, 16);
  out += outBytes;
  v128.store(out, d0);
  v128.store(out, d1, 16);
}

function oneRow(x: usize, inBytes: usize, w: usize, out: usize): void {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  for (let k: usize = 0; k < inBytes; k += 4) {
    const value = v128.load32_splat(x + k);
    sum0 = f32x4.add(sum0, f32x4.mul(value, v128.load(w)));
    sum1 = f32x4.add(sum1, f32x4.mul(value, v128.load(w, 16)));
    w += 32;
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
}
