import type { FileHandle } from 'node:fs/promises';
import { reconstructor } from '../core/quantize/reconstruct.ts';
import type { QuantizationJob } from '../core/quantize/stream.ts';
import { bytesPerValue } from '../core/weights/dtype.ts';
import { encode, type WrittenType } from '../core/weights/encode.ts';
import { quoted } from '../core/weights/problem.ts';
import type { WrittenTensor } from '../core/weights/safetensorsHeader.ts';
import type { Tensor } from '../core/weights/tensor.ts';

/** A model file as its header and the tensors that follow it. */
export interface ModelFilePlan {
  readonly header: Uint8Array;
  readonly tensors: readonly PlannedTensor[];
}

export interface PlannedTensor {
  readonly source: Tensor;
  readonly type: WrittenTensor['type'];
  readonly how: 'as stored' | 'as read' | 'quantized';
  readonly rows: Uint32Array | undefined;
  /** Zeros behind it. */
  readonly padding: number;
}

export interface WriteOptions {
  /** What quantized tensors are quantized by. */
  readonly job: QuantizationJob;
  readonly signal: AbortSignal;
  /** In weights. */
  onProgress(done: number, total: number): void;
}

/** Writes a model file from its start to its end. Rejects with an `AbortError` once the signal is set. */
export async function writeModelFile(
  file: FileHandle,
  { header, tensors }: ModelFilePlan,
  { job, signal, onProgress }: WriteOptions,
): Promise<void> {
  const total = tensors.reduce((sum, { source }) => sum + source.n, 0);
  let done = 0;
  await put(file, header);
  for (const planned of tensors) {
    const { source, padding, how, rows } = planned;
    if (how === 'quantized' || rows) await writeWhole(file, planned, job, signal);
    else await writeInPieces(file, planned, signal);
    await put(file, new Uint8Array(padding));
    done += source.n;
    onProgress(done, total);
  }
}

/** A scale may hang on all of a tensor, and rows may change places: so it is in memory at once. */
async function writeWhole(
  file: FileHandle,
  { source, type, how, rows }: PlannedTensor,
  job: QuantizationJob,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (source.n > MOST_AT_ONCE)
    throw new Error(`${quoted(source.name)} has ${source.n} weights; a tensor that is quantized has at most ${MOST_AT_ONCE}`);
  const weights = new Float32Array(source.n);
  await source.read(0, weights);
  // Such a weight has no level, and a model with one gives no logits.
  const odd = weights.find((weight) => !Number.isFinite(weight));
  if (odd !== undefined) throw new Error(`${quoted(source.name)} has a weight that is not finite, ${odd}`);
  if (how === 'quantized') reconstructor(source.shape, job)(weights, weights);
  const width = source.shape.at(-1)!;
  await putPieces(file, rows ? rearranged(weights, rows, width) : weights, source.name, type as WrittenType);
}

/** Two gibibytes of float32. */
const MOST_AT_ONCE = 2 ** 29;

function rearranged(weights: Float32Array, rows: Uint32Array, width: number): Float32Array {
  const out = new Float32Array(weights.length);
  for (const [to, from] of rows.entries()) out.set(weights.subarray(from * width, (from + 1) * width), to * width);
  return out;
}

const PIECE = 2 ** 20;

async function putPieces(file: FileHandle, weights: Float32Array, name: string, type: WrittenType): Promise<void> {
  for (let from = 0; from < weights.length; from += PIECE) {
    const piece = weights.subarray(from, from + PIECE);
    if (type === 'F16') requireFloat16(piece, name);
    await put(file, encode(type, piece));
  }
}

async function writeInPieces(file: FileHandle, { source, type, how }: PlannedTensor, signal: AbortSignal): Promise<void> {
  for (let from = 0; from < source.n; from += PIECE) {
    signal.throwIfAborted();
    const n = Math.min(PIECE, source.n - from);
    if (how === 'as stored') {
      const bytes = new Uint8Array(n * bytesPerValue[type]);
      await source.readStored!(from, bytes);
      await put(file, bytes);
    } else {
      const values = new Float32Array(n);
      await source.read(from, values);
      await putPieces(file, values, source.name, type as WrittenType);
    }
  }
}

/** From here on the nearest float16 is infinite. */
const BEYOND_FLOAT16 = 65_520;

function requireFloat16(values: Float32Array, name: string): void {
  const beyond = values.find((value) => Math.abs(value) >= BEYOND_FLOAT16);
  if (beyond !== undefined) throw new Error(`${quoted(name)} has the weight ${beyond}, which float16 does not reach; say --type f32`);
}

async function put(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}
