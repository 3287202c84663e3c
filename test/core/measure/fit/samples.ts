import { readFileSync } from 'node:fs';
import { add, addToHistogram, type Cells, cells, type Histogram16, histogram16 } from '../../../../core/measure/histogram16.ts';
import { readWeights } from '../../../../core/weights/readWeights.ts';
import type { Tensor } from '../../../../core/weights/tensor.ts';
import { memorySource } from '../../weights/files.ts';

/** The samples of test/oracles/fits.py, bit for bit: the same generator, and arithmetic that is rounded alike everywhere. */
export function sample(name: string, seed: number, shift: number, scale: number, n: number): Float32Array {
  const u = uniforms(seed);
  const maker = makers[name];
  if (!maker) throw new Error(`fits.py makes "${name}", which is not known here`);
  const weights = Float32Array.from({ length: n }, () => shift + scale * maker(u));
  const bits = new Uint32Array(weights.buffer);
  for (let i = 0; i < n; i++) bits[i]! &= 0xffff_0000;
  return weights;
}

/** The non-empty cells of weights, counted by the upper half of their pattern. */
export function cellsOf(...parts: readonly Float32Array[]): Cells {
  return cells(
    parts
      .map((weights) => {
        const histogram = histogram16('top16');
        addToHistogram(histogram, weights);
        return histogram;
      })
      .reduce(add),
  );
}

/** A histogram as the cells that are not empty: 65 536 numbers are slow to compare. */
export const entriesOf = ({ kind, counts, dropped }: Histogram16) => ({
  kind,
  dropped: dropped[0],
  counts: Object.fromEntries([...counts.entries()].filter(([, count]) => count > 0)),
});

/** The tensors of the model in examples. */
export async function tinyTensors(): Promise<readonly Tensor[]> {
  const bytes = readFileSync(new URL('../../../../examples/tiny-lm/tiny.safetensors', import.meta.url));
  const { tensors } = await readWeights(memorySource(bytes, 'tiny.safetensors'), () => Promise.reject(new Error('It is one file')));
  return tensors;
}

/** The weights of one of them. */
export async function tinyTensor(name: string): Promise<Float32Array> {
  const tensor = (await tinyTensors()).find((one) => one.name === name);
  if (!tensor) throw new Error(`The model in examples has no ${name}`);
  const weights = new Float32Array(tensor.n);
  await tensor.read(0, weights);
  return weights;
}

/** Draws of a Student t, by Bailey's polar method: Mathematics of Computation 62 (1994). */
export function studentTDraws(nu: number, seed: number, n: number): Float32Array {
  const u = sfc32(seed);
  const out = new Float32Array(n);
  for (let i = 0; i < n; ) {
    const x = 2 * u() - 1;
    const y = 2 * u() - 1;
    const square = x * x + y * y;
    if (square >= 1 || square === 0) continue;
    out[i++] = x * Math.sqrt((nu * (square ** (-2 / nu) - 1)) / square);
  }
  return out;
}

/** Uniform numbers in [0, 1), by Chris Doty-Humphrey's sfc32. */
export function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

type Uniforms = () => number;

function uniforms(seed: number): Uniforms {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

function bell(u: Uniforms): number {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += u();
  return sum - 6;
}

function t2(u: Uniforms): number {
  const p = u();
  return (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
}

function ratio(u: Uniforms): number {
  const z = bell(u);
  let chi = 0;
  for (let i = 0; i < 4; i++) {
    const b = bell(u);
    chi += b * b;
  }
  return z / Math.sqrt(chi / 4);
}

const makers: Readonly<Record<string, (u: Uniforms) => number>> = {
  bell,
  t2,
  ratio,
  triangle: (u) => u() + u() - 1,
  uniform: (u) => 2 * u() - 1,
  rows: (u) => (0.25 + 2 * u()) * bell(u),
  skewed: (u) => {
    const b = bell(u);
    return b + 0.15 * b * b;
  },
  spiked: (u) => (u() < 0.1 ? 0 : t2(u)),
};
