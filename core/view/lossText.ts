import type { LossEffect, TensorEffect } from '../model/tensorEffects.ts';

/** Nats as thousandths, with two decimals: text decides no more of them. */
export const thousandths = (nats: number): string => (1000 * nats).toFixed(2);

/** A change of the loss in thousandths of a nat, with its interval where there is one. */
export const lossText = ({ loss, interval }: Pick<LossEffect, 'loss' | 'interval'>): string =>
  interval ? `${thousandths(loss)} (${thousandths(interval.low)} to ${thousandths(interval.high)})` : thousandths(loss);

/** All that is known of one tensor in a format, in thousandths of a nat. */
export const effectText = ({ alone, saved }: Pick<TensorEffect, 'alone' | 'saved'>): string =>
  [
    `quantized alone it changes the loss by ${lossText(alone)}`,
    `divergence ${thousandths(alone.divergence)}`,
    `left as it is where all others are quantized it saves ${lossText(saved)}`,
  ].join('; ');
