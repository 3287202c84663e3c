import type { Cells } from '../histogram16.ts';
import type { Fit, GeneralisedGaussianFit, LaplaceFit, NoFit, NormalFit, StudentTFit } from './fit.ts';
import { fitGeneralisedGaussian } from './fitGeneralisedGaussian.ts';
import { fitLaplace } from './fitLaplace.ts';
import { fitNormal } from './fitNormal.ts';
import { fitStudentT } from './fitStudentT.ts';
import { type KsDistance, ksOfFit } from './kolmogorovSmirnov.ts';
import { type Moments, moments } from './moments.ts';
import type { Normalisation } from './normalisation.ts';

/** The distribution of the weights of a tensor: every fit, and how far the weights are from it. */
export interface WeightsFit {
  /** What the weights were divided by; the fits are of the quotients. */
  readonly normalisation: Normalisation;
  /** Finite weights. */
  readonly n: number;
  readonly nNonFinite: number;
  readonly moments: Moments | NoFit;
  readonly studentT: WithDistance<StudentTFit>;
  readonly normal: WithDistance<NormalFit>;
  readonly laplace: WithDistance<LaplaceFit>;
  readonly generalisedGaussian: WithDistance<GeneralisedGaussianFit>;
  /** The paper's KS-Delta: distance to the normal less distance to the Student t, positive where the t fits better. Undefined without both. */
  readonly ksDelta: number | undefined;
}

/** A fit and its Kolmogorov-Smirnov distance, which is there if the fit is. */
export type WithDistance<F extends Fit> = { readonly fit: F; readonly ks: KsDistance } | { readonly fit: NoFit; readonly ks: undefined };

/** All there is to say of the weights that `cells` count, which were normalised as said. */
export function fitWeights(cells: Cells, normalisation: Normalisation): WeightsFit {
  const withDistance = <F extends Fit>(fit: F | NoFit): WithDistance<F> =>
    fit.kind === 'none' ? { fit, ks: undefined } : { fit, ks: ksOfFit(cells, fit) };
  const studentT = withDistance(fitStudentT(cells));
  const normal = withDistance(fitNormal(cells));
  return {
    normalisation,
    n: cells.n,
    nNonFinite: cells.nNonFinite,
    moments: moments(cells),
    studentT,
    normal,
    laplace: withDistance(fitLaplace(cells)),
    generalisedGaussian: withDistance(fitGeneralisedGaussian(cells)),
    ksDelta: normal.ks && studentT.ks ? normal.ks.distance - studentT.ks.distance : undefined,
  };
}
