import { blocksLeft } from './blocksLeft.ts';
import type { KernelCode } from './kernelCode.ts';
import { at, TABLE_BYTES } from './kernelMemory.ts';
import { blockLength, blockNumber, type Lines, nBlocks } from './lines.ts';
import { type References, scatterSketch } from './scatterSketch.ts';
import { emptySketch, type Sketch } from './sketch.ts';

/** What is scattered into the bins of a sketch, and stays in the memory of the kernels until it is taken. */
export interface SketchKernel {
  /**
   * As {@link scatterSketch}, on the float32 weights at `x`. Returns how many are not finite.
   * @param magnitudes Address of the absmax of each block; 0 where it is not known.
   */
  add(x: number, n: number, lines: Lines, references: References, magnitudes: number): number;
  take(): Sketch;
}

/**
 * The kernels of a sketch. Short blocks are summed in float32 part by part, and each part is checked before it is moved to the float64 sums; one
 * that has drifted is done again in float64. Blocks that no kernel takes are left to the readable twin.
 */
export function sketchKernel(memory: WebAssembly.Memory, code: KernelCode): SketchKernel {
  /** The sums of the blocks that the kernels left to their twins. */
  let rest: Sketch | undefined;

  const floats = (address: number, n: number): Float32Array => new Float32Array(memory.buffer, address, n);

  return {
    add: (x, n, lines, references, magnitudes) => {
      if (references !== 'absmax') {
        if (references.length !== nBlocks(n, lines))
          throw new RangeError(`A run of ${nBlocks(n, lines)} blocks has ${references.length} references`);
        floats(at.low, references.length).set(references);
      }
      const { start, lineLength, block } = lines;
      const isLong = Math.min(block, lineLength) > LONG;
      const ofBlock = (address: number, from: number): number => (address === 0 ? 0 : address + 4 * blockNumber(from, lines));
      const references32 = references === 'absmax' ? magnitudes : at.low;
      const fast = (from: number, to: number): number =>
        code.scatter(
          x,
          from,
          to,
          start,
          lineLength,
          block,
          ofBlock(references32, from),
          ofBlock(magnitudes, from),
          at.table,
          at.totals,
          at.constants,
          at.scratch,
        );
      const precise = (from: number, to: number): number =>
        code.scatterPrecisely(
          x,
          from,
          to,
          start,
          lineLength,
          block,
          ofBlock(references32, from),
          ofBlock(magnitudes, from),
          at.sums,
          at.constants,
        );

      let nNonFinite = 0;
      for (let from = 0; from < n; ) {
        const to = isLong ? n : lastBorder(from, n, lines);
        const left = isLong ? blocksLeft(precise, from, to, lines) : blocksLeft(fast, from, to, lines);
        if (!isLong && code.drift(at.table, at.totals) <= MOST_DRIFT) code.flush(at.table, at.totals, at.sums);
        else if (!isLong) {
          new Uint8Array(memory.buffer, at.totals, 64).fill(0);
          new Uint8Array(memory.buffer, at.table, TABLE_BYTES).fill(0);
          blocksLeft(precise, from, to, lines);
        }
        for (const first of left) {
          const length = Math.min(blockLength(first, lines), to - first);
          const one = { lineLength: length, block: length, start: 0 };
          const own = references === 'absmax' ? references : references.subarray(blockNumber(first, lines));
          nNonFinite += scatterSketch((rest ??= emptySketch()), floats(x + 4 * first, length), one, own);
        }
        from = to;
      }
      return nNonFinite;
    },

    take: () => {
      const sketch = rest ?? emptySketch();
      const { counts, mass, energy, moment } = sketch;
      const sums = new Float64Array(memory.buffer, at.sums, 4 * counts.length);
      for (let bin = 0; bin < counts.length; bin++) {
        counts[bin]! += sums[4 * bin]!;
        mass[bin]! += sums[4 * bin + 1]!;
        energy[bin]! += sums[4 * bin + 2]!;
        moment[bin]! += sums[4 * bin + 3]!;
      }
      sums.fill(0);
      rest = undefined;
      return sketch;
    },
  };
}

/** Longer blocks are summed in float64 at once: their few references come so often that float32 sums would drift. */
const LONG = 4096;
/** The most weights between two checks of the float32 sums. Fewer of short blocks: of 16 weights, at least one is in an end bin. */
const partOf = ({ lineLength, block }: Lines): number => (Math.min(block, lineLength) > 16 ? 2 ** 20 : 2 ** 19);
/** The most that float32 sums may be off, as a share. Else they are discarded, and summed again in float64. */
const MOST_DRIFT = 2 ** -19;

/** Where the last block that ends within a part does so. */
function lastBorder(from: number, n: number, lines: Lines): number {
  const { start, lineLength, block } = lines;
  const end = from + partOf(lines);
  return end >= n ? n : end - (((start + end) % lineLength) % block);
}
