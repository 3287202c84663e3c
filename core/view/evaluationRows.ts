import type { AreaReport } from '../hardware/areaReport.ts';
import type { Evaluation, NamedHardware } from '../lang/spec.ts';
import type { ErrorSums } from '../measure/errorSums.ts';
import * as measures from '../measure/measures.ts';
import type { EvaluationResult } from '../measure/results.ts';
import { type Costs, paretoFront } from './paretoFront.ts';

/** The error of a format on a tensor or on all, under the public names of the JSON output. A ratio without a value is null. */
export interface ErrorFigures {
  readonly n: number;
  readonly mse: number | null;
  readonly rmse: number | null;
  readonly nsr: number | null;
  /** How far `nsr` may be from the truth: 0 where every weight was quantized. */
  readonly nsr_within: number | null;
  readonly row_nsr: number | null;
  readonly sqnr: number | null;
  readonly mae: number | null;
  readonly relative_mae: number | null;
  readonly max_error: number | null;
  readonly cosine: number | null;
  readonly clipped: number | null;
  readonly zeroed: number | null;
  readonly entropy: number | null;
  readonly non_finite: number;
  /** Weights by code. */
  readonly counts: readonly number[];
}

/** One row of `eval --json`, schema 1. Later versions add keys and change none. */
export interface EvaluationRow {
  /** The comparison it belongs to; null where an assertion or a format's own scale asks for it. */
  readonly compare: string | null;
  readonly format: string;
  readonly weights: string;
  readonly scale: string;
  readonly bits: number;
  readonly tensors: readonly (ErrorFigures & { readonly name: string; readonly file: string })[];
  readonly total: ErrorFigures & { readonly bits_per_weight: number | null };
  readonly estimate: boolean;
  /** What area is counted on; null where the comparison names no hardware. */
  readonly hardware: HardwareFigures | null;
  /** Of the smallest MAC unit, in um^2; null without hardware, or where synthesis came to no result. */
  readonly area: number | null;
  /** The same in gate equivalents. */
  readonly ge: number | null;
  /** Whether no other row of the comparison on the same weights is as good in error, area and bits per weight; null where one of them is not known. */
  readonly front: boolean | null;
}

/** Hardware under the public names of the JSON output. */
export interface HardwareFigures {
  readonly name: string;
  readonly cells: string;
  readonly datapath: string;
  readonly terms: number;
  /** Bits of the fixed point that levels were rounded to; null where they are on a common grid. */
  readonly fixed_point: number | null;
  readonly accumulator_bits: number | null;
  readonly yosys: string | null;
}

/** A format on the hardware of its comparison. */
export interface Silicon {
  readonly hardware: NamedHardware;
  /** Undefined where there is none. */
  readonly report: AreaReport | undefined;
}

export function evaluationRow(
  compare: string | null,
  evaluation: Evaluation,
  result: EvaluationResult,
  silicon: Silicon | undefined,
): EvaluationRow {
  const { format, scale, weights } = evaluation;
  return {
    compare,
    format: format.name,
    weights: weights.name,
    scale: scale.name,
    bits: format.bits,
    tensors: result.tensors.map(({ name, file, sums, noiseBound }) => ({ name, file, ...figures(sums, noiseBound) })),
    total: {
      ...figures(result.total, result.noiseBound),
      bits_per_weight: finite(measures.bitsPerWeight(result.total, format.bits, scale.rule)),
    },
    estimate: result.estimates !== undefined,
    hardware: silicon ? hardwareFigures(silicon) : null,
    area: silicon?.report?.best.area ?? null,
    ge: silicon?.report?.best.ge ?? null,
    front: null,
  };
}

function hardwareFigures({ hardware: { name, spec }, report }: Silicon): HardwareFigures {
  return {
    name,
    cells: spec.cells,
    datapath: spec.datapath,
    terms: spec.terms,
    fixed_point: report?.grid.fixedPointBits ?? null,
    accumulator_bits: report?.best.accumulatorBits ?? null,
    yosys: report?.yosys ?? null,
  };
}

/** The rows with their place on the Pareto front: of each comparison, on each weights. */
export function withFronts(rows: readonly EvaluationRow[]): readonly EvaluationRow[] {
  const groups = new Map<string, { readonly row: EvaluationRow; readonly costs: Costs }[]>();
  for (const row of rows) {
    const costs = costsOf(row);
    const key = JSON.stringify([row.compare, row.weights]);
    if (costs && row.compare !== null) groups.set(key, [...(groups.get(key) ?? []), { row, costs }]);
  }
  const fronts = new Map<EvaluationRow, boolean>();
  for (const group of groups.values()) {
    const front = paretoFront(group.map(({ costs }) => costs));
    for (const [i, { row }] of group.entries()) fronts.set(row, front[i]!);
  }
  return rows.map((row) => ({ ...row, front: fronts.get(row) ?? null }));
}

function costsOf({ area, total: { nsr, bits_per_weight } }: EvaluationRow): Costs | undefined {
  return area === null || nsr === null || bits_per_weight === null ? undefined : { error: nsr, area, bitsPerWeight: bits_per_weight };
}

const figures = (sums: ErrorSums, noiseBound: number): ErrorFigures => ({
  n: sums.n,
  mse: finite(measures.mse(sums)),
  rmse: finite(measures.rmse(sums)),
  nsr: finite(measures.nsr(sums)),
  nsr_within: noiseBound === 0 ? 0 : finite(noiseBound / sums.signal),
  row_nsr: finite(measures.rowNsr(sums)),
  sqnr: finite(measures.sqnr(sums)),
  mae: finite(measures.mae(sums)),
  relative_mae: finite(measures.relativeMae(sums)),
  max_error: finite(measures.maxError(sums)),
  cosine: finite(measures.cosine(sums)),
  clipped: finite(measures.clipped(sums)),
  zeroed: finite(measures.zeroed(sums)),
  entropy: finite(measures.entropy(sums)),
  non_finite: sums.nNonFinite,
  counts: [...sums.counts],
});

/** JSON has neither infinity nor NaN. */
const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
