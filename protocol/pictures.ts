// What a panel draws: types only, plain data only, safe in JSON, which has neither infinities nor NaN nor typed arrays: null stands for those.
import type { DesignAxis, Figures } from '../core/view/designAxes.ts';
import type { Interval } from '../core/view/pareto.ts';
import type { Place } from './messages.ts';

/** The pictures of a panel, each under a tab. The table of results comes with {@link Results}, not as a picture. */
export type PictureName = 'pareto' | 'distribution' | 'formats' | 'tensors';

/** Which picture a panel wants; what it leaves open is null, and the answer says what was taken. */
export interface PictureWish {
  readonly picture: PictureName;
  /** The key of a {@link PictureGroup}; null: the first. */
  readonly group: string | null;
  /** Of the distribution: a tensor by its key; null: all of the group's weights. */
  readonly tensor: string | null;
  /** Of the Pareto front: the library whose formats stand behind, as `std.paper`; null: none. */
  readonly backdrop: string | null;
}

/** Formats that are worth comparing with one another: of one comparison, on the same weights. */
export interface PictureGroup {
  /** Tells it from the others, in this version of the text and in the next. */
  readonly key: string;
  readonly title: string;
}

/** What is drawn, of one version of a document. */
export interface PictureAnswer {
  readonly uri: string;
  readonly version: number;
  /** The wish, with every choice made. */
  readonly wish: PictureWish;
  readonly groups: readonly PictureGroup[];
  /** Null where there is none yet; `notes` say why. */
  readonly data: PictureData | null;
  /** What has to be said beside the picture, each a sentence without its full stop: why a format has no point, what an estimate is. */
  readonly notes: readonly string[];
  /** Of a picture that may be large: what it is asked for with when it may have changed. */
  readonly stamp?: number;
}

export type PictureData = ParetoData | DistributionData | FormatsData | TensorsData;

export interface ParetoData {
  readonly picture: 'pareto';
  readonly designs: readonly PlainDesign[];
  /** The axes that any design has a figure of, in the order of a menu. */
  readonly axes: readonly DesignAxis[];
  /** Libraries that can stand behind. */
  readonly backdrops: readonly string[];
}

/** A design of core/view/pareto.ts. */
export interface PlainDesign {
  readonly key: string;
  /** The format's name, to ask for its place by. */
  readonly name: string;
  readonly series: string;
  readonly origin: 'measured' | 'published' | 'backdrop';
  /** Of a published one, the series whose error it shows; else null. */
  readonly errorOf: string | null;
  readonly figures: Figures;
  readonly intervals: Readonly<Partial<Record<DesignAxis, Interval>>>;
}

export interface DistributionData {
  readonly picture: 'distribution';
  /** Tensors to choose from, at most a thousand; `nTensors` is how many there are. */
  readonly tensors: readonly { readonly key: string; readonly label: string }[];
  readonly nTensors: number;
  readonly subject: string;
  readonly normalisedBy: string;
  readonly n: number;
  readonly nNonFinite: number;
  readonly bins: readonly PlainBin[];
  readonly curves: readonly PlainCurve[];
  readonly formats: readonly PlainPlacedFormat[];
}

export interface PlainBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** As a curve of core/view/distribution.ts. */
export interface PlainCurve {
  readonly kind: 'normal' | 'student_t';
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly count: number }[];
  readonly quantiles: readonly { readonly share: number; readonly expected: number; readonly observed: number }[];
}

export interface PlainPlacedFormat {
  readonly name: string;
  /** As the text has it. */
  readonly format: string;
  readonly label: string;
  readonly nsr: number | null;
  readonly intervals: readonly PlainInterval[];
}

export interface PlainInterval {
  readonly code: number;
  readonly level: number;
  /** Where it lies among the normalised weights. */
  readonly at: number;
  /** Null at the ends, where nothing bounds it. */
  readonly from: number | null;
  readonly to: number | null;
  readonly count: number;
  readonly nsr: number;
}

export interface FormatsData {
  readonly picture: 'formats';
  readonly formats: readonly PlainFormat[];
}

export interface PlainFormat {
  readonly name: string;
  readonly label: string;
  readonly bits: number;
  readonly ties: 'lower' | 'upper' | 'even' | 'away' | 'zero';
  /** By code; null where a code has no level. */
  readonly levels: readonly (number | null)[];
  /** By code, shares of the weights; null where nothing is measured. */
  readonly usage: readonly number[] | null;
  /** By code: where the number stands that a drag of this level changes; null where it is computed, or in another file. */
  readonly places: readonly (Place | null)[];
  /** By code: the least that the number there changes by, as it keeps its decimals; null where `places` has none. */
  readonly steps: readonly (number | null)[];
  /** What belongs beside it, as its SQNR and area, already as text. */
  readonly figures: readonly string[];
}

export interface TensorsData {
  readonly picture: 'tensors';
  readonly formats: readonly string[];
  readonly tensors: readonly PlainTensor[];
  /** By format and tensor, what the format does to a language model; null where nothing is known of the format, or of the tensor. */
  readonly effects: readonly (readonly (PlainEffect | null)[] | null)[];
}

/** What a format does to a language model by one tensor. */
export interface PlainEffect {
  /** With that tensor quantized, and no other. */
  readonly alone: PlainLoss;
  /** What leaving it as it is saves where all others are quantized. */
  readonly saved: PlainLoss;
}

/** In nats per token. */
export interface PlainLoss {
  readonly loss: number;
  /** Of 95 %; null where the text is but one unit. */
  readonly interval: Interval | null;
  readonly divergence: number;
}

export interface PlainTensor {
  /** To wish for its distribution by. */
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly n: number;
  /** Degrees of freedom of the fitted Student t: null where it was not fitted, `normal` where it is as good as normal. */
  readonly nu: number | 'normal' | null;
  /** By format, in dB; null where it was not measured, `lossless` where nothing was lost. */
  readonly sqnr: readonly (number | 'lossless' | null)[];
}
