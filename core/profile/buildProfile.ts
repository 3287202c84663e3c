import { type BlockLayout, blockLayout, panelHeight, panelStart, type Window, windows } from '../quantize/blockLayout.ts';
import { bytesPerValue } from '../weights/dtype.ts';
import type { Tensor } from '../weights/tensor.ts';
import { collectMaxima } from './blockMaxima.ts';
import { blocksToKeep, type ExactBlocks, joined } from './exactBlocks.ts';
import type { Kernels, KernelType, Survey } from './kernels.ts';
import type { Lines } from './lines.ts';
import { mergeProfiles, PROFILE_VERSION, type Profile, type ProfileKey, type Statistics } from './profile.ts';
import { type Reference, referenceOf, takesSign } from './reference.ts';
import { referencesFrom } from './references.ts';
import { HALF } from './sketch.ts';
import { joinedSketches } from './sketchStatistics.ts';

/** Consecutive whole blocks of a tensor: what one thread profiles at a time. */
export type Part = Window;

/** The most weights of a part, but for a block that is larger. Part of what a profile is: it says in which order sums are taken. */
const PART = 2 ** 23;

/** The most weights in the memory of the kernels at once. */
const CHUNK = 2 ** 20;

/** The most of one read, which are surveyed before the next: so few that they are still in the second-level cache, of 1 MB or more. */
const READ = 2 ** 17;

/** The parts of a tensor, in order: always the same, whoever does them. */
export const partsOf = (shape: readonly number[], key: ProfileKey): readonly Part[] => [
  // A table is so large that handing over and adding up parts of it would take longer than making it.
  ...windows(blockLayout(shape, key), key.over === 'bf16' ? Number.POSITIVE_INFINITY : PART),
];

/** Whether there is a way to the profile: blocks in lines, of weights that float32 holds; tables of bf16, of blocks that are read at once. */
export function isProfiled({ type, shape }: Pick<Tensor, 'type' | 'shape'>, key: ProfileKey): boolean {
  if (type === 'F64' || (key.axis === 'first' && key.block !== 'tensor')) return false;
  return key.over !== 'bf16' || (type === 'BF16' && blockLayout(shape, key).height <= CHUNK);
}

/** What a pass heeds while it runs. */
export interface PassOptions {
  readonly signal: { readonly aborted: boolean };
  readonly onProgress?: (doneWeights: number) => void;
}

/** The profile of a tensor that {@link isProfiled}: of its parts, one after the other. Rejects when the signal comes, or a read fails. */
export async function buildProfile(tensor: Tensor, key: ProfileKey, kernels: Kernels, options: PassOptions): Promise<Profile> {
  const parts: Profile[] = [];
  for (const part of partsOf(tensor.shape, key)) parts.push(await profilePart(tensor, key, part, kernels, options));
  return mergeProfiles(parts.length > 0 ? (parts as [Profile, ...Profile[]]) : [await profilePart(tensor, key, NOTHING, kernels, options)]);
}

const NOTHING: Part = { firstPanel: 0, nPanels: 0, from: 0, n: 0 };

/** The profile of a part of a tensor. Nobody else may use the kernels meanwhile. */
export async function profilePart(
  tensor: Tensor,
  key: ProfileKey,
  part: Part,
  kernels: Kernels,
  { signal, onProgress }: PassOptions,
): Promise<Profile> {
  const layout = blockLayout(tensor.shape, key);
  const source: Source = { tensor, kernels, layout, type: kernelType(tensor) };
  const pass: Pass = {
    maxima: collectMaxima(kernels),
    totals: { n: 0, nNonFinite: 0, nZeros: 0, signal: 0, absSignal: 0 },
    exact: [],
    nKept: 0,
    fourth: 0,
  };
  let done = 0;
  let isDone = false;
  try {
    for (const window of windows(layout, CHUNK, part)) {
      if (signal.aborted) throw new Error('cancelled');
      if (window.n <= CHUNK) await addWindow(source, key, window, pass);
      else await addLargeBlock(source, key, window, pass, signal);
      onProgress?.((done += window.n));
    }
    isDone = true;
  } finally {
    // The next part is to begin with empty tables.
    if (!isDone) take(kernels, key, pass);
  }
  return { version: PROFILE_VERSION, key, totals: pass.totals, maxima: pass.maxima.maxima(), statistics: take(kernels, key, pass) };
}

