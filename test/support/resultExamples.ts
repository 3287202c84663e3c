import { evaluationsOf, type Results } from '../../core/ide/known.ts';
import { type Problems, resultFindings } from '../../core/ide/resultFindings.ts';
import type { Analysis } from '../../core/lang/analysis.ts';
import { evaluationKey, weightsKey } from '../../core/lang/evaluationKey.ts';
import type { Finding, FindingCode } from '../../core/lang/finding.ts';
import { errorSums } from '../../core/measure/errorSums.ts';
import { quantize } from '../../core/quantize/reference.ts';
import type { WeightProblem } from '../../core/weights/tensor.ts';
import { analysed } from './analysed.ts';
import { areaReport, withAreas } from './areaExamples.ts';
import { evaluatedOnModel, report, withModels } from './modelExamples.ts';

/** A comparison of two formats on one tensor; the first has less error and, by its larger blocks, fewer bits. */
export const compared = (): Analysis =>
  analysed(`use std.paper
weights model = "model.safetensors"
scale wide { block = 64, axis = last, anchor = max_level }
scale narrow extends wide { block = 4, type = fp32 }
format Fine { bits = 5, levels = int(), scale = wide }
format Coarse { bits = 5, levels = [-16..15] * 100, scale = { block = 2, axis = last, anchor = clip(1 %), type = fp32 } }
compare both {
  formats = [Fine, Coarse]
  on      = model
}
assert sqnr(Fine, on: model) >= 10 dB
`);

/** Everything that a spec asks for, measured on one tensor. */
export function measuredOn(analysis: Analysis, weights: Float32Array): Results {
  return new Map(
    evaluationsOf(analysis).map((evaluation) => {
      const { format, scale } = evaluation;
      const shape = [1, weights.length];
      const sums = errorSums(weights, shape, quantize(weights, shape, format.codebook, scale.rule));
      return [
        evaluationKey(evaluation),
        { tensors: [{ name: 'only', file: 'model.safetensors', sums, noiseBound: 0 }], total: sums, noiseBound: 0, estimates: undefined },
      ];
    }),
  );
}

/** A tensor like those of models: a smooth bell. */
export const bell: Float32Array = Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * 12.9898) * Math.sin(i * 4.1414) * Math.sin(i));

/** A comparison on hardware with a budget. */
const budgeted = `use std.paper
weights model = "model.safetensors"
scale s { block = 64, axis = last, anchor = max_level }
hardware asic { cells = nangate45, budget = 250 um2 }
compare c { formats = E2M1, on = model, scale = s, hardware = asic }
`;

/** For each finding that is found only when weights are read, the findings of an example. */
export const resultCodes: ReadonlyMap<FindingCode, () => Finding[]> = new Map([
  ...(['weights.missing', 'weights.unreadable', 'weights.no-tensor-matches'] as const).map(
    (code) => [code, () => problem({ code, file: 'model.safetensors', tensor: undefined, message: 'as the reader says it' })] as const,
  ),
  ...(['model.missing', 'model.unreadable', 'model.no-layer-matches'] as const).map(
    (code) =>
      [
        code,
        () => [...withModels(evaluatedOnModel, () => report(), [{ code, about: 'path', message: 'as it is said' }]).findings],
      ] as const,
  ),
  ['weights.non-finite', () => measured(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2))] as const,
  ['error.dominated', () => measured(bell)] as const,
  ['hardware.not-synthesised', () => [...withAreas(budgeted, () => ({ problem: 'Yosys is not here' })).findings]] as const,
  ['area.budget', () => [...withAreas(budgeted, () => areaReport(300)).findings]] as const,
]);

function problem(found: WeightProblem): Finding[] {
  const analysis = compared();
  const problems: Problems = new Map([...analysis.weights.values()].map((weights) => [weightsKey(weights), [found]]));
  return resultFindings(analysis, new Map(), problems);
}

function measured(weights: Float32Array): Finding[] {
  const analysis = compared();
  return resultFindings(analysis, measuredOn(analysis, weights), new Map());
}
