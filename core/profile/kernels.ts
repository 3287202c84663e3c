import { type CellKind, cellKindOf, type Histogram16, histogram16 } from '../measure/histogram16.ts';
import { bytesPerValue } from '../weights/dtype.ts';
import type { Bf16Table } from './bf16Table.ts';
import type { BlockScans } from './blockScans.ts';
import { blocksLeft } from './blocksLeft.ts';
import type { KernelCode } from './kernelCode.ts';
import { at, emptyCounts, emptyPlanes, INPUT_BYTES, PAGES, PAGES_WITH_PLANES, writeConstants } from './kernelMemory.ts';
import { blockLength, type Lines, nBlocks } from './lines.ts';
import { emptyBf16Table, scatterBf16Table } from './scatterBf16Table.ts';
import type { References } from './scatterSketch.ts';
import type { Sketch } from './sketch.ts';
import { sketchKernel } from './sketchKernel.ts';

/** What weights may be stored as; of other types, decode to float32 first. */
export type KernelType = 'F32' | 'F16' | 'BF16';

/**
 * The fast paths over weights, in a memory of their own. Write the bytes of a run of weights into {@link Kernels.input}, then call any of the
 * others on the first `n` of them. What is added stays with the kernels until it is taken, which leaves nothing behind: begin a tensor after
 * a take. Each call begins and ends with a whole block.
 */
export interface Kernels extends BlockScans {
  /** Where to put the next weights, little-endian: at most `INPUT_BYTES`. Ask again for every run; the array is good until a table is added to. */
  input(nBytes: number): Uint8Array;
  /** As `scatterSketch`. Returns how many weights are not finite. Faster where the same run was surveyed just before. */
  addToSketch(type: KernelType, n: number, lines: Lines, references: References): number;
  takeSketch(): Sketch;
  /** As {@link scatterBf16Table}, on weights stored as BF16. Returns how many weights are not finite. */
  addToBf16Table(n: number, lines: Lines): number;
  takeBf16Table(): Bf16Table;
  /** As `addToHistogram`. Only types that {@link cellKindOf} counts alike may be added between two takes. */
  addToHistogram(type: KernelType, n: number): void;
  takeHistogram(kind: CellKind): Histogram16;
  /** As `addAbsmax` on zeros. */
  absmax(type: KernelType, n: number, lines: Lines): Float32Array;
  /**
   * All that is summed of weights whatever their references, and the absmax of each block. While weights are put into the input piece by piece,
   * each a number of whole blocks, every call with a larger `n` reads only what is new, and so is still in a cache.
   */
  survey(type: KernelType, n: number, lines: Lines): Survey;
  /** As `addRanges` on zeros. */
  ranges(type: KernelType, n: number, lines: Lines): { readonly low: Float32Array; readonly high: Float32Array };
  /** The weights as float32, good until the next call. */
  decode(type: KernelType, n: number): Float32Array;
  /** Reads the bytes of the input and does nothing with them: the limit that a kernel is measured against. */
  readAll(nBytes: number): void;
}

/** Sums over the finite weights of a run, in float64 (of up to 128 weights in float32), and the absmax of its blocks. */
export interface Survey {
  /** Of kernels not to be changed, and good until the next input or table. */
  readonly absmax: Float32Array;
  /** Sum of w^2. */
  readonly signal: number;
  /** Sum of |w|. */
  readonly absSignal: number;
  readonly nZeros: number;
  readonly nNonFinite: number;
}

