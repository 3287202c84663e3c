import type { Design } from '../pareto.ts';

/** How the mark of a series is drawn about (0, 0). */
export interface SeriesMark {
  /** Of a path. */
  readonly d: string;
  readonly isHollow: boolean;
}

/**
 * The mark of a series by its place, so that series are told apart without colour: a disc, a square, a triangle up and one down, then again. What
 * is published is a hollow diamond, a backdrop a small disc.
 *
 * @param r Half of its width in pixels; of a backdrop's, two thirds of that.
 */
export function seriesMark(origin: Design['origin'], i: number, r: number): SeriesMark {
  if (origin === 'published') return { d: `M0 ${-r}L${r} 0L0 ${r}L${-r} 0z`, isHollow: true };
  if (origin === 'backdrop') return { d: disc((r * 2) / 3), isHollow: false };
  const [side, wide, tall, short] = [0.85 * r, r, 1.1 * r, 0.7 * r].map(rounded) as [number, number, number, number];
  const solid = [
    disc(r),
    `M${-side} ${-side}H${side}V${side}H${-side}z`,
    `M0 ${-tall}L${wide} ${short}L${-wide} ${short}z`,
    `M0 ${tall}L${wide} ${-short}L${-wide} ${-short}z`,
  ];
  return { d: solid[i % solid.length]!, isHollow: false };
}

const rounded = (x: number): number => Number(x.toFixed(2));

const disc = (r: number): string =>
  `M${rounded(-r)} 0a${rounded(r)} ${rounded(r)} 0 1 0 ${rounded(2 * r)} 0a${rounded(r)} ${rounded(r)} 0 1 0 ${rounded(-2 * r)} 0z`;
