import type { Codebook } from '../core/format/codebook.ts';

/** The line of a format that gives these levels to its codes, to be pasted. */
export const codesLine = ({ levels }: Codebook): string => `codes = [${[...levels].map(written).join(', ')}]`;

function written(level: number): string {
  if (Number.isNaN(level)) return 'none';
  return Object.is(level, -0) ? '-0' : String(level);
}
