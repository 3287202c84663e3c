import type { Engine } from './engine.ts';
import type { TextWindow } from './windows.ts';

/** How a model predicts the targets of a window, beside the model it was made of. Sums of disjoint parts add up. */
export interface QualitySums {
  /** Targets. */
  readonly n: number;
  /** Sum of the negative log-likelihoods of the targets, in nats. */
  readonly loss: number;
  /** The same of the unquantized model. */
  readonly plainLoss: number;
  /** Sum of the Kullback-Leibler divergences of this model's predictions from the unquantized model's, KL(unquantized || this), in nats. */
  readonly divergence: number;
  /** Targets for which both models have the same most probable token; of equal logits the first counts. */
  readonly nAgreed: number;
}

/** The measures, each of sums over any part of a text. */
export const qualityMeasures = {
  /** Mean negative log-likelihood per token, in nats. */
  loss: ({ loss, n }) => loss / n,
  /** e to the loss, per token. */
  perplexity: ({ loss, n }) => Math.exp(loss / n),
  /** Difference of the losses per token, in nats; positive where quantization harms. */
  lossChange: ({ loss, plainLoss, n }) => (loss - plainLoss) / n,
  /** Perplexity less that of the unquantized model. */
  perplexityChange: ({ loss, plainLoss, n }) => Math.exp(loss / n) - Math.exp(plainLoss / n),
  /** Mean divergence per token, in nats. */
  divergence: ({ divergence, n }) => divergence / n,
  /** Share of tokens that both models think most probable. */
  agreement: ({ nAgreed, n }) => nAgreed / n,
} satisfies Readonly<Record<string, (sums: QualitySums) => number>>;

/** The sums of all parts, added in their order. */
export const totalQuality = (parts: readonly QualitySums[]): QualitySums =>
  parts.reduce(
    (total, part) => ({
      n: total.n + part.n,
      loss: total.loss + part.loss,
      plainLoss: total.plainLoss + part.plainLoss,
      divergence: total.divergence + part.divergence,
      nAgreed: total.nAgreed + part.nAgreed,
    }),
    { n: 0, loss: 0, plainLoss: 0, divergence: 0, nAgreed: 0 },
  );

/** What the unquantized model says of a window, to be compared with. */
export interface PlainPredictions {
  /** [position][token]. */
  readonly logits: Float32Array;
}

/** Takes float32 logits, inputs x tokens of the model. Aborts between layers. */
export function plainPredictions(engine: Engine, { inputs }: TextWindow, signal?: { readonly aborted: boolean }): PlainPredictions {
  let logits = new Float32Array(0);
  engine.run(
    inputs,
    (position, row) => {
      if (position === 0) logits = new Float32Array(inputs.length * row.length);
      logits.set(row, position * row.length);
    },
    signal,
  );
  return { logits };
}

/**
 * Runs a model on a window and compares its predictions with the unquantized model's. Probabilities are float64, summed in the order of the
 * tokens. Or a fault, where a logit is not finite: then there is nothing to measure.
 */
export function qualityOn(
  engine: Engine,
  { inputs, targets }: TextWindow,
  plain: PlainPredictions,
  signal?: { readonly aborted: boolean },
): QualitySums | { readonly fault: string } {
  let [loss, plainLoss, divergence, nAgreed] = [0, 0, 0, 0];
  let fault: string | undefined;
  engine.run(
    inputs,
    (position, logits) => {
      const unquantized = plain.logits.subarray(position * logits.length, (position + 1) * logits.length);
      const own = logSumExp(logits);
      const other = logSumExp(unquantized);
      if (Number.isNaN(own) || Number.isNaN(other))
        fault ??= `The logits of position ${position} are not finite: values inside the model leave the range of float32`;
      const target = targets[position]!;
      if (!(target < logits.length))
        throw new RangeError(`Target ${position} is ${target}; the model has the tokens 0 to ${logits.length - 1}`);
      loss += own - logits[target]!;
      plainLoss += other - unquantized[target]!;
      divergence += divergenceOf(unquantized, other, logits, own);
      if (mostProbable(logits) === mostProbable(unquantized)) nAgreed++;
    },
    signal,
  );
  return fault === undefined ? { n: inputs.length, loss, plainLoss, divergence, nAgreed } : { fault };
}

/** Sum over tokens of p ln(p / q), where ln p = a - sumA and ln q = b - sumB. */
function divergenceOf(a: Float32Array, sumA: number, b: Float32Array, sumB: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const logP = a[i]! - sumA;
    sum += Math.exp(logP) * (logP - (b[i]! - sumB));
  }
  // Never negative but by rounding.
  return Math.max(0, sum);
}

/** ln of the sum of e^x; NaN where an x is not finite. */
function logSumExp(x: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) return Number.NaN;
    if (x[i]! > most) most = x[i]!;
  }
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i]! - most);
  return most + Math.log(sum);
}

function mostProbable(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}
