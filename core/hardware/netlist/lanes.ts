/** The values of a port in many lanes, as words of bits: bit i of word w of `bits[b]` is bit b of the value in lane 32 w + i. */
export type LaneBits = readonly Int32Array[];

export const laneBits = (width: number, nWords: number): LaneBits => Array.from({ length: width }, () => new Int32Array(nWords));

/** Writes an unsigned value into a lane that holds 0. */
export function putLane(bits: LaneBits, lane: number, value: bigint): void {
  const word = lane >> 5;
  const shift = lane & 31;
  // 32 bits at a time, as numbers are a good deal faster than integers of any size.
  for (let from = 0; from < bits.length; from += 32) {
    const chunk = Number(BigInt.asUintN(32, from === 0 ? value : value >> BigInt(from)));
    const end = Math.min(bits.length, from + 32);
    for (let b = from; b < end; b++) bits[b]![word]! |= ((chunk >>> (b - from)) & 1) << shift;
  }
}

/** Reads the unsigned value of a lane. */
export function laneValue(bits: LaneBits, lane: number): bigint {
  let value = 0n;
  for (const [b, words] of bits.entries()) if ((words[lane >> 5]! >>> (lane & 31)) & 1) value |= 1n << BigInt(b);
  return value;
}

export function clearLanes(bits: LaneBits): void {
  for (const words of bits) words.fill(0);
}

/** Which of the first `nLanes` lanes differ where `care` is set, in increasing order. */
export function differingLanes(found: LaneBits, expected: LaneBits, care: Int32Array, nLanes: number): readonly number[] {
  const lanes: number[] = [];
  for (let w = 0; w * 32 < nLanes; w++) {
    let differs = 0;
    for (const [b, words] of found.entries()) differs |= words[w]! ^ expected[b]![w]!;
    differs &= care[w]!;
    for (let i = 0; differs !== 0 && i < 32 && 32 * w + i < nLanes; i++) if ((differs >>> i) & 1) lanes.push(32 * w + i);
  }
  return lanes;
}

/** A stream of bits that is the same every time: the generator xorshift32 of G. Marsaglia, "Xorshift RNGs", 2003. */
export function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** An unsigned value of `width` bits from a stream of 32 bits. */
export function randomValue(next: () => number, width: number): bigint {
  let value = 0n;
  for (let bits = 0; bits < width; bits += 32) value = (value << 32n) | BigInt(next());
  return BigInt.asUintN(width, value);
}