function take(kernels: Kernels, { over }: ProfileKey, { exact, nKept, fourth }: Pass): Statistics {
  if (over === 'bf16') return { kind: 'bf16', table: kernels.takeBf16Table() };
  const sketch = kernels.takeSketch();
  sketch.counts[HALF]! -= nKept;
  return joinedSketches([{ kind: 'sketch', sketch, fourth, exact: joined(exact) }]);
}

/** What a pass adds to; changed in place. */
interface Pass {
  readonly maxima: ReturnType<typeof collectMaxima>;
  readonly totals: { -readonly [K in keyof Profile['totals']]: Profile['totals'][K] };
  readonly exact: ExactBlocks[];
  /** Weights of the exact blocks. */
  nKept: number;
  fourth: number;
}

interface Source {
  readonly tensor: Tensor;
  readonly kernels: Kernels;
  readonly layout: BlockLayout;
  /** As what the weights come into the kernels. */
  readonly type: KernelType;
}

/** Stored weights that the kernels know go in as they are, all others as float32. */
const kernelType = ({ type, readStored }: Tensor): KernelType => (readStored && (type === 'F16' || type === 'BF16') ? type : 'F32');

/** Reads weights into an input of the kernels that begins with another weight. */
async function load({ tensor, type }: Source, input: Uint8Array, first: number, from: number, n: number): Promise<void> {
  const size = bytesPerValue[type];
  const part = input.subarray((from - first) * size, (from - first + n) * size);
  if (tensor.type === type && tensor.readStored) await tensor.readStored(from, part);
  else await tensor.read(from, new Float32Array(part.buffer, part.byteOffset, n));
}

/** Adds whole blocks that fit the kernels at once. */
async function addWindow(source: Source, key: ProfileKey, window: Window, pass: Pass): Promise<void> {
  const { kernels, layout, type } = source;
  const { from, n } = window;
  const lines: Lines = { lineLength: layout.lineLength, block: layout.height, start: from % layout.lineLength };
  const input = kernels.input(n * bytesPerValue[type]);
  for (const read of windows(layout, READ, window)) {
    await load(source, input, from, read.from, read.n);
    kernels.survey(type, read.from + read.n - from, lines);
  }
  const surveyed = kernels.survey(type, n, lines);
  addTotals(pass, n, surveyed);
  pass.maxima.add(surveyed.absmax);
  if (key.over === 'bf16') kernels.addToBf16Table(n, lines);
  else addToSketch(source, key.over, window, lines, surveyed, pass);
}

function addToSketch(source: Source, over: Reference, window: Window, lines: Lines, { absmax }: Survey, pass: Pass): void {
  const { kernels, layout, type } = source;
  const given = over.kind === 'absmax' ? absmax : referencesOf(source, over, window.n, lines, absmax);
  const kept = blocksToKeep(given, layout.height, layout.n, kernels);
  const references = kept.length > 0 ? given.slice() : given;
  if (kept.length > 0) {
    const weights = kernels.decode(type, window.n);
    for (const b of kept) {
      const panel = window.firstPanel + b;
      const start = panelStart(layout, panel) - window.from;
      pass.exact.push(keptBlock(weights.subarray(start, start + panelHeight(layout, panel)), over));
      // Those weigh nothing in the sketch, and are taken out of the middle bin in the end.
      references[b] = 0;
      pass.nKept += pass.exact.at(-1)!.weights.length;
    }
  }
  kernels.addToSketch(type, window.n, lines, references === absmax ? 'absmax' : references);
  pass.fourth += layout.height * kernels.fourthPowers(references);
}

