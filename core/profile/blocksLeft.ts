import { blockLength, type Lines } from './lines.ts';

/** Runs a kernel that stops at blocks which are not for it, over all others; the first weights of those. */
export function blocksLeft(kernel: (from: number, to: number) => number, from: number, to: number, lines: Lines): readonly number[] {
  const left: number[] = [];
  for (let next = kernel(from, to); next < to; ) {
    left.push(next);
    const after = Math.min(next + blockLength(next, lines), to);
    next = after < to ? kernel(after, to) : to;
  }
  return left;
}
