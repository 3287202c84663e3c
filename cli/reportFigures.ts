import { sqnr } from '../core/measure/measures.ts';
import type { Profile, ProfileKey } from '../core/profile/profile.ts';
import type { DataTable } from '../core/view/dataTable.ts';
import { count, percent } from '../core/view/digits.ts';
import { distribution, type PlacedFormat } from '../core/view/distribution.ts';
import { formatLines } from '../core/view/formatLines.ts';
import { pareto } from '../core/view/pareto.ts';
import { placement, placementKey } from '../core/view/placement.ts';
import { distributionSvg } from '../core/view/svg/distributionSvg.ts';
import { formatLinesSvg } from '../core/view/svg/formatLinesSvg.ts';
import { paretoSvg } from '../core/view/svg/paretoSvg.ts';
import type { Drawing } from '../core/view/svg/plot.ts';
import { quantilesSvg } from '../core/view/svg/quantilesSvg.ts';
import { tensorsSvg } from '../core/view/svg/tensorsSvg.ts';
import { type NuByTensor, tensorTable } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { WeightsProfile } from '../node/weightProfiles.ts';
import { areaProblems, designsOf, publishedDesigns, type ReportGroup, type ReportRow, scaleGroups } from './reportData.ts';
import type { Measured } from './spec.ts';

/** A picture of a report with what belongs to it. */
export interface ReportFigure {
  /** What its files are called. */
  readonly name: string;
  readonly title: string;
  /** What has to be said of it, each a sentence without its full stop. */
  readonly notes: readonly string[];
  readonly draw: (drawing: Drawing) => string;
  /** The twin of the picture first. */
  readonly tables: readonly DataTable[];
}

/** What figures are drawn from, beside results. */
export interface Shapes {
  readonly profile: (key: ProfileKey) => Promise<WeightsProfile>;
  readonly nus: NuByTensor;
}

/** The figures of a group, in the order of a report. Rejects where the run is ended. */
export async function groupFigures(group: ReportGroup, measured: Measured, shapes: Shapes): Promise<readonly ReportFigure[]> {
  const scales = scaleGroups(group.rows);
  const { groups, unplaced } = placedGroups(group.rows);
  const distributions: ReportFigure[] = [];
  const notDrawn = [...unplaced];
  for (const placed of groups) {
    const found = await shapes.profile(placed.key);
    if (found.profile) distributions.push(...distributionFigures(group, placed, found.profile, found));
    else notDrawn.push(`The weights under ${scalesOf(placed).map(visible).join(', ')} are not drawn: ${whyNoProfile(found)}`);
  }
  return [
    ...paretoFigures(group, measured),
    ...scales.flatMap(({ scale, rows }) => areaFigures({ ...group, rows }, scale, measured)),
    ...distributions,
    formatsFigure(group, notDrawn),
    ...scales.map(({ scale, rows }) => tensorsFigure(group, scale, rows, shapes.nus)),
  ];
}

function paretoFigures(group: ReportGroup, measured: Measured): readonly ReportFigure[] {
  const { name } = group.weights;
  const view = pareto(designsOf(group, measured), 'bitsPerWeight', 'sqnr', name);
  return [
    {
      name: 'pareto-bits',
      title: 'Error against bits per weight',
      notes: ['Bits per weight are all stored bits, scales included, as counted on these tensors'],
      draw: (drawing) => paretoSvg(view, `SQNR against bits per weight, ${visible(name)}`, drawing),
      tables: [view.table],
    },
  ];
}

