import type { Codebook } from '../format/codebook.ts';
import type { Arithmetic } from '../numeric/arithmetic.ts';

/** How a block of weights is normalised. Plain data, safe to post to a worker. Nothing is implied: every field is given. */
export interface ScaleRule {
  /** Consecutive weights that share a scale: a count along `axis`, `channel` (one scale per line along `axis`) or the whole `tensor`. */
  readonly block: number | 'channel' | 'tensor';
  /** `last`: blocks stay inside a row (last dimension); `first`: blocks run down a column; `flat`: blocks run across rows in storage order. */
  readonly axis: 'last' | 'first' | 'flat';
  readonly anchor: Anchor;
  /** How a scale is stored. */
  readonly type: ScaleType;
  /** How a scale is rounded to `type`. For `max_power`, also how the power of two of absmax is taken. */
  readonly rounding: ScaleRounding;
  /** The scale of the scales, where they have one. */
  readonly second: SecondScale | undefined;
}

/** What a tensor is quantized in: float64 where a scale of either level is, so that it can be compared with references in float64. */
export const arithmeticOf = ({ type, second }: ScaleRule): Arithmetic =>
  isFp64(type) || (second && isFp64(second.type)) ? 'float64' : 'float32';

const isFp64 = (type: ScaleType): boolean => type.kind === 'float' && type.name === 'fp64';

export type ScaleRounding = 'nearest' | 'floor' | 'ceil' | 'even';

/** What fills the codebook. */
export type Anchor =
  /** absmax onto the largest level magnitude. */
  | { readonly kind: 'absmax' }
  /** absmax onto the largest positive level: what the paper's reference code does. */
  | { readonly kind: 'max_level' }
  /** The power of two of absmax, taken by `rounding`, onto the largest power of two among the levels: the OCP MX rule. */
  | { readonly kind: 'max_power' }
  /** The weight of largest magnitude, with its sign, onto the level of largest magnitude; the scale may be negative. */
  | { readonly kind: 'signed_max' }
  /** Affine: [min(w, 0), max(w, 0)] onto [lowest level, highest level], with an integer zero point. */
  | { readonly kind: 'minmax' }
  /** absmax onto each target in turn, keeping the one with the least error in the block; the first wins ties. */
  | { readonly kind: 'best_of'; readonly targets: readonly number[]; readonly choose: 'mse' | 'mae' | 'max_error' }
  /** `of`, times each ratio 1, 1 - 1/grid, ... above 1 - shrink, keeping the one with the least squared error; the larger ratio wins ties. */
  | {
      readonly kind: 'mse';
      readonly of: 'absmax' | 'max_level';
      readonly grid: number;
      readonly shrink: number;
      readonly per: 'block' | 'tensor';
    }
  /** `of`, times a fixed fraction. */
  | { readonly kind: 'clip'; readonly of: 'absmax' | 'max_level'; readonly fraction: number };

/** A number type that scales are stored in: a float by its fields, a power of two, an integer, or a declared format. */
export type ScaleType =
  | { readonly kind: 'float'; readonly name: 'fp64' | 'fp32' | 'fp16' | 'bf16' | 'e4m3' | 'e5m2' | 'ue4m3' }
  | { readonly kind: 'e8m0'; readonly name: 'e8m0' }
  | { readonly kind: 'int'; readonly name: string; readonly bits: number }
  | { readonly kind: 'format'; readonly name: string; readonly codebook: Codebook };

/** A second-level scale: the stored first-level scale is type((scale - offset) / second), and is used as stored x second + offset. */
export interface SecondScale {
  /** First-level scales that share a second-level one. */
  readonly block: number | 'tensor';
  readonly type: ScaleType;
  readonly rounding: ScaleRounding;
  /** `mean`: the mean of all first-level scales of the tensor is subtracted first (QLoRA's double quantisation). */
  readonly offset: 'none' | 'mean';
  /** What the largest first-level scale is mapped onto: the largest value of the first-level type unless given (256 in four-over-six). */
  readonly largest: number | undefined;
}
