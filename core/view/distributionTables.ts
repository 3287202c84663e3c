import { visible } from '../weights/visibleName.ts';
import type { DataTable } from './dataTable.ts';
import { count, percent, significant } from './digits.ts';
import type { DensityCurve, DistributionView } from './distribution.ts';

/** What follows from the rest of a view: its words and the tables under it. */
export type DistributionTables = Pick<DistributionView, 'spoken' | 'table' | 'levelTable' | 'quantileTable'>;

type Base = Omit<DistributionView, keyof DistributionTables>;

/** The words and the tables of a distribution. Apart from what works it out, as a panel that is told the rest makes them itself. */
export const distributionTables = (base: Base): DistributionTables => ({
  spoken: inWords(base),
  table: binTable(base),
  levelTable: levelTableOf(base),
  quantileTable: quantileTableOf(base),
});

function inWords({ subject, n, nNonFinite, normalisedBy: by, bins, curves, formats, notes }: Base): string {
  const what = `Histogram of ${count(n)} weights of ${visible(subject)}, each over ${by}`;
  if (n === 0) return `${what}: there is nothing to count`;
  const fullest = bins.reduce((a, b) => (b.count > a.count ? b : a));
  const most = `; the fullest bin, about ${significant((fullest.from + fullest.to) / 2, 3)}, has ${percent(fullest.count / n)} of them`;
  // A panel says its notes elsewhere, and has none here.
  const why = notes.length > 0 ? `: ${notes.join('; ')}` : '';
  const fitted = curves.length > 0 ? `; fitted: ${curves.map(({ label }) => label).join(' and ')}` : `; not fitted${why}`;
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
const nearest = (points: DensityCurve['points'], x: number): number => points[Math.round(((x + 1) / 2) * (points.length - 1))]?.count ?? 0;

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