/** Of one scale, as area does not depend on it. */
function areaFigures(group: ReportGroup, scale: string | undefined, measured: Measured): readonly ReportFigure[] {
  const designs = designsOf(group, measured);
  const { name } = group.weights;
  const hasArea = designs.some(({ figures }) => typeof figures.area === 'number');
  const problems = areaProblems(group, measured);
  if (!group.hardware || (!hasArea && problems.length === 0)) return [];
  const hasRatio = designs.some(({ figures }) => typeof figures.areaRatio === 'number');
  const axis = hasRatio ? 'areaRatio' : 'area';
  const overArea = pareto([...designs, ...(hasRatio ? publishedDesigns(designs) : [])], axis, 'sqnr', name);
  const under = scale === undefined ? 'scales of their own' : visible(scale);
  return [
    {
      name: `pareto-area-${scale ?? 'own'}`,
      title: `Error against area under ${under}`,
      notes: [
        `Post-mapping cell area of the smallest MAC unit found on ${visible(group.hardware.name)} (${visible(group.hardware.spec.cells)}), without wires or placement`,
        ...(hasRatio
          ? ['Published areas are those of arXiv 2405.03103, Table 10, in TSMC 28 nm, over its INT4; their error is the one measured here']
          : []),
        ...problems.map((problem) => `No area of ${problem}`),
      ],
      draw: (drawing) => paretoSvg(overArea, `SQNR against MAC area, ${visible(name)} under ${under}`, drawing),
      tables: [overArea.table],
    },
  ];
}

/** Rows that are drawn over the same weights. */
interface PlacedGroup {
  readonly key: ProfileKey;
  readonly rows: readonly { readonly row: ReportRow; readonly target: number }[];
}

/** The formats that have a place among the weights, by what the weights are divided by; and of the others, why they have none. */
function placedGroups(rows: readonly ReportRow[]): { readonly groups: readonly PlacedGroup[]; readonly unplaced: readonly string[] } {
  const groups = new Map<string, { readonly key: ProfileKey; readonly rows: { row: ReportRow; target: number }[] }>();
  const unplaced: string[] = [];
  for (const row of rows) {
    const { format, scale } = row.evaluation;
    const found = placement(format.codebook, scale.rule);
    if ('why' in found) {
      unplaced.push(`${visible(format.name)} under ${visible(scale.name)} is not drawn over the weights: ${found.why}`);
      continue;
    }
    const group = groups.get(placementKey(found)) ?? { key: found.key, rows: [] };
    group.rows.push({ row, target: found.target });
    groups.set(placementKey(found), group);
  }
  return { groups: [...groups.values()], unplaced };
}

const scalesOf = ({ rows }: PlacedGroup): readonly string[] => [...new Set(rows.map(({ row }) => row.evaluation.scale.name))];

function whyNoProfile({ nLeftOut, problems }: WeightsProfile): string {
  const reasons = [...(nLeftOut > 0 ? [leftOut(nLeftOut)] : []), ...problems.map(({ message }) => message)];
  return reasons.length > 0 ? reasons.join('; ') : 'there are none';
}

const leftOut = (n: number): string =>
  `${n} ${n === 1 ? 'tensor is' : 'tensors are'} left out: empty, of float64, or in blocks down a column`;

const N_BINS = 81;

