import { estimateArea } from '../core/hardware/areaModel.ts';
import type { HardwareSpec } from '../core/hardware/areaReport.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { type Assignment, type Choice, cheapestAssignment } from '../core/model/assignment.ts';
import { linearTensors } from '../core/model/model.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { divergence } from '../core/model/tensorEffects.ts';
import { storedBits, UNQUANTIZED_BITS } from '../core/model/tensorPrice.ts';
import { significant } from '../core/view/digits.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { ModelStudy, StudiedFormat } from './modelStudy.ts';
import { Failure } from './output.ts';
import type { FormatSensitivity, MeasureSelected } from './tensorEffects.ts';

/** The most that the weights of all tensors may take in the mean. */
export interface Budget {
  /** `bits`: per weight, scales included. `area`: of the unit that multiplies the weight, in um^2. */
  readonly of: 'bits' | 'area';
  readonly most: number;
}

/** Formats of tensors under a budget. */
export interface Assigned {
  readonly budget: Budget;
  /** By tensor, in the order of the model; undefined leaves it in 16 bits. */
  readonly formats: ReadonlyMap<string, StudiedFormat | undefined>;
  /** What a weight takes in the mean, as the budget says. */
  readonly price: number;
  /** The divergences of each tensor alone, added up, in nats per token; no assignment within the budget has less than `leastSum`. */
  readonly sum: number;
  readonly leastSum: number;
  readonly isOptimal: boolean;
  /** Of the model with these formats, on the text that they were chosen by; undefined where every tensor is left as it is. */
  readonly report: QualityReport | undefined;
  /** The same on text behind it, and that of each format for all tensors; undefined where the text ends there, or nothing is quantized. */
  readonly check: { readonly report: QualityReport; readonly uniform: readonly QualityReport[] } | undefined;
}

/** Partial assignments that are gone on with: more than models with equal layers have, and some seconds of work at most. */
const MOST_STATES = 20_000;

/**
 * Finds the assignment of least divergence by what each tensor does alone, and measures the model with it. Not by the change of the loss: that
 * of one tensor is mostly luck of its rounding, of either sign, and whoever picks the least picks the luck. A divergence is never negative, and
 * the same to second order in what is expected.
 */
export async function assigned(
  budget: Budget,
  hardware: HardwareSpec,
  { run }: ModelStudy,
  formats: readonly FormatSensitivity[],
  measure: MeasureSelected,
): Promise<Assigned> {
  const selected = new Set(run.selected);
  const tensors = linearTensors(run.architecture).filter(({ name }) => selected.has(name));
  const nWeights = tensors.reduce((sum, { nOut, nIn }) => sum + nOut * nIn, 0);
  const areas = budget.of === 'area' ? formats.map((one) => areaOf(one, hardware)) : [];
  const choices = tensors.map(({ nOut, nIn }, t): readonly Choice[] => {
    const ofFormats = formats.map(({ job, found }, f) => ({
      cost: divergence(found.tensors[t]!.alone),
      price: nOut * nIn * (budget.of === 'area' ? areas[f]! : storedBits([nOut, nIn], job)),
    }));
    // What is left as it is has no unit of a format.
    return budget.of === 'area' ? ofFormats : [...ofFormats, { cost: 0, price: nOut * nIn * UNQUANTIZED_BITS }];
  });
  const found = cheapestAssignment(choices, budget.most * nWeights, MOST_STATES);
  if (!found) throw new Failure(tooLittle(budget, choices, nWeights));
  const chosen = new Map(tensors.map(({ name }, t) => [name, formats[found.chosen[t]!]] as const));
  const report = await measured(chosen, run, measure);
  const other = { ...run, windows: run.calibration };
  const onOther = other.windows.length > 0 ? await measured(chosen, other, measure) : undefined;
  const uniform: QualityReport[] = [];
  if (onOther) for (const one of formats) uniform.push(await measure(one, other, new Map()));
  return { budget, formats: chosen, ...inMean(found, nWeights), report, check: onOther && { report: onOther, uniform } };
}

/** Runs of the model that {@link assigned} takes at most. */
export const nMeasuresOfAssignment = (nFormats: number): number => 2 + nFormats;

const inMean = ({ cost, price, leastCost, isOptimal }: Assignment, nWeights: number) => ({
  price: price / nWeights,
  sum: cost,
  leastSum: leastCost,
  isOptimal,
});

async function measured(chosen: Assigned['formats'], run: ModelStudy['run'], measure: MeasureSelected): Promise<QualityReport | undefined> {
  const given = [...chosen].flatMap(([tensor, format]) => (format ? [[tensor, format] as const] : []));
  const first = given[0]?.[1];
  if (!first) return undefined;
  const byTensor = new Map(given.map(([tensor, { job }]) => [tensor, job] as const));
  return measure(first, { ...run, selected: given.map(([tensor]) => tensor) }, byTensor);
}

function areaOf({ format, scale, job }: StudiedFormat, hardware: HardwareSpec): number {
  const source = hardwareSource(job.codebook, hardware);
  if ('problem' in source) throw new Failure(`${visible(format.name)}: ${source.problem}`);
  const estimate = estimateArea(source, hardware.cells);
  if (estimate) return estimate.area;
  throw new Failure(
    `There is no estimate of the area of ${visible(format.name)}, ${visible(scale.name)}, in ${visible(hardware.cells)} with the datapath ${hardware.datapath}`,
  );
}

function tooLittle({ of, most }: Budget, choices: readonly (readonly Choice[])[], nWeights: number): string {
  const least = choices.reduce((sum, own) => sum + Math.min(...own.map(({ price }) => price)), 0) / nWeights;
  const unit = of === 'bits' ? 'bits per weight' : 'um2';
  return `A budget of ${significant(most, 6)} ${unit} is less than any of these formats takes: at least ${significant(least, 6)} ${unit}`;
}
