import { Transfer } from 'workerpool';

export type Moved = InstanceType<typeof Transfer>;

type Numbers = Float64Array | Float32Array | Uint32Array;

const isNumbers = (value: unknown): value is Numbers =>
  value instanceof Float64Array || value instanceof Float32Array || value instanceof Uint32Array;

/**
 * Plain data as the answer of a thread that keeps nothing of it: arrays of numbers move, and are not copied. Not in shared memory, which the
 * garbage collector of no thread counts as its own: it would pile up by the hundred megabytes before anybody collected it.
 */
export function moved(data: unknown): Moved {
  const arrays = [...numbersIn(data)];
  return new Transfer(data as object, [...new Set(arrays.map(({ buffer }) => buffer))]);
}

/** The bytes that the arrays of numbers in plain data take. */
export const bytesOf = (data: unknown): number => [...numbersIn(data)].reduce((sum, { byteLength }) => sum + byteLength, 0);

function* numbersIn(data: unknown): Generator<Numbers> {
  if (isNumbers(data)) yield data;
  else if (typeof data === 'object' && data !== null) for (const value of Object.values(data)) yield* numbersIn(value);
}
