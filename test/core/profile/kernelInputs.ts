import fc from 'fast-check';
import { type Kernels, type KernelType, kernels } from '../../../core/profile/kernels.ts';
import type { Lines } from '../../../core/profile/lines.ts';
import wasm from '../../../kernels/kernels.wasm';

/** Fresh kernels: nothing added yet. */
export const freshKernels = (): Kernels => kernels(wasm);

/** Weights put where the kernels look for them. Returns their number. */
export function put(k: Kernels, values: Float32Array | Uint16Array): number {
  k.input(values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return values.length;
}

/** Weights without rows, in blocks of one length. */
export const inBlocks = (n: number, block: number): Lines => ({ lineLength: Math.max(1, n), block, start: 0 });

/** A number of weights and how they are cut: blocks of all lengths up to 130, lines that they do and do not divide, starts within a line. */
export const cuts: fc.Arbitrary<{ readonly n: number; readonly lines: Lines }> = fc
  .record({
    n: fc.integer({ min: 1, max: 400 }),
    block: fc.integer({ min: 1, max: 130 }),
    lineLength: fc.integer({ min: 1, max: 300 }),
    skip: fc.nat(5),
  })
  .map(({ n, block, lineLength, skip }) => ({
    n,
    lines: { lineLength, block, start: skip * block < lineLength ? skip * block : 0 },
  }));

/** Patterns of 32 bits: ordinary weights, any numbers, and what is rare: zeros, subnormals, huge numbers, infinities and NaN. */
export const patterns32 = (n: number, seed: number, kind: 'ordinary' | 'any' | 'rare'): Float32Array => {
  const random = generator(seed);
  const bits = new Uint32Array(n);
  const weights = new Float32Array(bits.buffer);
  for (let i = 0; i < n; i++) {
    if (kind === 'any') bits[i] = random() * 2 ** 32;
    else if (kind === 'rare' && random() < 0.3) bits[i] = RARE[Math.floor(random() * RARE.length)]!;
    else weights[i] = (random() + random() + random() - 1.5) * 0.03;
  }
  return weights;
};

/** The upper halves of such patterns. */
export const patterns16 = (n: number, seed: number, kind: 'ordinary' | 'any' | 'rare'): Uint16Array =>
  Uint16Array.from(new Uint32Array(patterns32(n, seed, kind).buffer), (pattern) => pattern >>> 16);

export const seeds = fc.integer({ min: 0, max: 2 ** 31 });
export const kinds = fc.constantFrom('ordinary' as const, 'any' as const, 'rare' as const);

/** Where two arrays first differ by more than a share of the value, or -1. For arrays too long for `toEqual` to be quick. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>, share: (i: number) => number = () => 0): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) {
    // Not `>`, so that NaN differs.
    if (!(a[i] === b[i] || Math.abs(a[i]! - b[i]!) <= share(i) * Math.abs(b[i]!))) return i;
  }
  return -1;
}

const RARE = [
  0, 0x8000_0000, 1, 0x8000_0001, 0x007f_ffff, 0x0080_0000, 0x0001_0000, 0x0380_0000, 0x087f_ffff, 0x0880_0000, 0x7f7f_ffff, 0xff7f_ffff,
  0x7f80_0000, 0xff80_0000, 0x7fc0_0000, 0xffff_ffff, 0x7f80_0001, 0x5a00_0000, 0x5a80_0000, 0x2180_0000, 0x217f_ffff,
];

export const typesOf16: readonly KernelType[] = ['F16', 'BF16'];

/** Numbers from 0 up to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The upper bits: the lower ones repeat soon.
    return ((state >>> 8) + 0.5) / 2 ** 24;
  };
}
