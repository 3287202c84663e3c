import type { Codebook } from '../format/codebook.ts';
import type { NoFit, NormalFit, StudentTFit } from '../measure/fit/fit.ts';
import { fitNormal } from '../measure/fit/fitNormal.ts';
import { fitStudentT } from '../measure/fit/fitStudentT.ts';
import type { Cells } from '../measure/histogram16.ts';
import { type Distribution, pdf, quantile } from '../numeric/distribution.ts';
import { normalCdf, normalQuantile } from '../numeric/normal.ts';
import { sketchPrefix } from '../profile/errorFromSketch.ts';
import type { Profile } from '../profile/profile.ts';
import { visible } from '../weights/visibleName.ts';
import type { DataTable } from './dataTable.ts';
import { count, percent, significant } from './digits.ts';
import { type LevelInterval, levelIntervals } from './intervalErrors.ts';
import { normalisedCells, quantilesAt } from './normalisedCells.ts';
import { normalisedBy } from './placement.ts';

/** A format to be drawn over weights, and where: see {@link placement}. */
export interface PlacedFormat {
  readonly name: string;
  readonly codebook: Codebook;
  readonly target: number;
}

export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A fitted distribution over the histogram: weights that it expects in a bin about `x`. */
export interface DensityCurve {
  readonly kind: 'normal' | 'student_t';
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly count: number }[];
  /** Its quantiles beside those of the weights, at shares spaced as those of a normal distribution. */
  readonly quantiles: readonly { readonly share: number; readonly expected: number; readonly observed: number }[];
}

export interface DistributionFormat {
  readonly name: string;
  readonly label: string;
  readonly intervals: readonly LevelInterval[];
  /** Noise over signal, of all intervals. */
  readonly nsr: number;
}

/** Weights over the reference of their block, with formats over them. */
export interface DistributionView {
  readonly subject: string;
  /** What a weight was divided by, in words. */
  readonly normalisedBy: string;
  /** Finite weights. */
  readonly n: number;
  readonly nNonFinite: number;
  readonly bins: readonly HistogramBin[];
  readonly curves: readonly DensityCurve[];
  /** Why a curve is missing. */
  readonly notes: readonly string[];
  readonly formats: readonly DistributionFormat[];
  readonly spoken: string;
  readonly table: DataTable;
  readonly levelTable: DataTable;
  readonly quantileTable: DataTable;
}

/**
 * The distribution of a profile that has a sketch, in `nBins` bins from -1 to 1; an odd number has 0 in the middle of one. Fits are of maximum
 * likelihood, to the normalised weights, those that are the largest of their block and so at -1 or 1 included.
 */
export function distribution(profile: Profile, formats: readonly PlacedFormat[], nBins: number, subject: string): DistributionView {
  const { statistics, totals, key } = profile;
  if (statistics.kind !== 'sketch') throw new RangeError('A table of bf16 weights has no histogram; a sketch has');
  const cells = normalisedCells(totals, statistics);
  const bins = binsOf(cells, nBins);
  const fits = [fitStudentT(cells), fitNormal(cells)];
  const curves = fits.flatMap((fit) => (fit.kind === 'none' ? [] : [curveOf(fit, cells, nBins)]));
  const prefix = sketchPrefix(profile, statistics);
  const placed = formats.map(({ name, codebook, target }): DistributionFormat => {
    const intervals = levelIntervals(prefix, codebook, target);
    return { name, label: visible(name), intervals, nsr: intervals.reduce((sum, { nsr }) => sum + nsr, 0) };
  });
  const base = {
    subject,
    normalisedBy: normalisedBy(key),
    n: totals.n,
    nNonFinite: totals.nNonFinite,
    bins,
    curves,
    notes: notesOf(fits),
    formats: placed,
  };
  return {
    ...base,
    spoken: inWords(base),
    table: binTable(base),
    levelTable: levelTableOf(base),
    quantileTable: quantileTableOf(base),
  };
}

type Base = Omit<DistributionView, 'spoken' | 'table' | 'levelTable' | 'quantileTable'>;

/** A cell goes into the bin of its middle: bins are wider than cells by far. */
function binsOf({ values, counts }: Cells, nBins: number): readonly HistogramBin[] {
  const totals = new Float64Array(nBins);
  values.forEach((value, i) => {
    totals[Math.min(nBins - 1, Math.max(0, Math.floor(((value + 1) / 2) * nBins)))]! += counts[i]!;
  });
  return Array.from(totals, (total, i) => ({ from: (2 * i) / nBins - 1, to: (2 * (i + 1)) / nBins - 1, count: total }));
}

const CURVE_POINTS = 201;

function curveOf(fit: NormalFit | StudentTFit, cells: Cells, nBins: number): DensityCurve {
  const standard: Distribution = fit.kind === 'normal' ? { kind: 'normal' } : { kind: 'student_t', nu: fit.nu };
  const weightsPerDensity = (cells.n * 2) / nBins;
  const points = Array.from({ length: CURVE_POINTS }, (_, i) => {
    const x = (2 * i) / (CURVE_POINTS - 1) - 1;
    return { x, count: (weightsPerDensity * pdf(standard, (x - fit.mu) / fit.sigma)) / fit.sigma };
  });
  const shares = sharesOf(cells.n);
  const observed = quantilesAt(cells, shares);
  const quantiles = shares.map((share, i) => ({
    share,
    expected: fit.mu + fit.sigma * quantile(standard, share),
    observed: observed[i]!,
  }));
  return { kind: fit.kind, label: curveLabel(fit), points, quantiles };
}