/** Kernels of the bytes of kernels/kernels.wasm. */
export function kernels(wasm: Uint8Array<ArrayBuffer>): Kernels {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const code = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports as unknown as KernelCode;
  writeConstants(memory.buffer, at.constants);

  const sketch = sketchKernel(memory, code);
  let table = emptyBf16Table();
  let nInPlanes = 0;
  let histogram: Histogram16 | undefined;
  let nCounted = 0;
  /** What of the input lies decoded in `floats`. */
  let decoded: { readonly type: KernelType; readonly n: number } | undefined;
  /** What of the input was surveyed. */
  let surveyed: { readonly type: KernelType; readonly n: number; readonly lines: Lines } | undefined;

  const checked = (type: KernelType, n: number): void => {
    if (!(Number.isInteger(n) && n >= 0 && n * bytesPerValue[type] <= INPUT_BYTES))
      throw new RangeError(`A call takes at most ${INPUT_BYTES / bytesPerValue[type]} weights of ${type}, not ${n}`);
  };

  /** Address of the weights as float32. */
  const floats = (type: KernelType, n: number): number => {
    checked(type, n);
    if (type === 'F32') return at.input;
    // Several kernels in a row decode once.
    const from = decoded?.type === type ? decoded.n : 0;
    if (from >= n) return at.floats;
    if (type === 'BF16') code.bf16ToFloat(at.input + 2 * from, n - from, at.floats + 4 * from);
    else code.f16ToFloat(at.input + 2 * from, n - from, at.floats + 4 * from, at.constants);
    decoded = { type, n };
    return at.floats;
  };

  const floatArray = (address: number, n: number): Float32Array => new Float32Array(memory.buffer, address, n);

  /** Address of one number for each block: as it is, or of a copy. */
  const placed = (values: Float32Array): number => {
    if (values.buffer === memory.buffer) return values.byteOffset;
    if (values.byteLength > 2 * INPUT_BYTES) throw new RangeError(`A run has at most ${INPUT_BYTES / 2} blocks, not ${values.length}`);
    floatArray(at.high, values.length).set(values);
    return at.high;
  };

  const surveySums = (): Float64Array => new Float64Array(memory.buffer, at.survey, 4);

  return {
    input: (nBytes) => {
      if (nBytes > INPUT_BYTES) throw new RangeError(`A call takes at most ${INPUT_BYTES} bytes, not ${nBytes}`);
      decoded = undefined;
      surveyed = undefined;
      return new Uint8Array(memory.buffer, at.input, nBytes);
    },

    addToSketch: (type, n, lines, references) => {
      const x = floats(type, n);
      checkLines(lines);
      // Absmax is that of all weights of a block only where all are finite.
      const isKnown = surveyed?.type === type && surveyed.n === n && areSame(surveyed.lines, lines) && surveySums()[3] === 0;
      return sketch.add(x, n, lines, references, isKnown ? at.absmax : 0);
    },

    takeSketch: sketch.take,

    addToBf16Table: (n, lines) => {
      checked('BF16', n);
      checkLines(lines);
      const missing = PAGES_WITH_PLANES - memory.buffer.byteLength / 65_536;
      if (missing > 0) memory.grow(missing);
      if (nInPlanes + n >= 2 ** 32) emptyPlanes(memory.buffer, table);
      nInPlanes = (nInPlanes + n) % 2 ** 32;
      const { start, lineLength, block } = lines;
      const scatter = (from: number, to: number): number =>
        code.scatterBf16(at.input, from, to, start, lineLength, block, at.planes, at.directory, at.constants);
      let nNonFinite = 0;
      for (const first of blocksLeft(scatter, 0, n, lines)) {
        const length = Math.min(blockLength(first, lines), n - first);
        const bits = new Uint16Array(memory.buffer, at.input + 2 * first, length);
        nNonFinite += scatterBf16Table(table, bits, { lineLength: length, block: length, start: 0 });
      }
      return nNonFinite;
    },

    takeBf16Table: () => {
      if (memory.buffer.byteLength >= PAGES_WITH_PLANES * 65_536) emptyPlanes(memory.buffer, table);
      nInPlanes = 0;
      const taken = table;
      table = emptyBf16Table();
      return taken;
    },

    addToHistogram: (type, n) => {
      checked(type, n);
      const kind = cellKindOf(type);
      histogram ??= histogram16(kind);
      if (histogram.kind !== kind) throw new RangeError(`A histogram of ${histogram.kind} cells does not count ${type}`);
      if (nCounted + n >= 2 ** 32) emptyCounts(memory.buffer, histogram);
      nCounted = (nCounted + n) % 2 ** 32;
      if (type === 'F32') histogram.dropped[0]! |= code.countTop16(at.input, n, at.even, at.odd);
      else code.countCodes(at.input, n, at.even, at.odd);
    },

    takeHistogram: (kind) => {
      const taken = histogram ?? histogram16(kind);
      if (taken.kind !== kind) throw new RangeError(`The histogram has ${taken.kind} cells, not ${kind}`);
      emptyCounts(memory.buffer, taken);
      histogram = undefined;
      nCounted = 0;
      return taken;
    },

    absmax: (type, n, lines) => {
      checkLines(lines);
      code.absmaxes(floats(type, n), n, lines.start, lines.lineLength, lines.block, at.low, at.constants);
      return floatArray(at.low, nBlocks(n, lines)).slice();
    },

    survey: (type, n, lines) => {
      checkLines(lines);
      const x = floats(type, n);
      const { start, lineLength, block } = lines;
      const from = surveyed?.type === type && surveyed.n <= n && areSame(surveyed.lines, lines) ? surveyed.n : 0;
      if (from === 0) surveySums().fill(0);
      const inLine = (start + from) % lineLength;
      if (inLine % block !== 0)
        throw new RangeError(`Weight ${from} does not begin a block of ${block}: the survey up to it cut one short`);
      const absmax = at.absmax + 4 * nBlocks(from, lines);
      if (n > from) code.survey(x + 4 * from, n - from, inLine, lineLength, block, absmax, at.survey, at.constants);
      surveyed = { type, n, lines };
      const [signal, absSignal, nZeros, nNonFinite] = surveySums() as unknown as readonly [number, number, number, number];
      return { absmax: floatArray(at.absmax, nBlocks(n, lines)), signal, absSignal, nZeros, nNonFinite };
    },

    ranges: (type, n, lines) => {
      checkLines(lines);
      code.ranges(floats(type, n), n, lines.start, lines.lineLength, lines.block, at.low, at.high, at.constants);
      const blocks = nBlocks(n, lines);
      return { low: floatArray(at.low, blocks).slice(), high: floatArray(at.high, blocks).slice() };
    },

    above: (values, limit) => {
      const list = code.listAbove(placed(values), values.length, limit, at.list, at.constants);
      return new Uint32Array(memory.buffer, at.list, list);
    },

    nonZero: (values) => {
      const x = placed(values);
      return { n: code.countNonZero(x, values.length, at.constants), least: code.leastNonZero(x, values.length, at.constants) };
    },

    fourthPowers: (values) => code.fourthPowers(placed(values), values.length),

    decode: (type, n) => floatArray(floats(type, n), n),

    readAll: (nBytes) => code.readAll(at.input, Math.min(nBytes, INPUT_BYTES) & ~63),
  };
}

const areSame = (a: Lines, b: Lines): boolean => a.lineLength === b.lineLength && a.block === b.block && a.start === b.start;

function checkLines({ lineLength, block, start }: Lines): void {
  if (!([lineLength, block].every((size) => Number.isInteger(size) && size > 0 && size < 2 ** 31) && start >= 0 && start < lineLength))
    throw new RangeError(`Lines of ${lineLength} weights from ${start} do not have blocks of ${block}`);
  if (start % block !== 0) throw new RangeError(`Weight ${start} of a line does not begin a block of ${block}`);
}
