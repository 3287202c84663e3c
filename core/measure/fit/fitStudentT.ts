import type { Cells } from '../histogram16.ts';
import { type Bound, type NoFit, noFit, type StudentTFit } from './fit.ts';
import { fitNormal } from './fitNormal.ts';
import { type Standardised, standardised } from './standardised.ts';
import { information } from './studentTInformation.ts';
import { type Likelihoods, likelihoods, type Point } from './studentTLikelihood.ts';

/** The range of nu. From its upper end on, a Student t is a normal distribution for any number of weights. */
export const nuRange = { low: 0.2, high: 1e6 } as const;

/**
 * The Student t of maximum likelihood, found from the median by Newton's method in (mu, ln sigma, ln nu), and by Fisher scoring where the
 * likelihood is not concave. Never less likely than the normal distribution, to which it is compared.
 */
export function fitStudentT(cells: Cells): StudentTFit | NoFit {
  const normal = fitNormal(cells);
  if (normal.kind === 'none') return normal;
  const spike = fullestCell(cells);
  if (spike.share >= UNBOUNDED_SHARE) return noFit(spikeReason(cells, spike));
  const units = standardised(cells);
  const toUnits = (mu: number): number => (mu - units.centre) / units.spread;
  const fromBulk = climb(units, { mu: 0, logSigma: LOG_SIGMA_OF_BULK, logNu: Math.log(5) });
  const fromNormal = (): Climbed =>
    climb(units, { mu: toUnits(normal.mu), logSigma: Math.log(normal.sigma / units.spread), logNu: MOST_LOG_NU });
  const isBelowNormal = fromBulk.at.value - Math.log(units.spread) < normal.loglikPerWeight;
  const found = isBelowNormal ? better(fromBulk, fromNormal()) : fromBulk;
  return described(found, units, cells.n, normal.loglik);
}

/**
 * A t gathers on one value, ever higher, where the share p of that value is above nu / (1 + nu): its likelihood per weight then falls as
 * nu (1 - p) ln sigma and grows as -p ln sigma. From this share on, the least nu does.
 */
const UNBOUNDED_SHARE = 1 / (1 + 1 / nuRange.low);

interface Spike {
  readonly share: number;
  readonly value: number;
}

function fullestCell({ values, counts, n }: Cells): Spike {
  let at = 0;
  for (let i = 1; i < counts.length; i++) if (counts[i]! > counts[at]!) at = i;
  return { share: counts[at]! / n, value: values[at]! };
}

const spikeReason = ({ n, halfWidths }: Cells, { share, value }: Spike): string =>
  `${Number((100 * share).toPrecision(3))} % of the ${n} weights are ${halfWidths.some((half) => half > 0) ? 'about ' : ''}${value}; ` +
  'with a sixth or more in one place, a Student t of ever smaller sigma is ever more likely';

/** Where the quartiles of a t of nu 5 are those of a standard normal distribution. */
const LOG_SIGMA_OF_BULK = Math.log(0.928);

const LEAST_LOG_NU = Math.log(nuRange.low);
const MOST_LOG_NU = Math.log(nuRange.high);

interface Climbed {
  readonly point: Point;
  readonly at: Likelihoods;
  readonly iterations: number;
  readonly converged: boolean;
}

const better = (a: Climbed, b: Climbed): Climbed => (a.at.value >= b.at.value ? a : { ...b, iterations: a.iterations + b.iterations });

/** Goes uphill until a step promises less than the last digits of the likelihood. */
function climb(units: Standardised, start: Point): Climbed {
  let point = start;
  let at = likelihoods(units, point);
  for (let iterations = 0; iterations < MOST_STEPS; iterations++) {
    const held = heldNu(point, at);
    const step = uphill(at, point, held !== 'none');
    const promise = dot(at.gradient, step) / 2;
    const next = ahead(units, point, at, step);
    if (!next) return { point, at, iterations, converged: promise < 1e-9 };
    ({ point, at } = next);
    if (promise < 1e-13 && heldNu(point, at) === held) return { point, at, iterations: iterations + 1, converged: true };
  }
  return { point, at, iterations: MOST_STEPS, converged: false };
}

/** Some six for a t, a few dozen for weights that are like none; more only where weights differ by dozens of orders of magnitude. */
const MOST_STEPS = 500;

/** The bound at which nu stays, as the likelihood would go on growing beyond it. */
const heldNu = ({ logNu }: Point, { gradient }: Likelihoods): Bound =>
  logNu >= MOST_LOG_NU && gradient[2] >= 0 ? 'high' : logNu <= LEAST_LOG_NU && gradient[2] <= 0 ? 'low' : 'none';

type Triple = readonly [number, number, number];