function distributionFigures(
  { weights }: ReportGroup,
  placed: PlacedGroup,
  profile: Profile,
  { nTensors, nLeftOut, problems }: WeightsProfile,
): readonly ReportFigure[] {
  const scales = scalesOf(placed);
  // The best first: its levels are drawn through the histogram.
  const best = [...placed.rows].sort((a, b) => figureOf(b.row) - figureOf(a.row));
  const formats = best.map(({ row: { evaluation }, target }): PlacedFormat => {
    const { format, scale } = evaluation;
    return { name: scales.length > 1 ? `${format.name} (${scale.name})` : format.name, codebook: format.codebook, target };
  });
  const view = distribution(profile, formats, N_BINS, weights.name);
  const under = scales.map(visible).join(', ');
  const notes = [
    `${count(view.n)} weights of ${nTensors} ${nTensors === 1 ? 'tensor' : 'tensors'}`,
    ...(view.nNonFinite > 0 ? [`${count(view.nNonFinite)} weights that are not finite are left out`] : []),
    ...(nLeftOut > 0 ? [leftOut(nLeftOut)] : []),
    ...problems.map(({ message }) => message),
    ...view.notes,
  ];
  const name = `distribution-${scales.join('-')}`;
  return [
    {
      name,
      title: `Distribution of the weights under ${under}`,
      notes,
      draw: (drawing) => distributionSvg(view, 'linear', `Normalised weights of ${visible(weights.name)} under ${under}`, drawing),
      tables: [view.table, view.levelTable],
    },
    {
      name: `${name}-log`,
      title: `Tails of the weights under ${under}`,
      notes: [],
      draw: (drawing) =>
        distributionSvg(
          { ...view, formats: view.formats.slice(0, 1) },
          'log',
          `Normalised weights of ${visible(weights.name)} under ${under}, logarithmic`,
          drawing,
        ),
      tables: [view.table],
    },
    {
      name: `quantiles-${scales.join('-')}`,
      title: `Q-Q of the weights under ${under}`,
      notes: [],
      draw: (drawing) => quantilesSvg(view, `Quantiles of the normalised weights of ${visible(weights.name)} under ${under}`, drawing),
      tables: [view.quantileTable],
    },
  ];
}

/** In dB; what has no figure comes last. */
const figureOf = ({ result }: ReportRow): number => {
  const found = sqnr(result.total);
  return Number.isNaN(found) ? Number.NEGATIVE_INFINITY : found;
};

/** @param notDrawn What is not drawn over the weights, and why. */
function formatsFigure({ rows, weights }: ReportGroup, notDrawn: readonly string[]): ReportFigure {
  const first = new Map<string, ReportRow>();
  for (const row of rows) if (!first.has(row.evaluation.format.name)) first.set(row.evaluation.format.name, row);
  const scales = [...new Set([...first.values()].map(({ evaluation }) => evaluation.scale.name))];
  const subject = `${weights.name}, ${scales.length === 1 ? scales[0] : 'scales of their own'}`;
  const formats = [...first.values()].map(({ evaluation: { format }, result }) => ({
    name: format.name,
    codebook: format.codebook,
    usage: result.total.counts,
  }));
  const view = formatLines(formats, 'normalised', subject);
  return {
    name: 'formats',
    title: 'Levels of the formats',
    notes: [
      `How often each code is used: ${visible(weights.name)}, ${scales.length === 1 ? visible(scales[0]!) : 'each under its own scale'}`,
      ...notDrawn,
    ],
    draw: (drawing) => formatLinesSvg(view, 'Levels over the largest of each format', drawing),
    tables: [view.table],
  };
}

function tensorsFigure({ weights }: ReportGroup, scale: string | undefined, rows: readonly ReportRow[], nus: NuByTensor): ReportFigure {
  const columns = rows.map(({ evaluation, result }) => ({
    name: scale === evaluation.scale.name ? evaluation.format.name : `${evaluation.format.name} (${evaluation.scale.name})`,
    tensors: result.tensors.map(({ name, file, sums }) => ({ name, file, n: sums.n, sqnr: sqnr(sums) })),
  }));
  const view = tensorTable(columns, nus, weights.name);
  const under = scale === undefined ? 'scales of their own' : visible(scale);
  const winners = [...view.formats.keys()].filter((i) => view.wins[i]! > 0).sort((a, b) => view.wins[b]! - view.wins[a]!);
  const wins = winners.map((i) => `${visible(view.formats[i]!)} ${view.wins[i]} (${percent(view.wins[i]! / view.rows.length)})`);
  return {
    name: `tensors-${scale ?? 'own'}`,
    title: `Tensors under ${under}`,
    notes: [
      ...(wins.length > 0 ? [`Tensors on which none is better: ${wins.join(', ')}`] : []),
      'ν: degrees of freedom of a Student t fitted to the raw tensor',
    ],
    draw: (drawing) => tensorsSvg(view, `SQNR by tensor, ${visible(weights.name)} under ${under}`, drawing),
    tables: [view.table],
  };
}
