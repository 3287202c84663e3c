import { exp32 } from './exp32.ts';

// The steps of a forward pass that take little time: the engine and its reference share them. All in float32 but where said.

/**
 * Writes RMSNorm of each row of `x` to `out`: x / sqrt(mean of x^2 + epsilon) * gain. The mean is taken in float64, in the order of the
 * row.
 */
export function normalise(x: Float32Array, gain: Float32Array, epsilon: number, out: Float32Array): void {
  const width = gain.length;
  for (let from = 0; from < x.length; from += width) {
    let squares = 0;
    for (let i = from; i < from + width; i++) squares += x[i]! * x[i]!;
    const factor = Math.fround(1 / Math.sqrt(squares / width + epsilon));
    for (let i = 0; i < width; i++) out[from + i] = Math.fround(x[from + i]! * factor) * gain[i]!;
  }
}

/** Cosine and sine of the angle of each pair at each position: [position][pair]. */
export interface Rotations {
  readonly cosines: Float32Array;
  readonly sines: Float32Array;
}

/** Pair i of a head turns by base^(-2 i / headSize) per position. */
export function rotations(nPositions: number, headSize: number, base: number): Rotations {
  const nPairs = headSize / 2;
  const cosines = new Float32Array(nPositions * nPairs);
  const sines = new Float32Array(nPositions * nPairs);
  for (let position = 0, at = 0; position < nPositions; position++) {
    for (let pair = 0; pair < nPairs; pair++, at++) {
      const angle = position * base ** ((-2 * pair) / headSize);
      cosines[at] = Math.cos(angle);
      sines[at] = Math.sin(angle);
    }
  }
  return { cosines, sines };
}

/** Turns the pairs of every head of `x`, [position][head][headSize], in place. */
export function rotate(
  x: Float32Array,
  nHeads: number,
  headSize: number,
  pairs: 'halves' | 'neighbours',
  { cosines, sines }: Rotations,
): void {
  const nPairs = headSize / 2;
  const [step, apart] = pairs === 'halves' ? [1, nPairs] : [2, 1];
  const width = nHeads * headSize;
  for (let row = 0, from = 0; from < x.length; row += nPairs, from += width) {
    for (let head = from; head < from + width; head += headSize) {
      for (let pair = 0; pair < nPairs; pair++) {
        const cosine = cosines[row + pair]!;
        const sine = sines[row + pair]!;
        const at = head + pair * step;
        const a = x[at]!;
        const b = x[at + apart]!;
        x[at] = Math.fround(a * cosine) - Math.fround(b * sine);
        x[at + apart] = Math.fround(a * sine) + Math.fround(b * cosine);
      }
    }
  }
}

/** Adds `y` to `x`. */
export function add(x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + y[i]!;
}

/** silu(gate) * up, where silu(x) = x / (1 + e^-x). */
export const gated = (gate: number, up: number): number => Math.fround(Math.fround(gate / Math.fround(1 + exp32(-gate))) * up);
