import { textWidth } from './measureText.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A text that is to stand by a point. Those that come first are placed first. */
export interface Wanted {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** `far`: a place with a line to the point is better than none. */
  readonly reach: 'near' | 'far';
}

/** Where a label stands: the start of its base line, and whether it is far enough from its point to need a line to it. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly isFar: boolean;
}

/**
 * Places labels so that none covers another one, a point, or the border; undefined for those that find no room. Each takes the first free place of
 * a few about its point, from near to far. `points` are covered by none, labelled or not; `lines` only where there is no other place.
 */
export function placeLabels(
  wanted: readonly Wanted[],
  size: number,
  bounds: Box,
  points: readonly { readonly x: number; readonly y: number }[],
  lines: readonly Box[],
): readonly (PlacedLabel | undefined)[] {
  const marks = points.map(({ x, y }): Box => ({ left: x - RADIUS, right: x + RADIUS, top: y - RADIUS, bottom: y + RADIUS }));
  const taken: Box[] = [];
  return wanted.map(({ x, y, text, reach }) => {
    const width = textWidth(text, size);
    const isFree = (box: Box): boolean =>
      isInside(box, bounds) && !taken.some((other) => meet(box, other)) && !marks.some((mark) => meet(box, mark));
    const places = placesAbout(x, y, width, size).filter(({ distance }) => reach === 'far' || distance <= NEAR);
    const found = places.find(({ box }) => isFree(box) && !lines.some((line) => meet(box, line))) ?? places.find(({ box }) => isFree(box));
    if (!found) return undefined;
    taken.push(found.box);
    return { x: found.box.left, y: found.box.bottom - 0.25 * size, isFar: found.distance > NEAR };
  });
}

/** Of a mark, with some air. */
const RADIUS = 5;
const NEAR = 8;

const isInside = (box: Box, bounds: Box): boolean =>
  box.left >= bounds.left && box.right <= bounds.right && box.top >= bounds.top && box.bottom <= bounds.bottom;

const meet = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

interface Candidate {
  readonly box: Box;
  readonly distance: number;
}

/** To the right and the left, above and below, then at the corners; ever further out. */
function placesAbout(x: number, y: number, width: number, size: number): readonly Candidate[] {
  const height = size * 1.15;
  return [NEAR, 16, 26, 38].flatMap((distance) =>
    sides.map(([dx, dy]): Candidate => {
      const left = x + dx * distance - (dx === 0 ? width / 2 : dx < 0 ? width : 0);
      const top = y + dy * distance - (dy === 0 ? height / 2 : dy < 0 ? height : 0);
      return { box: { left, top, right: left + width, bottom: top + height }, distance };
    }),
  );
}

const sides = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -0.7],
  [-1, -0.7],
  [1, 0.7],
  [-1, 0.7],
] as const;

/** The lines of a staircase, for labels to keep clear of. */
export const linesOf = (stairs: readonly { readonly x: number; readonly y: number }[]): readonly Box[] =>
  stairs.slice(1).map(({ x, y }, i): Box => {
    const from = stairs[i]!;
    return { left: Math.min(x, from.x) - 1, right: Math.max(x, from.x) + 1, top: Math.min(y, from.y) - 1, bottom: Math.max(y, from.y) + 1 };
  });