/** Newton's step where the likelihood is concave, else that of Fisher scoring, which always points uphill; shortened to what they are good for. */
function uphill({ gradient, curvature }: Likelihoods, { logNu }: Point, isNuHeld: boolean): Triple {
  const of = information(Math.exp(logNu));
  const expected: readonly Triple[] = [
    [of.location, 0, 0],
    [0, of.scale, of.scaleNu],
    [0, of.scaleNu, of.nu],
  ];
  const free = isNuHeld ? ([gradient[0], gradient[1], 0] as const) : gradient;
  const step = [curvature, expected].map((rows) => solved(isNuHeld ? withoutNu(rows) : rows, free)).find((found) => found !== undefined);
  const [m, s, q] = step ?? free;
  const shorter = Math.min(1, 2 / Math.max(Math.abs(m), Math.abs(s), Math.abs(q)));
  return [m * shorter, s * shorter, q * shorter];
}

const withoutNu = ([mu, sigma]: readonly Triple[]): readonly Triple[] => [
  [mu![0], mu![1], 0],
  [sigma![0], sigma![1], 0],
  [0, 0, 1],
];

/** The solution of a symmetric system by Cholesky's method, or undefined where it is not positive definite. */
function solved([first, second, third]: readonly Triple[], [g0, g1, g2]: Triple): Triple | undefined {
  const a = Math.sqrt(first![0]);
  const b = first![1] / a;
  const c = first![2] / a;
  const d = Math.sqrt(second![1] - b * b);
  const e = (second![2] - b * c) / d;
  const f = Math.sqrt(third![2] - c * c - e * e);
  if (!(a > 0 && d > 0 && f > 0)) return undefined;
  const y0 = g0 / a;
  const y1 = (g1 - b * y0) / d;
  const x2 = (g2 - c * y0 - e * y1) / (f * f);
  const x1 = (y1 - e * x2) / d;
  return [(y0 - b * x1 - c * x2) / a, x1, x2];
}

const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The step, halved until the likelihood does not fall by more than rounding explains; undefined where no part of it helps. */
function ahead(
  units: Standardised,
  { mu, logSigma, logNu }: Point,
  from: Likelihoods,
  [m, s, q]: Triple,
): Pick<Climbed, 'point' | 'at'> | undefined {
  for (let part = 1; part > 1e-12; part /= 2) {
    const point = {
      mu: mu + part * m * Math.exp(logSigma),
      logSigma: logSigma + part * s,
      logNu: Math.min(Math.max(logNu + part * q, LEAST_LOG_NU), MOST_LOG_NU),
    };
    const at = likelihoods(units, point);
    if (at.value >= from.value - 1e-15 * Math.max(1, Math.abs(from.value))) return { point, at };
  }
  return undefined;
}

function described(
  { point, at, iterations, converged }: Climbed,
  { centre, spread }: Standardised,
  n: number,
  normalLoglik: number,
): StudentTFit {
  const nuBound = heldNu(point, at);
  // The logarithm of a bound need not lead back to it.
  const nu = nuBound === 'none' ? Math.exp(point.logNu) : nuRange[nuBound];
  const sigma = spread * Math.exp(point.logSigma);
  const of = information(nu);
  const determinant = of.scale * of.nu - of.scaleNu ** 2;
  const nuSe = nu * Math.sqrt(of.scale / determinant / n);
  const loglikPerWeight = at.value - Math.log(spread);
  const loglik = n * loglikPerWeight;
  return {
    kind: 'student_t',
    mu: centre + spread * point.mu,
    sigma,
    nu,
    muSe: sigma / Math.sqrt(of.location * n),
    sigmaSe: sigma * Math.sqrt(of.nu / determinant / n),
    nuSe,
    nuInterval: nuInterval(nu, nuSe),
    nuBound,
    asGoodAsNormal: nuBound === 'high' || 2 * (loglik - normalLoglik) < BORDER_CHI_SQUARED,
    n,
    loglik,
    loglikPerWeight,
    iterations,
    converged,
  };
}

/** The standard error of 1 / nu is that of nu over nu^2. */
function nuInterval(nu: number, nuSe: number): StudentTFit['nuInterval'] {
  const half = (1.959963984540054 * nuSe) / nu ** 2;
  return { low: 1 / (1 / nu + half), high: 1 / nu > half ? 1 / (1 / nu - half) : Number.POSITIVE_INFINITY };
}

/**
 * The 95 % quantile of twice the gain in log-likelihood of normal weights: 1 / nu = 0 is at the border of its range, where it is chi-squared
 * or 0, either by halves (Self and Liang, JASA 82, 1987).
 */
const BORDER_CHI_SQUARED = 2.705543454095414;
