import type { Problem } from '../fit/moments.ts';
import type { ScaledOptimum } from '../fit/optimumUnder.ts';
import type { LevelsAsked } from '../fit/scaleFrame.ts';
import type { SpareAsked, SpareGains } from '../fit/spareGains.ts';
import type { Codebook } from '../format/codebook.ts';
import type { AreaEffort } from '../hardware/areaDesigns.ts';
import type { AreaReport } from '../hardware/areaReport.ts';
import type { Shape } from '../measure/fit/fitShape.ts';
import type { WeightsFit } from '../measure/fit/fitWeights.ts';
import type { InspectedModel } from '../model/description.ts';
import type { Preparation } from '../model/preparation.ts';
import type { QualityReport } from '../model/qualityReport.ts';
import type { TensorEffects } from '../model/tensorEffects.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { QuantizationJob } from '../quantize/stream.ts';
import { codebookKey, modelKey, ruleKey, weightsKey } from './evaluationKey.ts';
import type { MeasureRequest, ModelSpec, NamedHardware, WeightsSpec } from './spec.ts';

/** Weights, and how many times an error on them counts. */
export interface WeighedWeights {
  readonly weights: WeightsSpec;
  readonly times: number;
}

/** Something that only weights or a synthesis can tell, and that a spec or what is shown of it rests on. */
export type FactRequest = WeightsRequest | AreaRequest | LanguageModelRequest;

/** What only a language model can tell. */
export type LanguageModelRequest = ModelRequest | QualityRequest | SensitivityRequest;

/** What only weights can tell. */
export type WeightsRequest = OptimumRequest | SpareRequest | FitsRequest | DistanceRequest | QuantilesRequest;

/** The levels with the least error under a scale. */
export interface OptimumRequest {
  readonly kind: 'optimum';
  readonly on: readonly WeighedWeights[];
  readonly rule: ScaleRule;
  readonly asked: LevelsAsked;
}

/** What one more level does for a codebook under a scale: for each of the candidates, and for the best one between the outermost levels. */
export interface SpareRequest {
  readonly kind: 'spare';
  readonly weights: WeightsSpec;
  readonly asked: SpareAsked;
}

/** The distribution of every tensor, raw. */
export interface FitsRequest {
  readonly kind: 'fits';
  readonly weights: WeightsSpec;
}

/** How far the tensors are from a distribution of any location and scale. */
export interface DistanceRequest {
  readonly kind: 'distance';
  readonly weights: WeightsSpec;
  readonly shape: Shape;
}

/** The quantiles of all weights together, each tensor divided by its root mean square. */
export interface QuantilesRequest {
  readonly kind: 'quantiles';
  readonly weights: WeightsSpec;
}

/** What a codebook costs on hardware. */
export interface AreaRequest {
  readonly kind: 'area';
  readonly codebook: Codebook;
  readonly hardware: NamedHardware;
  readonly effort: AreaEffort;
}

/** What a linked language model is, and what is wrong with it. */
export interface ModelRequest {
  readonly kind: 'model';
  readonly model: ModelSpec;
}

/** How a language model predicts its text with quantized weights, and where asked with quantized inputs of its linear layers. */
export interface QualityRequest {
  readonly kind: 'quality';
  readonly model: ModelSpec;
  readonly weights: QuantizationJob;
  /** Undefined where they stay as they are. */
  readonly activations: QuantizationJob | undefined;
  readonly preparation: Preparation;
}

/** What quantizing single linear layers of a language model does to its predictions: as the quality that is asked for, of one tensor at a time. */
export interface SensitivityRequest {
  readonly kind: 'sensitivity';
  readonly quality: QualityRequest;
}

/** What is found, by the kind of the request; or why it cannot be. */
export interface FactOf {
  readonly optimum: ScaledOptimum;
  readonly spare: SpareGains;
  readonly fits: TensorFits;
  readonly distance: Distances;
  readonly quantiles: { readonly quantiles: Float64Array };
  readonly area: AreaReport;
  readonly model: InspectedModel;
  readonly quality: QualityReport;
  readonly sensitivity: TensorEffects;
}

export type Fact = FactOf[keyof FactOf] | Problem;

export interface TensorFits {
  /** In file order. */
  readonly tensors: readonly { readonly name: string; readonly fit: WeightsFit }[];
}

export interface Distances {
  /** The Kolmogorov-Smirnov distance of each tensor that has a spread, in file order. */
  readonly distances: readonly number[];
}

/** Two requests with one key have one answer, as long as the files do not change. */
export function factKey(request: FactRequest): string {
  switch (request.kind) {
    case 'optimum': {
      const { on, rule, asked } = request;
      return JSON.stringify(['optimum', on.map(({ weights, times }) => [weightsKey(weights), times]), ruleKey(rule), askedKey(asked)]);
    }
    case 'spare': {
      const { rule, codebook, candidates } = request.asked;
      return JSON.stringify(['spare', weightsKey(request.weights), ruleKey(rule), codebookKey(codebook), candidates]);
    }
    case 'area': {
      const { codebook, hardware, effort } = request;
      return JSON.stringify(['area', effort, codebookKey(codebook), hardware.spec, hardware.libertyFrom?.uri]);
    }
    case 'model':
      return JSON.stringify(['model', modelKey(request.model)]);
    case 'quality': {
      const { model, weights, activations, preparation } = request;
      return JSON.stringify(['quality', modelKey(model), jobKey(weights), activations && jobKey(activations), preparation]);
    }
    case 'sensitivity':
      return JSON.stringify(['sensitivity', factKey(request.quality)]);
    case 'distance':
      return JSON.stringify(['distance', weightsKey(request.weights), request.shape]);
    default:
      return JSON.stringify([request.kind, weightsKey(request.weights)]);
  }
}

const jobKey = ({ codebook, rule }: QuantizationJob): readonly string[] => [codebookKey(codebook), ruleKey(rule)];

const askedKey = ({ bits, measure, zero, symmetric, pin, grid }: LevelsAsked): readonly unknown[] => [
  bits,
  measure,
  zero,
  symmetric,
  pin,
  grid,
];

/** The weights that a request is about. */
export const weightsOf = (request: WeightsRequest): readonly WeightsSpec[] =>
  request.kind === 'optimum' ? request.on.map(({ weights }) => weights) : [request.weights];

/** What is known of a measure; undefined until it is measured. */
export type Measured = (request: MeasureRequest) => number | undefined;

/** All that an analysis may draw on besides the text: what was found out so far about weights, and about areas. */
export interface KnownOfWeights {
  readonly measured: Measured;
  /** By {@link factKey}. */
  readonly facts: ReadonlyMap<string, Fact>;
}

export const nothingKnown: KnownOfWeights = { measured: () => undefined, facts: new Map() };

/** What is known of a request; undefined until it is found out. */
export const factOf = <R extends FactRequest>(request: R, facts: KnownOfWeights['facts']): FactOf[R['kind']] | Problem | undefined =>
  facts.get(factKey(request)) as FactOf[R['kind']] | Problem | undefined;