/** The finite weights of a block, by the magnitude of its reference, which is not rounded to float32 here. */
function keptBlock(weights: Float32Array, over: Reference): ExactBlocks {
  const finite = weights.filter(Number.isFinite);
  const reference = referenceOf(over)(
    finite.reduce((low, w) => Math.min(low, w), 0),
    finite.reduce((high, w) => Math.max(high, w), 0),
  );
  return {
    weights: reference < 0 ? finite.map((w) => -w) : finite,
    references: Float64Array.of(Math.abs(reference)),
    lengths: Uint32Array.of(finite.length),
  };
}

/** The reference of each block. */
function referencesOf({ kernels, type }: Source, over: Reference, n: number, lines: Lines, absmax: Float32Array): Float32Array {
  if (!takesSign(over)) return referencesFrom(over, absmax);
  const reference = referenceOf(over);
  const { low, high } = kernels.ranges(type, n, lines);
  return low.map((least, b) => reference(least, high[b]!));
}

/** Adds a block that is too large to be read at once: once for its reference, once for its weights. */
async function addLargeBlock(
  source: Source,
  { over }: ProfileKey,
  { from, n }: Window,
  pass: Pass,
  signal: PassOptions['signal'],
): Promise<void> {
  const { kernels, type } = source;
  let [low, high] = [0, 0];
  for (const { at, lines } of pieces(n)) {
    if (signal.aborted) throw new Error('cancelled');
    await load(source, kernels.input(lines.block * bytesPerValue[type]), from + at, from + at, lines.block);
    addTotals(pass, lines.block, kernels.survey(type, lines.block, lines));
    const range = kernels.ranges(type, lines.block, lines);
    low = Math.min(low, range.low[0]!);
    high = Math.max(high, range.high[0]!);
  }
  if (over === 'bf16') throw new RangeError(`A table of bf16 weights takes blocks of up to ${CHUNK} weights, not ${n}`);
  const reference = referenceOf(over)(low, high);
  for (const { at, lines } of pieces(n)) {
    if (signal.aborted) throw new Error('cancelled');
    await load(source, kernels.input(lines.block * bytesPerValue[type]), from + at, from + at, lines.block);
    kernels.addToSketch(type, lines.block, lines, Float32Array.of(reference));
  }
  pass.fourth += n * reference ** 4;
  pass.maxima.add(Float32Array.of(Math.max(high, -low)));
}

/** A block in pieces of a read, each a block to the kernels. */
function* pieces(n: number): Generator<{ readonly at: number; readonly lines: Lines }> {
  for (let at = 0; at < n; at += CHUNK) {
    const length = Math.min(CHUNK, n - at);
    yield { at, lines: { lineLength: length, block: length, start: 0 } };
  }
}

function addTotals({ totals }: Pass, n: number, { signal, absSignal, nZeros, nNonFinite }: Survey): void {
  totals.n += n - nNonFinite;
  totals.nNonFinite += nNonFinite;
  totals.nZeros += nZeros;
  totals.signal += signal;
  totals.absSignal += absSignal;
}

/** The absmax of every block, in the order of the layout: float32, of finite weights. Of a tensor that {@link isProfiled}. */
export async function absmaxOfBlocks(
  tensor: Tensor,
  rule: Pick<ProfileKey, 'block' | 'axis'>,
  kernels: Kernels,
  { signal }: PassOptions,
): Promise<Float32Array> {
  const layout = blockLayout(tensor.shape, rule);
  const source: Source = { tensor, kernels, layout, type: kernelType(tensor) };
  const absmax = new Float32Array(layout.nBlocks);
  for (const { firstPanel, from, n } of windows(layout, CHUNK)) {
    if (signal.aborted) throw new Error('cancelled');
    if (n > CHUNK) throw new RangeError(`A block of ${n} weights is not read at once`);
    await load(source, kernels.input(n * bytesPerValue[source.type]), from, from, n);
    absmax.set(
      kernels.absmax(source.type, n, { lineLength: layout.lineLength, block: layout.height, start: from % layout.lineLength }),
      firstPanel,
    );
  }
  return absmax;
}
