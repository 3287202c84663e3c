import type { CellLibrary } from './cells/cellLibrary.ts';

/** What parts of a chip are in proportion to the area of its MAC units and to the bits of its weights, from 0 to 1. */
export interface ChipShares {
  readonly mac: number;
  readonly memory: number;
}

/** The shares that arXiv 2405.03103 assumes, after Eyeriss v2 (arXiv 1807.07928) and TPUv4i (Jouppi et al., ISCA 2021). */
export const paperShares: ChipShares = { mac: 0.1, memory: 0.6 };

/** The area of a MAC unit, in any unit, and the width of the codes in memory. */
export interface ChipPart {
  readonly macArea: number;
  /** Bits of an element, without scales. */
  readonly bits: number;
}

/**
 * How much larger a chip gets where its MAC units and its memory change from those of `base`, as a share of the chip; the rest of the chip
 * stays. The formula behind the last column of arXiv 2405.03103, Table 10, whose base is INT4.
 */
export const chipOverhead = (part: ChipPart, base: ChipPart, { mac, memory }: ChipShares): number =>
  mac * (part.macArea / base.macArea - 1) + memory * (part.bits / base.bits - 1);

/** Area in units of the library's two-input NAND. */
export function gateEquivalents(area: number, { cells, name }: CellLibrary): number {
  const nand2 = cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 0x7n);
  if (!nand2) throw new Error(`The cell library ${name} has no two-input NAND`);
  return area / nand2.area;
}

/** A MAC unit beside those of INT4 and E2M1 from the same library and recipes. Ratios hold across libraries, areas do not. */
export interface AreaRatios {
  readonly toInt4: number;
  readonly toE2M1: number;
}

/** Areas in one unit. */
export const areaRatios = (area: number, int4Area: number, e2m1Area: number): AreaRatios => ({
  toInt4: area / int4Area,
  toE2M1: area / e2m1Area,
});
