import { type Codebook, codebook } from '../format/codebook.ts';
import { int } from '../format/construct/int.ts';
import type { Constructed } from '../format/construct/levelTable.ts';
import { minifloat } from '../format/construct/minifloat.ts';

/** Two's complement of 4 bits with -8: what ratios and overheads are over, as in arXiv 2405.03103, Table 10. */
export const int4: Codebook = built(int(4, { symmetric: false }));

/** OCP FP4, the code of -0 not in use. */
export const e2m1: Codebook = built(minifloat({ bits: 4, e: 2, m: 1, subnormals: true }));

function built(table: Constructed): Codebook {
  if ('error' in table) throw new Error(table.error);
  const { levels, negativeZero } = table;
  const inUse = levels.map((level, code) => (code === negativeZero ? Number.NaN : level));
  return codebook(inUse, 'even', 4);
}
