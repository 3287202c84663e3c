import type { CellLibrary } from '../../core/hardware/cells/index.ts';
import type { Adders } from './adders.ts';

/** A way from logic to cells. All are deterministic: none has a time limit or a random seed. */
export interface Recipe {
  readonly name: string;
  readonly adders: Adders;
  /** The commands of abc, spelled out, as no file of aliases is loaded. */
  readonly abc: string;
}

/** How long a synthesis may look for smaller netlists: with two or three recipes, or with all. */
export type Effort = 'quick' | 'full';

/** What the designs of a run have in common, as far as it decides which recipes suit them. */
export type DesignKind = 'combinational' | 'clocked';

/**
 * Mappings differ by some per cent with the structure they begin with, so the smallest result of several recipes is taken. The recipes of a
 * quick synthesis are the first of a full one. A chain of carries in gates is the smallest adder of most libraries, but for those whose full
 * adder costs less than four NANDs.
 */
export function recipesOf(kind: DesignKind, library: CellLibrary, effort: Effort): readonly Recipe[] {
  const hasAdders = library.fullAdderArea !== undefined;
  const quick = recipes(['area', 'resub'], 'ripple');
  if (kind === 'clocked' && hasAdders) quick.push(...recipes(['area'], 'adder-cells'));
  if (effort === 'quick') return quick;
  const all = [
    ...quick,
    ...recipes(kind === 'combinational' ? ['lut', 'delay', 'bdd'] : ['lut', 'delay'], 'ripple'),
    ...recipes(kind === 'combinational' ? ['area', 'resub', 'lut', 'bdd'] : ['area', 'resub', 'lut'], 'lookahead'),
  ];
  if (hasAdders) all.push(...recipes(['area', 'resub', 'lut', 'bdd'], 'adder-cells'));
  return [...new Map(all.map((recipe) => [recipe.name, recipe])).values()];
}

const recipes = (names: readonly (keyof typeof abc)[], adders: Adders): Recipe[] =>
  names.map((name) => ({ name: adders === 'ripple' ? name : `${name}, ${titles[adders]}`, adders, abc: abc[name] }));

const titles = { lookahead: 'carry lookahead', 'adder-cells': 'adder cells' } as const;

// `mfs2` is in none of them: after `amap` it turns netlists into constants, and says nothing.
const map = 'dch; amap -m';

/** abc's `compress2rs`, of abc.rc (https://github.com/berkeley-abc/abc), with its aliases spelled out. */
const compress2rs = [
  'balance -l; resub -K 6 -l; rewrite -l; resub -K 6 -N 2 -l; refactor -l; resub -K 8 -l; balance -l; resub -K 8 -N 2 -l; rewrite -l',
  'resub -K 10 -l; rewrite -z -l; resub -K 10 -N 2 -l; balance -l; resub -K 12 -l; refactor -z -l; resub -K 12 -N 2 -l; rewrite -z -l',
  'balance -l',
].join('; ');

const abc = {
  area: `strash; ${map}`,
  resub: `strash; ${compress2rs}; ${compress2rs}; ${map}`,
  /** By way of lookup tables with six inputs, which forget the structure. */
  lut: `strash; ${compress2rs}; ${compress2rs}; dch; if -K 6 -a; strash; ${compress2rs}; ${map}`,
  /** What Yosys does by itself with a library and no constraints. */
  delay: 'strash; &get -n; &fraig -x; &put; scorr; dc2; dch -f; strash; &get -n; &nf; &put',
  /** From the truth table, which suits few inputs, as all have whose carries are cells; the limit is the number of nodes. */
  bdd: `collapse -B 100000; bdd; muxes; strash; ${map}`,
} as const;
