import { unprepared } from '../model/preparation.ts';
import { qualityMeasures } from '../model/quality.ts';
import { isWhole, type QualityMeasure } from '../model/qualityReport.ts';
import type { QuantizationJob } from '../quantize/stream.ts';
import { argumentOf, type Bound, mismatch } from './call.ts';
import type { QualityRequest } from './facts.ts';
import { activationsIn, modelSpec } from './model.ts';
import { known } from './scope.ts';
import type { Activations, FormatSpec, ModelSpec, NamedScale } from './spec.ts';
import { number, unknown, type Value } from './value.ts';

/** The measures of a language model by the names that the language gives them. */
const measures: Readonly<Record<string, QualityMeasure>> = {
  perplexity: 'perplexity',
  perplexity_change: 'perplexityChange',
  loss_change: 'lossChange',
  divergence: 'divergence',
  agreement: 'agreement',
};

export const isModelMeasure = (name: string): boolean => Object.hasOwn(measures, name);

/** The request for the quality of a model in a format. Assertions, comparisons and the editor ask for the same one. */
export function qualityRequest(
  { codebook }: Pick<FormatSpec, 'codebook'>,
  { rule }: Pick<NamedScale, 'rule'>,
  model: ModelSpec,
  activations: Activations,
): QualityRequest {
  const weights: QuantizationJob = { codebook, rule };
  return { kind: 'quality', model, weights, activations: inputsOf(weights, activations), preparation: unprepared };
}

/** A format of its own keeps its own scale; without one it is scaled as the weights are. */
function inputsOf(weights: QuantizationJob, activations: Activations): QuantizationJob | undefined {
  if (activations === 'none') return undefined;
  if (activations === 'same') return weights;
  return { codebook: activations.codebook, rule: activations.scale?.rule ?? weights.rule };
}

/** What a measure of a language model means: a number, or a request for an evaluation. Part of a text decides nothing. */
export function modelMeasure(format: FormatSpec, scale: NamedScale, bound: Bound): Value {
  const model = modelOf(bound);
  const activations = model && activationsFor(model, bound);
  if (!activations) return unknown;
  const found = known(bound.scope, qualityRequest(format, scale, model, activations));
  if (!found || 'problem' in found || !isWhole(found)) return { kind: 'pending', unit: bound.routine.unit! };
  return number(qualityMeasures[measures[bound.routine.name]!](found.total), bound.routine.unit!);
}

function modelOf(bound: Bound): ModelSpec | undefined {
  const value = argumentOf(bound, 'on')!;
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'model')
    return modelSpec(value.symbol, bound.scope, bound.given.get('on'));
  mismatch(bound, 'on', 'the name of a language model', value);
  return undefined;
}

function activationsFor(model: ModelSpec, bound: Bound): Activations | undefined {
  const value = argumentOf(bound, 'activations');
  if (!value) return model.activations;
  return activationsIn(value, bound.given.get('activations')!, bound.scope);
}
