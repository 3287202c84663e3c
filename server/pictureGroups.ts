import type { Results } from '../core/ide/known.ts';
import {
  type AskedGroup,
  askedGroups,
  groupTitle,
  type MeasuredGroup,
  measuredGroups,
  type ScaleGroup,
  scaleGroups,
} from '../core/ide/pictures/groups.ts';
import { type PlacedGroup, placedGroups, scalesOf } from '../core/ide/pictures/overWeights.ts';
import type { Analysis } from '../core/lang/analysis.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { PictureGroup, PictureName } from '../protocol/pictures.ts';

/** A group of a menu, with what is in it. */
export interface Shown<T> extends PictureGroup {
  readonly of: T;
}

/** What is drawn over weights: a group whose weights are divided by one thing. */
export interface Placed {
  readonly group: MeasuredGroup;
  readonly placed: PlacedGroup;
  /** Why others of the group are not drawn. */
  readonly unplaced: readonly string[];
}

/** Formats of one comparison, or declared and in none. */
export interface Lined {
  readonly group: AskedGroup | undefined;
  readonly formats: readonly FormatSpec[];
}

// Keys are of names, so that a picture stays the same while the text changes. Those of a part of a group begin as those of the group do: so a
// picture of all of it follows one of a part, and the other way round.

const keyOf = ({ compare, weights }: AskedGroup | MeasuredGroup, ...part: readonly string[]): string =>
  JSON.stringify([compare, weights.name, ...part]);

/** The groups that designs are compared in. */
export const designGroups = (analysis: Analysis): readonly Shown<AskedGroup>[] =>
  eachOnce(askedGroups(analysis).map((of) => ({ key: keyOf(of), title: visible(groupTitle(of)), of })));

/** The same, and the formats that are in none of them. */
export function lineGroups(analysis: Analysis): readonly Shown<Lined>[] {
  const groups = askedGroups(analysis).map((group): Shown<Lined> => {
    const formats = new Map(group.evaluations.map(({ format }) => [format.name, format]));
    return { key: keyOf(group), title: visible(groupTitle(group)), of: { group, formats: [...formats.values()] } };
  });
  const asked = new Set(groups.flatMap(({ of }) => of.formats.map(({ symbol }) => symbol)));
  const others = [...analysis.formats.values()].filter(({ symbol }) => !asked.has(symbol));
  const rest: Shown<Lined> = {
    key: '[]',
    title: groups.length === 0 ? 'Formats of this document' : 'Formats in no comparison',
    of: { group: undefined, formats: others },
  };
  return eachOnce([...groups, ...(others.length > 0 ? [rest] : [])]);
}

/** The groups that are drawn over weights: only what is measured. */
export const placedOf = (analysis: Analysis, results: Results): readonly Shown<Placed>[] =>
  eachOnce(
    measuredGroups(analysis, results).flatMap((group) => {
      const { groups, unplaced } = placedGroups(group.rows);
      return groups.map((placed): Shown<Placed> => {
        const scales = scalesOf(placed);
        return {
          key: keyOf(group, ...scales),
          title: visible(`${groupTitle(group)}, ${scales.join(', ')}`),
          of: { group, placed, unplaced },
        };
      });
    }),
  );

/** The groups that tensors are compared in, each of one scale as far as formats share one. */
export const tensorGroups = (
  analysis: Analysis,
  results: Results,
): readonly Shown<{ readonly group: MeasuredGroup; readonly scaled: ScaleGroup }>[] =>
  eachOnce(
    measuredGroups(analysis, results).flatMap((group) =>
      scaleGroups(group.rows).map((scaled) => ({
        key: keyOf(group, scaled.scale ?? ''),
        title: visible(`${groupTitle(group)}, ${scaled.scale ?? 'scales of their own'}`),
        of: { group, scaled },
      })),
    ),
  );

/** Weights of two files may have one name; a menu shows the first. */
const eachOnce = <T>(groups: readonly Shown<T>[]): readonly Shown<T>[] =>
  [...new Map([...groups].reverse().map((group) => [group.key, group])).values()].reverse();

/** The group that is wished for: of that key, or else the first that is a part of it or that it is a part of, or the first. */
export function wished<T>(key: string | null, groups: readonly Shown<T>[]): Shown<T> | undefined {
  const exact = groups.find((group) => group.key === key);
  if (exact || key === null) return exact ?? groups[0];
  const start = partsOf(key);
  return groups.find((group) => start !== undefined && partsOf(group.key) === start) ?? groups[0];
}

/** The comparison and the weights of a key, as text; undefined of what is no key. */
function partsOf(key: string): string | undefined {
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) && parts.length > 1 ? JSON.stringify(parts.slice(0, 2)) : undefined;
  } catch {
    // A wish of another version, or of nobody's: then the first group is as good as any.
    return undefined;
  }
}

/** The menu of a picture. */
export const menuOf = (groups: readonly Shown<unknown>[]): readonly PictureGroup[] => groups.map(({ key, title }) => ({ key, title }));

/** Why a picture has nothing to show, where it has no group. */
export const nothingIn: Readonly<Record<PictureName, string>> = {
  pareto: 'There is nothing to compare: a comparison needs formats, weights and a scale',
  formats: 'There is no format in this document',
  distribution: 'Nothing is measured yet',
  tensors: 'Nothing is measured yet',
};
