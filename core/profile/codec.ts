/**
 * Writes bytes. Numbers that are not negative and below 2^53 as `varint`, seven bits a byte; arrays as runs of zeros and of others, where the
 * bytes of a float64 are cut off after the last that is not 0: counts, sums of powers of two and gaps take little.
 */
export interface Writer {
  varint(value: number): void;
  float(value: number): void;
  text(value: string): void;
  /** Without its length, which the reader must know. */
  array(values: ArrayLike<number>): void;
  bytes(): Uint8Array;
}

export function writer(): Writer {
  let out = new Uint8Array(1 << 16);
  let length = 0;
  const scratch = new DataView(new ArrayBuffer(8));
  const room = (n: number): void => {
    if (length + n <= out.length) return;
    const grown = new Uint8Array(2 * (length + n));
    grown.set(out.subarray(0, length));
    out = grown;
  };
  const varint = (value: number): void => {
    room(8);
    for (; value >= 0x80; value = Math.floor(value / 0x80)) out[length++] = (value % 0x80) | 0x80;
    out[length++] = value;
  };
  const float = (value: number): void => {
    scratch.setFloat64(0, value);
    let n = 8;
    while (n > 0 && scratch.getUint8(n - 1) === 0) n--;
    room(9);
    out[length++] = n;
    for (let i = 0; i < n; i++) out[length++] = scratch.getUint8(i);
  };
  return {
    varint,
    float,
    text(value) {
      const bytes = new TextEncoder().encode(value);
      varint(bytes.length);
      room(bytes.length);
      out.set(bytes, length);
      length += bytes.length;
    },
    array(values) {
      for (let i = 0; i < values.length; ) {
        const from = i;
        while (i < values.length && Object.is(values[i], 0)) i++;
        const begin = i;
        while (i < values.length && !Object.is(values[i], 0)) i++;
        varint(begin - from);
        varint(i - begin);
        for (let j = begin; j < i; j++) float(values[j]!);
      }
    },
    bytes: () => out.slice(0, length),
  };
}

/** Reads what a {@link Writer} wrote. Past the end, or where bytes make no sense, it has failed and reads zeros from then on. */
export interface Reader {
  varint(): number;
  float(): number;
  text(): string;
  /** Fills an array. */
  array(into: Float64Array | Float32Array | Uint32Array): void;
  /** The number of bytes left. */
  left(): number;
  fail(): void;
  /** Whether all went well so far. */
  isFine(): boolean;
}

export function reader(bytes: Uint8Array): Reader {
  let at = 0;
  let fine = true;
  const scratch = new DataView(new ArrayBuffer(8));
  const fail = (): void => {
    fine = false;
    at = bytes.length;
  };
  const byte = (): number => {
    if (at >= bytes.length) fail();
    return bytes[at++] ?? 0;
  };
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++, scale *= 0x80) {
      const next = byte();
      value += (next & 0x7f) * scale;
      if (next < 0x80) {
        if (!Number.isSafeInteger(value)) fail();
        return fine ? value : 0;
      }
    }
    fail();
    return 0;
  };
  const float = (): number => {
    const n = byte();
    if (n > 8) fail();
    scratch.setFloat64(0, 0);
    for (let i = 0; i < Math.min(n, 8); i++) scratch.setUint8(i, byte());
    return fine ? scratch.getFloat64(0) : 0;
  };
  return {
    varint,
    float,
    text() {
      const length = varint();
      if (length > bytes.length - at) fail();
      const value = new TextDecoder().decode(bytes.subarray(at, at + (fine ? length : 0)));
      at += fine ? length : 0;
      return value;
    },
    array(into) {
      for (let i = 0; i < into.length && fine; ) {
        const zeros = varint();
        const others = varint();
        if (zeros + others === 0 || i + zeros + others > into.length) fail();
        i += zeros;
        for (let j = 0; j < others && fine; j++) into[i++] = float();
      }
    },
    left: () => bytes.length - at,
    fail,
    isFine: () => fine,
  };
}
