import { activationsText } from '../core/ide/modelText.ts';
import { areaProblems, designsOf, publishedDesigns } from '../core/ide/pictures/designs.ts';
import { type MeasuredGroup, type MeasuredRow, scaleGroups } from '../core/ide/pictures/groups.ts';
import {
  distributionNotes,
  distributionOf,
  type PlacedGroup,
  placedGroups,
  scalesOf,
  whyNoProfile,
} from '../core/ide/pictures/overWeights.ts';
import { tensorColumns } from '../core/ide/pictures/tensorColumns.ts';
import { wholeReportOf } from '../core/lang/modelRows.ts';
import type { ModelSpec } from '../core/lang/spec.ts';
import type { Profile, ProfileKey } from '../core/profile/profile.ts';
import type { DataTable } from '../core/view/dataTable.ts';
import { count, percent, significant } from '../core/view/digits.ts';
import { formatLines } from '../core/view/formatLines.ts';
import { pareto } from '../core/view/pareto.ts';
import { distributionSvg } from '../core/view/svg/distributionSvg.ts';
import { formatLinesSvg } from '../core/view/svg/formatLinesSvg.ts';
import { paretoSvg } from '../core/view/svg/paretoSvg.ts';
import type { Drawing } from '../core/view/svg/plot.ts';
import { quantilesSvg } from '../core/view/svg/quantilesSvg.ts';
import { tensorsSvg } from '../core/view/svg/tensorsSvg.ts';
import { type NuByTensor, tensorTable } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { WeightsProfile } from '../node/weightProfiles.ts';
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
export async function groupFigures(group: MeasuredGroup, measured: Measured, shapes: Shapes): Promise<readonly ReportFigure[]> {
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
    ...group.models.flatMap((model) => modelFigures(group, model, measured)),
    ...scales.flatMap(({ scale, rows }) => areaFigures({ ...group, rows }, scale, measured)),
    ...distributions,
    formatsFigure(group, notDrawn),
    ...scales.map(({ scale, rows }) => tensorsFigure(group, scale, rows, shapes.nus)),
  ];
}

function paretoFigures(group: MeasuredGroup, measured: Measured): readonly ReportFigure[] {
  const { name } = group.weights;
  const view = pareto(designsOf(group, measured.analysis.known), 'bitsPerWeight', 'sqnr', name);
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

/** What formats do to a language model, against what they store, and against their area where it is known. */
function modelFigures(group: MeasuredGroup, model: ModelSpec, { analysis: { known } }: Measured): readonly ReportFigure[] {
  const designs = designsOf({ ...group, models: [model] }, known);
  const reports = group.rows.flatMap(({ evaluation: { format, scale } }) => wholeReportOf({ format, scale, model }, known) ?? []);
  const [report] = reports;
  if (!report) return [];
  const name = visible(model.name);
  const note =
    `Perplexity on ${count(report.total.n)} tokens of ${count(report.nDocuments)} ${report.nDocuments === 1 ? 'document' : 'documents'}, over that of ` +
    `the unquantized model on the same tokens, ${significant(Math.exp(report.total.plainLoss / report.total.n), 5)}; ${activationsText(model.activations)}; ` +
    `bars are 95 % intervals of a bootstrap over ${count(report.units.length)} ${report.unit}s`;
  const axes = (['bitsPerWeight', 'areaRatio', 'area'] as const).filter((axis) =>
    designs.some(({ figures }) => typeof figures[axis] === 'number'),
  );
  // Of the two areas the ratio, which holds across libraries.
  return axes.slice(0, 2).map((axis) => {
    const view = pareto(designs, axis, 'perplexityChange', model.name);
    const against = axis === 'bitsPerWeight' ? 'bits per weight' : 'area';
    return {
      name: `pareto-perplexity-${axis === 'bitsPerWeight' ? 'bits' : 'area'}-${model.name}`,
      title: `Perplexity of ${name} against ${against}`,
      notes: [note],
      draw: (drawing) => paretoSvg(view, `Perplexity change of ${name} against ${against}`, drawing),
      tables: [view.table],
    };
  });
}

/** Of one scale, as area does not depend on it. */
function areaFigures(group: MeasuredGroup, scale: string | undefined, measured: Measured): readonly ReportFigure[] {
  const designs = designsOf(group, measured.analysis.known);
  const { name } = group.weights;
  const hasArea = designs.some(({ figures }) => typeof figures.area === 'number');
  const problems = areaProblems(group, measured.analysis.known);
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

function distributionFigures(
  { weights }: MeasuredGroup,
  placed: PlacedGroup,
  profile: Profile,
  found: WeightsProfile,
): readonly ReportFigure[] {
  const scales = scalesOf(placed);
  const view = distributionOf(placed, profile, weights.name);
  const under = scales.map(visible).join(', ');
  const notes = distributionNotes(view, found);
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

/** @param notDrawn What is not drawn over the weights, and why. */
function formatsFigure({ rows, weights }: MeasuredGroup, notDrawn: readonly string[]): ReportFigure {
  const first = new Map<string, MeasuredRow>();
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

function tensorsFigure({ weights }: MeasuredGroup, scale: string | undefined, rows: readonly MeasuredRow[], nus: NuByTensor): ReportFigure {
  const view = tensorTable(tensorColumns({ scale, rows }, new Map()), nus, weights.name);
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