function curveLabel(fit: NormalFit | StudentTFit): string {
  if (fit.kind === 'normal') return `normal, σ ${significant(fit.sigma, 3)}`;
  const nu = fit.asGoodAsNormal ? ' as good as normal' : `, ν ${significant(fit.nu, 3)}`;
  return `Student t${nu}, σ ${significant(fit.sigma, 3)}`;
}

/** Shares of weights, evenly spaced in normal quantiles, as far out as one weight of all lies. */
function sharesOf(n: number): readonly number[] {
  const furthest = Math.min(4.5, Math.max(0, normalQuantile(1 - 0.5 / Math.max(1, n))));
  if (furthest === 0) return [0.5];
  return Array.from({ length: 61 }, (_, i) => normalCdf(furthest * (i / 30 - 1)));
}

const notesOf = (fits: readonly (NormalFit | StudentTFit | NoFit)[]): readonly string[] => {
  const reasons = fits.flatMap((fit) => (fit.kind === 'none' ? [fit.reason] : []));
  return [...new Set(reasons)];
};

function inWords({ subject, n, nNonFinite, normalisedBy: by, bins, curves, formats, notes }: Base): string {
  const what = `Histogram of ${count(n)} weights of ${visible(subject)}, each over ${by}`;
  if (n === 0) return `${what}: there is nothing to count`;
  const fullest = bins.reduce((a, b) => (b.count > a.count ? b : a));
  const most = `; the fullest bin, about ${significant((fullest.from + fullest.to) / 2, 3)}, has ${percent(fullest.count / n)} of them`;
  const fitted = curves.length > 0 ? `; fitted: ${curves.map(({ label }) => label).join(' and ')}` : `; not fitted: ${notes.join('; ')}`;
  const lost = nNonFinite > 0 ? `; ${count(nNonFinite)} weights are not finite and left out` : '';
  const errors = formats.slice(0, 4).flatMap(({ label, intervals, nsr }) => {
    if (!(nsr > 0)) return [];
    const worst = intervals.reduce((a, b) => (b.nsr > a.nsr ? b : a));
    return [`; of ${label} the level ${significant(worst.level, 4)} has the largest part of the error, ${percent(worst.nsr / nsr)}`];
  });
  return `${what}${most}${fitted}${lost}${errors.join('')}`;
}

const binTable = ({ subject, bins, n, curves }: Base): DataTable => ({
  caption: `Normalised weights of ${visible(subject)} by bin`,
  columns: [
    { name: 'from', title: 'From', digits: 'short' },
    { name: 'to', title: 'To', digits: 'short' },
    { name: 'count', title: 'Weights', digits: 'count' },
    { name: 'share', title: 'Share', digits: 'percent' },
    ...curves.map(({ kind, label }) => ({ name: `expected_${kind}`, title: `Expected: ${label}`, digits: 'short' as const })),
  ],
  rows: bins.map(({ from, to, count: weights }) => [
    from,
    to,
    weights,
    n > 0 ? weights / n : null,
    ...curves.map(({ points }) => nearest(points, (from + to) / 2)),
  ]),
});

/** The curve at its point nearest to `x`, to which it is drawn. */
const nearest = (points: DensityCurve['points'], x: number): number => points[Math.round(((x + 1) / 2) * (points.length - 1))]!.count;

const levelTableOf = ({ subject, formats, n }: Base): DataTable => ({
  caption: `Levels over the normalised weights of ${visible(subject)}, and the error of each interval`,
  columns: [
    { name: 'format', title: 'Format', digits: 'text' },
    { name: 'level', title: 'Level', digits: 'long' },
    { name: 'at', title: 'Drawn at', digits: 'short' },
    { name: 'from', title: 'From threshold', digits: 'short' },
    { name: 'to', title: 'To threshold', digits: 'short' },
    { name: 'share', title: 'Share of weights', digits: 'percent' },
    { name: 'nsr', title: 'Part of NSR', digits: 'percent' },
  ],
  rows: formats.flatMap(({ name, intervals }) =>
    intervals.map(({ level, at, from, to, count: weights, nsr }) => [name, level, at, from, to, n > 0 ? weights / n : null, nsr]),
  ),
});

const quantileTableOf = ({ subject, curves }: Base): DataTable => ({
  caption: `Quantiles of the normalised weights of ${visible(subject)} beside those fitted`,
  columns: [
    { name: 'distribution', title: 'Distribution', digits: 'text' },
    { name: 'share', title: 'Share below', digits: 'short' },
    { name: 'expected', title: 'Fitted', digits: 'short' },
    { name: 'observed', title: 'Weights', digits: 'short' },
  ],
  rows: curves.flatMap(({ label, quantiles }) => quantiles.map(({ share, expected, observed }) => [label, share, expected, observed])),
});
