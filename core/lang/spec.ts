import type { Codebook } from '../format/codebook.ts';
import type { LevelTable } from '../format/construct/levelTable.ts';
import type { HardwareSpec } from '../hardware/areaReport.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { Span } from '../syntax/tree.ts';
import type { Declared, Module } from './module.ts';
import type { Unit } from './unit.ts';

/** A format worked out: what each code decodes to, and its scale where it has one. */
export interface FormatSpec {
  /** As a table shows it: `E2M1`, `SF(5)`. */
  readonly name: string;
  readonly symbol: Declared;
  readonly bits: number;
  readonly table: LevelTable;
  readonly codebook: Codebook;
  readonly scale: NamedScale | undefined;
}

export interface NamedScale {
  /** The name of its declaration, or of the format it belongs to. */
  readonly name: string;
  readonly rule: ScaleRule;
}

/** Linked tensor files. */
export interface WeightsSpec {
  readonly name: string;
  readonly symbol: Declared;
  /** Paths and globs, as written; relative to the file at `symbol.module.uri`. */
  readonly paths: readonly string[];
  /** Where they are written, for findings about them. */
  readonly at: Span;
  /** Patterns of tensor names; undefined takes all. */
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[];
}

/** A language model and the text that formats are measured on with it. Paths are as written; relative to the file at `symbol.module.uri`. */
export interface ModelSpec extends Linked {
  readonly name: string;
  /** A folder, or a safetensors file. */
  readonly path: string;
  /** Undefined for `config.json` beside it. */
  readonly config: string | undefined;
  /** Undefined for the one that lies beside it. */
  readonly tokenizer: string | undefined;
  /** Paths and globs; undefined for `held*.txt` beside it. */
  readonly text: readonly string[] | undefined;
  /** What stands between the documents of a file; undefined where a file is one. */
  readonly separator: string | undefined;
  /** Targets; infinite for the whole text. */
  readonly tokens: number;
  /** Tokens of a window; undefined for the context of the model. */
  readonly window: number | undefined;
  /** Patterns of names of linear layers; undefined takes all. */
  readonly quantize: readonly string[] | undefined;
  readonly keep: readonly string[];
  /** What holds where a measure does not say. */
  readonly activations: Activations;
}

/** What the inputs of quantized layers become: nothing else, what the weights become, or a format of their own. */
export type Activations = 'none' | 'same' | FormatSpec;

/** What is synthesised, worked out. */
export interface NamedHardware {
  readonly name: string;
  readonly symbol: Declared;
  /** `cells` as written. */
  readonly spec: HardwareSpec;
  /** Where `cells` is the path of a Liberty file, the file that it is relative to. */
  readonly libertyFrom: Module | undefined;
  /** The most area that a format may take; undefined where none is said. */
  readonly budget: Budget | undefined;
}

export interface Budget {
  readonly value: number;
  readonly unit: 'um2' | 'GE';
}

/** Something that names files: their paths start at the file that it is written in. */
export interface Linked {
  readonly symbol: { readonly module: Pick<Module, 'uri'> };
}

/** One thing to compute: the error of a format on weights, under a scale. */
export interface Evaluation {
  readonly format: FormatSpec;
  readonly weights: WeightsSpec;
  readonly scale: NamedScale;
}

/** A measure that an expression needs. */
export interface MeasureRequest {
  readonly measure: string;
  readonly unit: Unit;
  readonly evaluation: Evaluation;
}

/** A comparison worked out: its rows in the order formats, scales, weights are written. */
export interface Comparison {
  readonly name: string;
  readonly symbol: Declared;
  readonly rows: readonly Evaluation[];
  /** What area is counted on; undefined where only error is compared. */
  readonly hardware: NamedHardware | undefined;
  /** What its formats are evaluated on besides; undefined where it names none. */
  readonly model: ModelSpec | undefined;
}

/** An assertion and what came of it. */
export interface AssertionResult extends Span {
  /** The condition as written. */
  readonly text: string;
  readonly doc: string;
  readonly outcome: 'holds' | 'fails' | 'pending' | 'not-computed' | 'invalid';
  readonly left: number | undefined;
  readonly right: number | undefined;
  readonly unit: Unit;
}
