import type { Interval } from './bootstrap.ts';
import { qualityMeasures } from './quality.ts';
import type { QualityReport } from './qualityReport.ts';

/** What a format does to a model tensor by tensor, without the sums that it was worked out from. Plain data. */
export interface TensorEffects {
  /** Targets that the model predicted, each time. */
  readonly nTokens: number;
  /** How many tensors there are; more than `effects` has while they are measured. */
  readonly nTensors: number;
  /** With all of them quantized. */
  readonly all: LossEffect;
  /** Those that are measured, in the order of the model. */
  readonly effects: readonly TensorEffect[];
}

export interface TensorEffect {
  readonly tensor: string;
  /** Weights in it: what has its name and another size is another tensor. */
  readonly n: number;
  /** With this tensor quantized, and no other. */
  readonly alone: LossEffect;
  /** What leaving it as it is saves where all others are quantized. */
  readonly saved: LossEffect;
}

/** What quantization adds, in nats per token. */
export interface LossEffect {
  /** To the loss. */
  readonly loss: number;
  /** Of 95 %; undefined where the text is but one unit. */
  readonly interval: Interval | undefined;
  /** How far the predictions are from those of the unquantized model. */
  readonly divergence: number;
}

/** What quantization adds to the loss, in nats per token. */
export const lossChange = ({ total }: QualityReport): number => qualityMeasures.lossChange(total);

/** How far the predictions are from those of the unquantized model, in nats per token. */
export const divergence = ({ total }: QualityReport): number => qualityMeasures.divergence(total);

/** What a report says of the loss. */
export const lossEffect = (report: QualityReport): LossEffect => ({
  loss: lossChange(report),
  interval: report.intervals.lossChange,
  divergence: divergence(report),
});

/**
 * What leaving one tensor as it is saves, of the reports with all and with all but this one quantized.
 * @param interval Of the difference; see `differenceInterval`.
 */
export const savedEffect = (all: QualityReport, allBut: QualityReport, interval: Interval | undefined): LossEffect => ({
  loss: lossChange(all) - lossChange(allBut),
  interval,
  divergence: divergence(all) - divergence(allBut),
});
