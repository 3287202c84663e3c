import { empiricalCdf, empiricalPdf, empiricalQuantile } from './empirical.ts';
import { laplaceCdf, laplacePdf, laplaceQuantile } from './laplace.ts';
import { logisticCdf, logisticPdf, logisticQuantile } from './logistic.ts';
import { normalCdf, normalPdf, normalQuantile } from './normal.ts';
import { studentTCdf, studentTPdf, studentTQuantile } from './studentT.ts';

/** A distribution in its standard form: location 0, scale 1 (not variance 1, but for the normal). */
export type Distribution =
  | { readonly kind: 'normal' }
  /** `nu` degrees of freedom, positive, not necessarily whole. */
  | { readonly kind: 'student_t'; readonly nu: number }
  | { readonly kind: 'laplace' }
  | { readonly kind: 'logistic' }
  /** `quantiles[i]` is the value at probability i / (n - 1), ascending; between them it is linear. */
  | { readonly kind: 'empirical'; readonly quantiles: Float64Array };

/** The value below which a share `p` lies; -Infinity and Infinity at 0 and 1 unless empirical, NaN outside of them. Relative error below 1e-12. */
export function quantile(d: Distribution, p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  switch (d.kind) {
    case 'normal':
      return normalQuantile(p);
    case 'student_t':
      return studentTQuantile(p, d.nu);
    case 'laplace':
      return laplaceQuantile(p);
    case 'logistic':
      return logisticQuantile(p);
    case 'empirical':
      return empiricalQuantile(p, d.quantiles);
  }
}

/** The share that lies at or below `x`. Relative error below 1e-13, in the lower tail as well; 1e-11 for nu beyond 1000. */
export function cdf(d: Distribution, x: number): number {
  switch (d.kind) {
    case 'normal':
      return normalCdf(x);
    case 'student_t':
      return studentTCdf(x, d.nu);
    case 'laplace':
      return laplaceCdf(x);
    case 'logistic':
      return logisticCdf(x);
    case 'empirical':
      return empiricalCdf(x, d.quantiles);
  }
}

/** The density at `x`, per unit of x. */
export function pdf(d: Distribution, x: number): number {
  switch (d.kind) {
    case 'normal':
      return normalPdf(x);
    case 'student_t':
      return studentTPdf(x, d.nu);
    case 'laplace':
      return laplacePdf(x);
    case 'logistic':
      return logisticPdf(x);
    case 'empirical':
      return empiricalPdf(x, d.quantiles);
  }
}

/** What is wrong with the parameters of a distribution, in words, or undefined where they are fine. */
export function distributionProblem(d: Distribution): string | undefined {
  if (d.kind === 'student_t' && !(d.nu > 0 && d.nu < Number.POSITIVE_INFINITY)) {
    return `The degrees of freedom of a Student t are positive and finite; these are ${d.nu}`;
  }
  if (d.kind !== 'empirical') return undefined;
  if (d.quantiles.length < 2) return `An empirical distribution needs at least 2 quantiles; this one has ${d.quantiles.length}`;
  if (!d.quantiles.every(Number.isFinite)) return 'The quantiles of an empirical distribution are finite';
  const drop = d.quantiles.findIndex((value, i) => i > 0 && value < d.quantiles[i - 1]!);
  return drop < 0 ? undefined : `Quantiles ascend; here ${d.quantiles[drop]} follows ${d.quantiles[drop - 1]}`;
}
