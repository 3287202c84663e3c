import type { Codebook } from '../format/codebook.ts';
import type { NoFit, NormalFit, StudentTFit } from '../measure/fit/fit.ts';
import { fitNormal } from '../measure/fit/fitNormal.ts';
import { fitStudentT } from '../measure/fit/fitStudentT.ts';
import type { Cells } from '../measure/histogram16.ts';
import { type Distribution, pdf, quantile } from '../numeric/distribution.ts';
import { normalCdf, normalQuantile } from '../numeric/normal.ts';
import { type SketchPrefix, sketchPrefix } from '../profile/errorFromSketch.ts';
import type { Profile } from '../profile/profile.ts';
import { visible } from '../weights/visibleName.ts';
import type { DataTable } from './dataTable.ts';
import { significant } from './digits.ts';
import { distributionTables } from './distributionTables.ts';
import { type LevelInterval, levelIntervals } from './intervalErrors.ts';
import { normalisedCells, quantilesAt } from './normalisedCells.ts';
import { normalisedBy } from './placement.ts';

/** A format to be drawn over weights, and where: see {@link placement}. */
export interface PlacedFormat {
  readonly name: string;
  /** As the text has it, where `name` says its scale too. */
  readonly format: string;
  /** Noise over signal as it was measured weight by weight; undefined where that is not known. */
  readonly nsr?: number | undefined;
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
  /** As the text has it. */
  readonly format: string;
  readonly label: string;
  readonly intervals: readonly LevelInterval[];
  /** Noise over signal: as measured, or else the sum of all intervals, which is good to a thousandth. */
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
  const { totals, key } = profile;
  const { bins, curves, notes, prefix } = shapeOf(profile, nBins);
  const placed = formats.map(({ name, format, nsr: measured, codebook, target }): DistributionFormat => {
    const intervals = levelIntervals(prefix, codebook, target);
    return { name, format, label: visible(name), intervals, nsr: measured ?? intervals.reduce((sum, { nsr }) => sum + nsr, 0) };
  });
  const base = {
    subject,
    normalisedBy: normalisedBy(key),
    n: totals.n,
    nNonFinite: totals.nNonFinite,
    bins,
    curves,
    notes,
    formats: placed,
  };
  return { ...base, ...distributionTables(base) };
}

/** What of a distribution does not depend on the formats over it. */
interface Shape {
  readonly nBins: number;
  readonly bins: readonly HistogramBin[];
  readonly curves: readonly DensityCurve[];
  readonly notes: readonly string[];
  readonly prefix: SketchPrefix;
}

/** Fits take some hundred milliseconds, and a picture follows every edit of a format: the last shape of a profile is kept as long as that is. */
const shapes = new WeakMap<Profile, Shape>();

function shapeOf(profile: Profile, nBins: number): Shape {
  const known = shapes.get(profile);
  if (known?.nBins === nBins) return known;
  const { statistics, totals } = profile;
  if (statistics.kind !== 'sketch') throw new RangeError('A table of bf16 weights has no histogram; a sketch has');
  const cells = normalisedCells(totals, statistics);
  const fits = [fitStudentT(cells), fitNormal(cells)];
  const shape: Shape = {
    nBins,
    bins: binsOf(cells, nBins),
    curves: fits.flatMap((fit) => (fit.kind === 'none' ? [] : [curveOf(fit, cells, nBins)])),
    notes: notesOf(fits),
    prefix: sketchPrefix(profile, statistics),
  };
  shapes.set(profile, shape);
  return shape;
}

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
