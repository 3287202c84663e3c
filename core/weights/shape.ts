/** The number of values of a shape, or undefined when it is more than can be counted exactly (2^53). */
export function elementCount(shape: readonly number[]): number | undefined {
  let n = 1;
  for (const size of shape) {
    // A zero must not hide an overflow that another reader, multiplying in another order, would run into.
    if (size !== 0) n *= size;
    if (!Number.isSafeInteger(n)) return undefined;
  }
  return shape.includes(0) ? 0 : n;
}

/** What is wrong with a shape as read from a file, or undefined. */
export function shapeProblem(shape: readonly unknown[]): string | undefined {
  if (shape.length > maxDimensions) return `has ${shape.length} dimensions; at most ${maxDimensions} are read`;
  const bad = shape.find((size) => !isCount(size));
  if (bad !== undefined)
    return `has a dimension that is ${typeof bad === 'number' ? bad : `a ${typeof bad}`}; a dimension is a whole number from 0 on`;
  if (elementCount(shape as readonly number[]) === undefined) return `has more values than can be counted, ${shape.join(' x ')}`;
  return undefined;
}

/** Whether a value from a file is a whole number from 0 to 2^53 - 1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const maxDimensions = 64;
