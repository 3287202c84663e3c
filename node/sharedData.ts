type Numbers = Float64Array | Float32Array | Uint32Array;

const isNumbers = (value: unknown): value is Numbers =>
  value instanceof Float64Array || value instanceof Float32Array || value instanceof Uint32Array;

/** Plain data whose arrays of numbers are moved to memory that threads share, so that handing it to one costs nothing. */
export function shared<T>(data: T): T {
  if (isNumbers(data)) return sharedNumbers(data) as T;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, shared(value)])) as T;
}

function sharedNumbers(numbers: Numbers): Numbers {
  if (numbers.buffer instanceof SharedArrayBuffer) return numbers;
  const memory = new SharedArrayBuffer(numbers.byteLength);
  new Uint8Array(memory).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  if (numbers instanceof Float64Array) return new Float64Array(memory);
  return numbers instanceof Float32Array ? new Float32Array(memory) : new Uint32Array(memory);
}

/** The bytes that the arrays of numbers in plain data take. */
export function bytesOf(data: unknown): number {
  if (isNumbers(data)) return data.byteLength;
  if (typeof data !== 'object' || data === null) return 0;
  return Object.values(data).reduce((sum: number, value) => sum + bytesOf(value), 0);
}
