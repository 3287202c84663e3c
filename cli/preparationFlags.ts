import type { Preparation, Smoothing } from '../core/model/preparation.ts';
import { unprepared, usualGptq } from '../core/model/preparation.ts';
import { Failure } from './output.ts';

/** The options that say what is done to a model beyond rounding to nearest, as they come from the command line. */
export interface PreparationFlags {
  readonly smooth?: string;
  readonly gptq?: true;
}

/** What is done to a model before and while its weights are rounded, or a failure with what is wrong with an option. */
export const preparationAsked = ({ smooth, gptq }: PreparationFlags): Preparation => ({
  smoothing: smooth === undefined ? unprepared.smoothing : smoothingOf(smooth),
  gptq: gptq ? usualGptq : unprepared.gptq,
});

function smoothingOf(text: string): Smoothing {
  const [, number, all] = /^(\d(?:\.\d{1,9})?)(:all)?$/.exec(text) ?? [];
  const alpha = Number(number);
  if (alpha >= 0 && alpha <= 1) return { alpha, inputs: all ? 'all' : 'norms' };
  throw new Failure(`--smooth is a number from 0 to 1, as 0.5, or 0.5:all for all linear layers, not ${JSON.stringify(text)}`, 2);
}

/** In words, for titles; none where weights are only rounded. */
export const preparationText = ({ smoothing, gptq }: Preparation): readonly string[] => [
  ...(smoothing ? [`SmoothQuant ${smoothing.alpha}${smoothing.inputs === 'all' ? ' of all inputs' : ''}`] : []),
  ...(gptq ? ['GPTQ'] : []),
];
