import type { FloatArray } from '../numeric/arithmetic.ts';
import { checkRange, readValues, type TensorPlace, tensorAt } from './byteRange.ts';
import type { ByteSource, Tensor } from './tensor.ts';

/**
 * A tensor that is stored in column-major (Fortran) order, read in row-major order like every other.
 * A band of rows is gathered at a time and kept, so that reading on costs one pass over the file.
 */
export function fortranTensor(source: ByteSource, place: TensorPlace): Tensor | { readonly refused: string } {
  const { name, type, shape, n } = place;
  const wide = shape.filter((size) => size !== 1);
  if (wide.length < 2 || n === 0) return tensorAt(source, place);

  const nRows = wide[0]!;
  const rowLength = n / nRows;
  if (rowLength > maxBandValues)
    return {
      refused: `The array is in Fortran order with ${rowLength} values to a row; at most ${maxBandValues} are read: save it in C order`,
    };

  const bandRows = Math.min(nRows, Math.floor(maxBandValues / rowLength));
  const columns = columnOrder(wide.slice(1));
  let kept: { readonly index: number; readonly values: Promise<FloatArray> } | undefined;
  const band = (index: number): Promise<FloatArray> => {
    if (kept?.index !== index) {
      const firstRow = index * bandRows;
      kept = { index, values: readBand(source, place, columns, { nRows, firstRow, rows: Math.min(bandRows, nRows - firstRow) }) };
    }
    return kept.values;
  };

  return {
    name,
    type,
    shape,
    n,
    file: source.name,
    read: async (from, out) => {
      checkRange(name, n, from, out.length);
      const bandValues = bandRows * rowLength;
      for (let done = 0; done < out.length; ) {
        const index = Math.floor((from + done) / bandValues);
        const start = from + done - index * bandValues;
        const part = (await keepUnlessFailed(band(index))).subarray(start, start + out.length - done);
        out.set(part, done);
        done += part.length;
      }
    },
  };

  /** A band that failed is forgotten, so that a later read tries again. */
  async function keepUnlessFailed(values: Promise<FloatArray>): Promise<FloatArray> {
    try {
      return await values;
    } catch (error) {
      if (kept?.values === values) kept = undefined;
      throw error;
    }
  }
}

// 64 MiB as float32, twice that as float64: some hundred rows of the largest matrices of today's models.
const maxBandValues = 1 << 24;

interface Band {
  readonly nRows: number;
  readonly firstRow: number;
  readonly rows: number;
}

/** For every position in a stored row-major row, where its column is in the file: the later dimensions, too, are stored first to last. */
function columnOrder(sizes: readonly number[]): (column: number) => number {
  return (column) => {
    let stored = 0;
    for (let d = sizes.length - 1, rest = column, stride = product(sizes) / sizes[d]!; d >= 0; d--) {
      stored += (rest % sizes[d]!) * stride;
      rest = Math.floor(rest / sizes[d]!);
      if (d > 0) stride /= sizes[d - 1]!;
    }
    return stored;
  };
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

async function readBand(source: ByteSource, place: TensorPlace, storedColumn: (column: number) => number, band: Band): Promise<FloatArray> {
  const { nRows, firstRow, rows } = band;
  const rowLength = place.n / nRows;
  const values = exactArray(place, rows * rowLength);
  // The whole array is one contiguous read; a part of it is a run in every column.
  const whole = rows === nRows ? await readAll(source, place) : undefined;
  const run = exactArray(place, rows);
  for (let column = 0; column < rowLength; column++) {
    const start = storedColumn(column) * nRows;
    const from = whole ? whole.subarray(start, start + rows) : run;
    if (!whole) await readValues(source, place, start + firstRow, run);
    for (let row = 0; row < rows; row++) values[row * rowLength + column] = from[row]!;
  }
  return values;
}

async function readAll(source: ByteSource, place: TensorPlace): Promise<FloatArray> {
  const values = exactArray(place, place.n);
  await readValues(source, place, 0, values);
  return values;
}

/** An array that holds stored values as they are. */
const exactArray = ({ type }: TensorPlace, n: number): FloatArray => (type === 'F64' ? new Float64Array(n) : new Float32Array(n));
