/** Types that are written, by their safetensors names. */
export type WrittenType = 'F32' | 'F16';

/** The little-endian bytes of values; float16 to nearest, ties to even. What is beyond the largest float16 becomes infinite. */
export function encode(type: WrittenType, values: Float32Array): Uint8Array {
  if (type === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = half(bits[i]!);
  return new Uint8Array(halves.buffer);
}

/** The bits of the float16 nearest to a float32, of its bits. */
function half(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - 112;
  if (exponent >= 31) return sign | 0x7c00;
  const significand = (magnitude & 0x7f_ffff) | 0x80_0000;
  // A subnormal has its point further left; below half of the least one nothing is left.
  const shift = exponent > 0 ? 13 : 14 - exponent;
  if (shift > 24) return sign;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  const rounded = kept + (rest > middle || (rest === middle && (kept & 1) === 1) ? 1 : 0);
  // A normal one has its leading bit in the exponent; a carry goes there as well, up to infinity.
  return sign | (exponent > 0 ? ((exponent - 1) << 10) + rounded : rounded);
}
