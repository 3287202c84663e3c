import type { Codebook } from '../format/codebook.ts';
import type { FloatArray } from '../numeric/arithmetic.ts';
import { writeConstants } from '../profile/kernelMemory.ts';
import type { BlockLayout } from './blockLayout.ts';
import { type DirectInstance, newInstance } from './directCode.ts';
import { blockAt, type Cut, cutOf, isCuttable } from './directCut.ts';
import { addresses, heldLookups, MOST_LEVELS, SLICE } from './directMemory.ts';
import { addErrorsInOrder, addSumsInLanes, placesInOrder } from './directTwin.ts';
import type { BlockScales, Kernel } from './kernel.ts';
import { type Cuts, cuts, lookups } from './lookup.ts';
import type { Piece } from './pieces.ts';
import type { StoredTensor } from './run.ts';
import { endRowOfLanes, LANES, type RunningSums } from './runningSums.ts';
import type { ScalePlan } from './scaleChoice.ts';

/** Direct kernels of the bytes of kernels/kernels.wasm, each with a memory of its own: several measurements may run at once. */
export interface DirectKernels {
  /**
   * Runs work that wants a kernel for pieces of up to `n` weights; nobody else has the kernel, or its buffer, until the work is done. Undefined
   * where `n` is too many.
   */
  with<R>(n: number, work: (kernel: DirectKernel | undefined) => Promise<R>): Promise<R>;
}

/**
 * The float32 loops in WebAssembly's SIMD, for the weights of one tensor. Places, counts and the largest error are those of the reference to the
 * last bit, and so are the errors that candidates are compared by. The other sums are float64 in four lanes by the place in the row: within 1e-12
 * of those in storage order, and likewise independent of chunks.
 */
export interface DirectKernel extends Kernel<Float32Array, Cuts> {
  /** Whether it is for a codebook in blocks of a layout, on rows of this length. Others go to the kernel in TypeScript. */
  suits(layout: BlockLayout, book: Codebook, rowLength: number): boolean;
  /** A tensor whose weights are decoded here where they are stored in 16 bits and read into the buffer. */
  decoding(tensor: StoredTensor): StoredTensor;
}

export function directKernels(wasm: Uint8Array<ArrayBuffer>): DirectKernels {
  const module = new WebAssembly.Module(wasm);
  const idle: DirectInstance[] = [];
  return {
    async with(n, work) {
      if (n > MOST_WEIGHTS) return work(undefined);
      const own = idle.pop() ?? newInstance(module);
      try {
        return await work(directKernel(own, n));
      } finally {
        idle.push(own);
      }
    },
  };
}

/** Pieces are chunks of a tensor, usually of 2^20 weights: this many take 110 MB. */
const MOST_WEIGHTS = 2 ** 22;
/** What is done at the end of a row costs as much as this many weights. */
const LEAST_ROW = 64;
const PAGE = 65_536;
const NAN_BITS = -1;
const BY = { mse: 0, mae: 1, max_error: 2 } as const;

