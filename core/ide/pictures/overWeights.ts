import { nsr, sqnr } from '../../measure/measures.ts';
import type { Profile, ProfileKey } from '../../profile/profile.ts';
import { count } from '../../view/digits.ts';
import { type DistributionView, distribution, type PlacedFormat } from '../../view/distribution.ts';
import { placement, placementKey } from '../../view/placement.ts';
import type { WeightProblem } from '../../weights/tensor.ts';
import { visible } from '../../weights/visibleName.ts';
import type { MeasuredRow } from './groups.ts';
import { byReason, firstNotes, type Named, someOf } from './notes.ts';

/** Rows that are drawn over the same weights. */
export interface PlacedGroup {
  readonly key: ProfileKey;
  readonly rows: readonly { readonly row: MeasuredRow; readonly target: number }[];
}

/** The formats that have a place among the weights, by what the weights are divided by; and of the others, why they have none. */
export function placedGroups(rows: readonly MeasuredRow[]): {
  readonly groups: readonly PlacedGroup[];
  readonly unplaced: readonly string[];
} {
  const groups = new Map<string, { readonly key: ProfileKey; readonly rows: { row: MeasuredRow; target: number }[] }>();
  const unplaced: Named[] = [];
  for (const row of rows) {
    const { format, scale } = row.evaluation;
    const found = placement(format.codebook, scale.rule);
    if ('why' in found) {
      unplaced.push({ name: `${visible(format.name)} under ${visible(scale.name)}`, why: found.why });
      continue;
    }
    const group = groups.get(placementKey(found)) ?? { key: found.key, rows: [] };
    group.rows.push({ row, target: found.target });
    groups.set(placementKey(found), group);
  }
  return { groups: [...groups.values()], unplaced: byReason(unplaced).map(notDrawn) };
}

const notDrawn = ({ names, why }: ReturnType<typeof byReason>[number]): string =>
  `${someOf(names)} ${names.length === 1 ? 'is' : 'are'} not drawn over the weights: ${why}`;

/** The scales of a group, each once. */
export const scalesOf = ({ rows }: PlacedGroup): readonly string[] => [...new Set(rows.map(({ row }) => row.evaluation.scale.name))];

/** All that was read of some weights, as one profile. */
export interface ProfiledWeights {
  /** Undefined where no tensor has one. */
  readonly profile: Profile | undefined;
  /** Tensors in it, and those that have no such profile. */
  readonly nTensors: number;
  readonly nLeftOut: number;
  readonly problems: readonly WeightProblem[];
}

/** Bins of a histogram; odd, so that 0 is in the middle of one. */
const N_BINS = 81;

/**
 * The formats of a group over the weights of a profile, the best one first.
 *
 * @param tensor The only one that the profile is of; undefined: all of the group.
 */
export function distributionOf(
  placed: PlacedGroup,
  profile: Profile,
  subject: string,
  tensor?: { readonly name: string; readonly file: string },
): DistributionView {
  const scales = scalesOf(placed);
  const best = [...placed.rows].sort((a, b) => figureOf(b.row) - figureOf(a.row));
  const formats = best.map(({ row: { evaluation, result }, target }): PlacedFormat => {
    const { format, scale } = evaluation;
    const sums = tensor ? result.tensors.find(({ name, file }) => name === tensor.name && file === tensor.file)?.sums : result.total;
    // Where the profile is of other weights than were measured, as some have none, it has its own figure.
    const isSame = sums !== undefined && result.estimates === undefined && sums.n === profile.totals.n;
    return {
      name: scales.length > 1 ? `${format.name} (${scale.name})` : format.name,
      format: format.name,
      codebook: format.codebook,
      target,
      nsr: isSame ? nsr(sums) : undefined,
    };
  });
  return distribution(profile, formats, N_BINS, subject);
}

/** In dB; what has no figure comes last. */
const figureOf = ({ result }: MeasuredRow): number => {
  const found = sqnr(result.total);
  return Number.isNaN(found) ? Number.NEGATIVE_INFINITY : found;
};

/** What has to be said of a distribution: what was read, and what was not. */
export const distributionNotes = (view: DistributionView, { nTensors, nLeftOut, problems }: ProfiledWeights): readonly string[] => [
  `${count(view.n)} weights of ${nTensors} ${nTensors === 1 ? 'tensor' : 'tensors'}`,
  ...(view.nNonFinite > 0 ? [`${count(view.nNonFinite)} weights that are not finite are left out`] : []),
  ...(nLeftOut > 0 ? [leftOut(nLeftOut)] : []),
  ...problems.map(({ message }) => message),
  ...view.notes,
];

/** Why there is nothing to draw, where there is no profile. */
export function whyNoProfile({ nLeftOut, problems }: ProfiledWeights): string {
  const reasons = [...(nLeftOut > 0 ? [leftOut(nLeftOut)] : []), ...problems.map(({ message }) => message)];
  return reasons.length > 0 ? firstNotes(reasons).join('; ') : 'there are none';
}

const leftOut = (n: number): string =>
  `${n} ${n === 1 ? 'tensor is' : 'tensors are'} left out: empty, of float64, or in blocks down a column`;
