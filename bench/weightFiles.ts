import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { random } from './timing.ts';

export const stored = ['F32', 'F16', 'BF16'] as const;
export type Stored = (typeof stored)[number];
const bytesPerWeight: Readonly<Record<Stored, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Writes the same draws of a Student-t with 5 degrees of freedom as float32, float16 and bfloat16, in a file each that is called as its type. */
export function writeStudentT(folder: string, shape: readonly [number, number]): void {
  const n = shape[0] * shape[1];
  const next = random(2);
  const normal = (): number => Math.sqrt(-2 * Math.log(next() + 2 ** -33)) * Math.cos(2 * Math.PI * next());
  const weights = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let chiSquare = 0;
    for (let k = 0; k < 5; k++) chiSquare += normal() ** 2;
    // Within what float16 holds as normal numbers, so that it need not be rounded by hand.
    weights[i] = Math.fround((0.015 * normal()) / Math.sqrt(chiSquare / 5));
  }
  const bits = new Uint32Array(weights.buffer);
  const half = (b: number): number => {
    const magnitude = ((b & 0x7fff_ffff) + 0xfff + ((b >>> 13) & 1)) >>> 13;
    return ((b >>> 16) & 0x8000) | Math.min(0x7bff, Math.max(0, magnitude - (112 << 10)));
  };
  writeTensors(join(folder, 'F32.safetensors'), 'F32', 1, shape, weights);
  writeTensors(join(folder, 'F16.safetensors'), 'F16', 1, shape, Uint16Array.from(bits, half));
  writeTensors(
    join(folder, 'BF16.safetensors'),
    'BF16',
    1,
    shape,
    Uint16Array.from(bits, (b) => (b + 0x7fff + ((b >>> 16) & 1)) >>> 16),
  );
}

/** Writes a file of bf16 tensors that takes no room on the disk: all weights are 0. */
export const writeSparse = (path: string, nTensors: number, of: readonly [number, number]): void =>
  writeTensors(path, 'BF16', nTensors, of, undefined);

function writeTensors(
  path: string,
  type: Stored,
  nTensors: number,
  of: readonly [number, number],
  data: Float32Array | Uint16Array | undefined,
): void {
  const size = of[0] * of[1] * bytesPerWeight[type];
  const entries = Array.from({ length: nTensors }, (_, i) => [
    `w${i}`,
    { dtype: type, shape: of, data_offsets: [i * size, (i + 1) * size] },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header]));
  const file = openSync(path, 'r+');
  if (data) writeSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0, data.byteLength, 8 + header.length);
  else ftruncateSync(file, 8 + header.length + nTensors * size);
  closeSync(file);
}