function directKernel({ memory, code }: DirectInstance, most: number): DirectKernel {
  const at = addresses(most);
  const missing = Math.ceil(at.end / PAGE) - memory.buffer.byteLength / PAGE;
  if (missing > 0) memory.grow(missing);
  const { buffer } = memory;
  writeConstants(buffer, at.constants);
  const held = heldLookups(buffer, at.lookups);
  // Made once: short runs are done in less time than the views of their memory take.
  const [lanes, signal] = [new Float64Array(buffer, at.lanes, ERRORS), new Float64Array(buffer, at.signal, SIGNAL)];
  const counts = new Uint32Array(buffer, at.counts, MOST_LEVELS);
  const [scalesOfBlocks, numbersOfBlocks] = [new Float32Array(buffer, at.scales, most), new Uint8Array(buffer, at.numbers, most)];
  /** Of the last piece: all runs on it share them. */
  let finiteness: Finiteness | undefined;
  let signals: Signals | undefined;

  /** Hands the scales of a window in; false where they are no float32, or the lookups too many. */
  const hasRoomFor = ({ scales, lookups }: BlockScales<Cuts>, nBlocks: number): boolean => {
    for (let b = 0; b < nBlocks; b++) {
      const scale = scales[b]!;
      if (Math.fround(scale) !== scale) return false;
      scalesOfBlocks[b] = scale;
    }
    return held.number(lookups, nBlocks, numbersOfBlocks);
  };

  const finitenessOf = (piece: Piece<Float32Array>): Finiteness => {
    if (!finiteness || !isOf(finiteness, piece)) {
      const bySlice = new Uint16Array(Math.ceil(piece.weights.length / SLICE));
      let nNonFinite = 0;
      for (let slice = 0; slice < bySlice.length; slice++) {
        const from = slice * SLICE;
        nNonFinite += bySlice[slice] = code.countNonFinite(at.weights + 4 * from, Math.min(SLICE, piece.weights.length - from));
      }
      finiteness = { ...rangeOf(piece), bySlice, nNonFinite };
    }
    return finiteness;
  };

  /** Visits the weights of a piece slice by slice. Where some are not finite, it is a copy with something else in their place. */
  const eachSlice = (
    piece: Piece<Float32Array>,
    instead: 0 | typeof NAN_BITS,
    visit: (x: number, from: number, n: number) => void,
  ): void => {
    const { bySlice } = finitenessOf(piece);
    for (let from = 0; from < piece.weights.length; from += SLICE) {
      const n = Math.min(SLICE, piece.weights.length - from);
      const x = at.weights + 4 * from;
      if (bySlice[from / SLICE] === 0) visit(x, from, n);
      else {
        code.replaceNonFinite(x, n, at.finite, instead);
        visit(at.finite, from, n);
      }
    }
  };

  /** Finds the places of the weights of a slice. */
  const findPlaces = (cut: Cut, x: number, from: number, n: number): Slice => {
    const inLine = (cut.start + from) % cut.line;
    const block = blockAt(cut, from);
    const [scales, numbers] = [at.scales + 4 * block, at.numbers + block];
    const nClipped = code.findPlaces(x, n, inLine, cut.line, cut.block, scales, numbers, at.lookups, at.places, at.constants);
    return { inLine, block, scales, numbers, nClipped };
  };

  /** Quantizes a piece slice by slice. A weight that is not finite comes as 0 with the reconstruct 0. */
  const eachQuantized = (cut: Cut, piece: Piece<Float32Array>, visit: (x: number, n: number, slice: Slice) => void): void => {
    const { bySlice } = finitenessOf(piece);
    eachSlice(piece, NAN_BITS, (x, from, n) => {
      const slice = findPlaces(cut, x, from, n);
      const { inLine, scales, numbers } = slice;
      code.reconstruct(at.places, n, inLine, cut.line, cut.block, scales, numbers, at.lookups, at.reconstructs, at.constants);
      if (bySlice[from / SLICE]! > 0) code.leaveOutNaN(x, n, at.reconstructs, at.places);
      visit(x, n, slice);
    });
  };

  /** The sums of the weights alone, of each row that ends in a piece, and of the part of a row that is left. */
  const signalsOf = (piece: Piece<Float32Array>, { lanes: before, leftInRow, rowLength }: RunningSums): Signals => {
    if (signals && isOf(signals, piece)) return signals;
    const nEnds = Math.floor((piece.weights.length + rowLength - leftInRow) / rowLength);
    const rows = new Float64Array((nEnds + 1) * SIGNAL);
    let row = 0;
    signal.set(before.subarray(ERRORS));
    eachSlice(piece, 0, (x, _, n) => {
      for (let i = 0; i < n; ) {
        const length = Math.min(leftInRow, n - i);
        code.addSignal(x + 4 * i, length, (rowLength - leftInRow) % LANES, at.signal);
        i += length;
        leftInRow -= length;
        if (leftInRow > 0) continue;
        rows.set(signal, SIGNAL * row++);
        signal.fill(0);
        leftInRow = rowLength;
      }
    });
    rows.set(signal, SIGNAL * row);
    signals = { ...rangeOf(piece), rows };
    return signals;
  };

  const addSums = (cut: Cut, piece: Piece<Float32Array>, sums: RunningSums): void => {
    const { rows } = signalsOf(piece, sums);
    let row = 0;
    const putLanes = (): void => {
      sums.lanes.set(lanes);
      for (let i = 0; i < SIGNAL; i++) sums.lanes[ERRORS + i] = rows[SIGNAL * row + i]!;
    };
    for (let i = 0; i < ERRORS; i++) lanes[i] = sums.lanes[i]!;
    counts.fill(0);
    eachQuantized(cut, piece, (x, n, { nClipped }) => {
      sums.nClipped += nClipped;
      sums.nZeroed += code.countZeroed(x, at.reconstructs, n);
      code.countPlaces(at.places, n, at.counts);
      for (let i = 0; i < n; ) {
        const length = Math.min(sums.leftInRow, n - i);
        const lane = (sums.rowLength - sums.leftInRow) % LANES;
        const [w, r] = [x + 4 * i, at.reconstructs + 4 * i];
        sums.maxError = code.addNoise(w, r, length, lane, at.lanes, sums.maxError);
        code.addPower(w, r, length, lane, at.lanes + POWER);
        i += length;
        sums.leftInRow -= length;
        if (sums.leftInRow > 0) continue;
        putLanes();
        endRowOfLanes(sums);
        lanes.fill(0);
        row++;
      }
    });
    putLanes();
    for (let place = 0; place < sums.recent.length; place++) sums.recent[place]! += counts[place]!;
    sums.nNonFinite += finitenessOf(piece).nNonFinite;
  };

  const addErrors = (cut: Cut, piece: Piece<Float32Array>, choose: ScalePlan['choose'], errors: Float64Array): void => {
    const own = new Float64Array(buffer, at.errors, piece.window.nPanels);
    own.set(errors.subarray(0, own.length));
    eachQuantized(cut, piece, (x, n, { inLine, block }) => {
      code.addBlockErrors(x, at.reconstructs, n, inLine, cut.line, cut.block, at.errors + 8 * block, BY[choose]);
    });
    errors.set(own);
  };

  return {
    suits: (layout, { ascending }, rowLength) => isCuttable(layout) && ascending.length <= MOST_LEVELS && rowLength >= LEAST_ROW,

    buffer: (n) => new Float32Array(buffer, at.weights, n),

    decoding: (tensor) => {
      const { type, readStored } = tensor;
      if (!readStored || (type !== 'F16' && type !== 'BF16')) return tensor;
      const read = async (from: number, out: FloatArray): Promise<void> => {
        if (out.buffer !== buffer) {
          await tensor.read(from, out);
          return;
        }
        await readStored(from, new Uint8Array(buffer, at.stored, 2 * out.length));
        if (type === 'BF16') code.bf16ToFloat(at.stored, out.length, out.byteOffset);
        else code.f16ToFloat(at.stored, out.length, out.byteOffset, at.constants);
      };
      return { ...tensor, read };
    },

    lookups: (book) => lookups((zeroPoint) => cuts(book, zeroPoint)),

    addRanges: (layout, piece, { low, high }) => {
      const { n, start, line, block } = cutOf(layout, piece);
      code.ranges(at.weights, n, start, line, block, at.low, at.high, at.constants);
      const lows = new Float32Array(buffer, at.low, piece.window.nPanels);
      const highs = new Float32Array(buffer, at.high, piece.window.nPanels);
      for (let b = 0; b < lows.length; b++) {
        if (lows[b]! < low[b]!) low[b] = lows[b]!;
        if (highs[b]! > high[b]!) high[b] = highs[b]!;
      }
    },

    addErrors: (layout, piece, scales, choose, errors) => {
      if (hasRoomFor(scales, piece.window.nPanels)) addErrors(cutOf(layout, piece), piece, choose, errors);
      else addErrorsInOrder(layout, piece, scales, choose, errors);
    },

    places: (layout, piece, scales, out) => {
      if (!hasRoomFor(scales, piece.window.nPanels)) {
        placesInOrder(layout, piece, scales, out);
        return;
      }
      const cut = cutOf(layout, piece);
      eachSlice(piece, 0, (x, from, n) => {
        findPlaces(cut, x, from, n);
        out.set(new Uint8Array(buffer, at.places, n), from);
      });
    },

    addSums: (layout, piece, scales, sums) => {
      if (hasRoomFor(scales, piece.window.nPanels)) addSums(cutOf(layout, piece), piece, sums);
      else addSumsInLanes(layout, piece, scales, sums);
    },
  };
}

/** Sums in lanes: those of errors, of which the second two begin at byte {@link POWER}, and those of the weights alone. */
const ERRORS = 4 * LANES;
const POWER = 8 * 2 * LANES;
const SIGNAL = 2 * LANES;

/** What part of a tensor something is of. */
interface Range {
  readonly from: number;
  readonly n: number;
}

const rangeOf = (piece: Piece<Float32Array>): Range => ({ from: piece.window.from + piece.from, n: piece.weights.length });
const isOf = ({ from, n }: Range, piece: Piece<Float32Array>): boolean =>
  piece.window.from + piece.from === from && piece.weights.length === n;

/** How many weights are not finite. */
interface Finiteness extends Range {
  readonly bySlice: Uint16Array;
  readonly nNonFinite: number;
}

/** Sums of w^2 and |w| in lanes: of each row that ends, from its beginning, and last of what is left. */
interface Signals extends Range {
  readonly rows: Float64Array;
}

/** A slice of a piece: its place in the line, the block it begins in, and the addresses of what there is of that. */
interface Slice {
  readonly inLine: number;
  readonly block: number;
  readonly scales: number;
  readonly numbers: number;
  readonly nClipped: number;
}
