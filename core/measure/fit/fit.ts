/** A distribution fitted by maximum likelihood. */
export type Fit = NormalFit | LaplaceFit | StudentTFit | GeneralisedGaussianFit;

/** Why there is no fit: the weights are at fault, not the method. */
export interface NoFit {
  readonly kind: 'none';
  /** For a person: what is wrong, with the numbers. */
  readonly reason: string;
}

/** What every fit tells of itself. */
export interface Likelihood {
  /** Weights fitted. */
  readonly n: number;
  /** Sum over the weights of the logarithm of the density, per unit of the weights. */
  readonly loglik: number;
  /** Its mean, with which tensors of different sizes are compared. */
  readonly loglikPerWeight: number;
  /** Steps taken; 0 for a closed form. */
  readonly iterations: number;
  readonly converged: boolean;
}

export interface NormalFit extends Likelihood {
  readonly kind: 'normal';
  /** Mean. */
  readonly mu: number;
  /** Population standard deviation, the one of maximum likelihood. */
  readonly sigma: number;
}

export interface LaplaceFit extends Likelihood {
  readonly kind: 'laplace';
  /** Median. */
  readonly mu: number;
  /** Mean distance from the median: the standard deviation over sqrt(2). */
  readonly b: number;
}

/** Density gamma((nu + 1) / 2) / (gamma(nu / 2) sqrt(pi nu) sigma) (1 + ((x - mu) / sigma)^2 / nu)^(-(nu + 1) / 2). */
export interface StudentTFit extends Likelihood {
  readonly kind: 'student_t';
  readonly mu: number;
  /** Scale, not standard deviation: that is sigma sqrt(nu / (nu - 2)), and infinite for nu of at most 2. */
  readonly sigma: number;
  readonly nu: number;
  /** Standard errors of weights that do follow a Student t; real weights do so only nearly. */
  readonly muSe: number;
  readonly sigmaSe: number;
  readonly nuSe: number;
  /** The 95 % interval of nu, made of that of 1 / nu, in which the likelihood is nearly quadratic. `high` is Infinity where it holds the normal. */
  readonly nuInterval: { readonly low: number; readonly high: number };
  /** Whether the likelihood still grew where nu was stopped. */
  readonly nuBound: Bound;
  /** True where the likelihood ratio test at 5 % cannot tell the weights from normal ones; nu then says little more than that it is large. */
  readonly asGoodAsNormal: boolean;
}

/** Density beta / (2 alpha gamma(1 / beta)) exp(-|(x - mu) / alpha|^beta): Laplace at beta = 1, normal at 2, uniform at infinity. */
export interface GeneralisedGaussianFit extends Likelihood {
  readonly kind: 'generalised_gaussian';
  readonly mu: number;
  readonly alpha: number;
  readonly beta: number;
  readonly betaBound: Bound;
}

/** Which bound of its range stopped a parameter. */
export type Bound = 'none' | 'low' | 'high';

export const noFit = (reason: string): NoFit => ({ kind: 'none', reason });
