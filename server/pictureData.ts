import { areaLens } from '../core/ide/areaText.ts';
import { type Results, resultOf } from '../core/ide/known.ts';
import type { MeasuredGroup, ScaleGroup } from '../core/ide/pictures/groups.ts';
import { tensorColumns } from '../core/ide/pictures/tensorColumns.ts';
import type { KnownEffects } from '../core/ide/pictures/tensorEffects.ts';
import { writtenLevels } from '../core/ide/writtenLevels.ts';
import type { Analysis } from '../core/lang/analysis.ts';
import type { Evaluation } from '../core/lang/spec.ts';
import type { EvaluationResult } from '../core/measure/results.ts';
import { axisKinds, type DesignAxis, type Figures } from '../core/view/designAxes.ts';
import type { DistributionView } from '../core/view/distribution.ts';
import type { Design, Interval } from '../core/view/pareto.ts';
import { sqnrText } from '../core/view/sqnrText.ts';
import { type EffectOnLoss, type JoinedTensor, joinedTensors, type NuByTensor } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Place } from '../protocol/messages.ts';
import type {
  DistributionData,
  FormatsData,
  ParetoData,
  PlainDesign,
  PlainEffect,
  PlainFormat,
  PlainLoss,
  PlainTensor,
  TensorsData,
} from '../protocol/pictures.ts';
import type { Lined } from './pictureGroups.ts';

// Views of the core as plain data that is safe in JSON.

/** JSON has neither infinity nor NaN. */
const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

const axes = Object.keys(axisKinds) as readonly DesignAxis[];

/**
 * Designs as a panel draws them. Their keys are of names, not of levels: so a point moves as the levels change, and is not another one.
 * @param behind Those of a library, measured as the others.
 */
export function paretoData(designs: readonly Design[], behind: readonly Design[], backdrops: readonly string[]): ParetoData {
  const plain = [
    ...designs.map((design) => plainDesign(design, design.origin)),
    ...behind.map((design) => plainDesign(design, 'backdrop')),
  ];
  const seen = new Map<string, number>();
  const own = plain.map((design): PlainDesign => {
    const n = seen.get(design.key) ?? 0;
    seen.set(design.key, n + 1);
    return n === 0 ? design : { ...design, key: `${design.key} ${n + 1}` };
  });
  const has = (axis: DesignAxis): boolean => own.some(({ figures }) => typeof figures[axis] === 'number');
  return { picture: 'pareto', designs: own, axes: axes.filter(has), backdrops };
}

function plainDesign({ name, series, errorOf, figures, intervals }: Design, origin: PlainDesign['origin']): PlainDesign {
  const plain = Object.entries(figures).map(([axis, x]) => [axis, x === null ? null : finite(x)] as const);
  const bounded = Object.entries(intervals).filter((entry): entry is [DesignAxis, Interval] => isBounded(entry[1]));
  return {
    key: JSON.stringify([origin, series, name]),
    name,
    series,
    origin,
    errorOf: errorOf ?? null,
    figures: Object.fromEntries(plain) as Figures,
    intervals: Object.fromEntries(bounded.map(([axis, { low, high }]) => [axis, { low, high }])),
  };
}

const isBounded = (interval: Interval | undefined): boolean =>
  interval !== undefined && Number.isFinite(interval.low) && Number.isFinite(interval.high);

/** Formats that are drawn under one another: more than anybody reads. */
export const MOST_LINES = 500;

/** @param placeOf Where a part of a text of some address is. */
export function formatsData(
  { group, formats }: Lined,
  analysis: Analysis,
  results: Results,
  placeOf: (span: { readonly uri: string; readonly start: number; readonly end: number }) => Place | undefined,
): FormatsData {
  return {
    picture: 'formats',
    formats: formats.slice(0, MOST_LINES).map((format): PlainFormat => {
      const asked = group?.evaluations.filter((one) => one.format.name === format.name) ?? [];
      const measured = firstMeasured(asked, results);
      const area = areaLens(format, analysis);
      const written = writtenLevels(format, analysis).map((level) => (level?.uri === analysis.uri ? level : undefined));
      return {
        name: format.name,
        label: visible(format.name),
        bits: format.bits,
        ties: format.codebook.ties,
        levels: Array.from(format.codebook.levels, finite),
        usage: measured ? sharesOf(measured.result.total.counts) : null,
        places: written.map((level) => (level && placeOf(level)) ?? null),
        steps: written.map((level) => level?.grid.step ?? null),
        figures: [...(measured ? [`SQNR ${sqnrText(measured.result)}${measured.under}`] : []), ...(area === undefined ? [] : [area])],
      };
    }),
  };
}

/** What was measured of a format under the first of its scales that it was measured under, which is named where there are several. */
function firstMeasured(
  asked: readonly Evaluation[],
  results: Results,
): { readonly result: EvaluationResult; readonly under: string } | undefined {
  const isOne = new Set(asked.map(({ scale }) => scale.name)).size === 1;
  for (const evaluation of asked) {
    const result = resultOf(evaluation, results);
    if (result && result.total.n > 0) return { result, under: isOne ? '' : ` under ${visible(evaluation.scale.name)}` };
  }
  return undefined;
}

function sharesOf(counts: Float64Array): readonly number[] | null {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return n > 0 ? Array.from(counts, (count) => count / n) : null;
}

/** Tensors that a panel is given. */
const MOST_TENSORS = 20_000;

/** The SQNR of every format of a group on every tensor, and what has to be said of it. */
export function tensorsData(
  { scaled }: { readonly scaled: ScaleGroup },
  nus: NuByTensor,
  { of, notes: ofEffects }: KnownEffects,
): readonly [TensorsData, readonly string[]] {
  const columns = tensorColumns(scaled, of);
  const rows = joinedTensors(columns);
  const shown = rows.slice(0, MOST_TENSORS);
  const tensors = shown.map(
    ({ key, name, file, n, sqnr }): PlainTensor => ({
      key,
      name,
      file,
      n,
      nu: plainNu(nus.get(name)),
      sqnr: sqnr.map((x) => (x === Number.POSITIVE_INFINITY ? 'lossless' : x === null ? null : finite(x))),
    }),
  );
  const nEstimates = scaled.rows.filter(({ result }) => result.estimates).length;
  const notes = [
    ...(rows.length > MOST_TENSORS ? [`Only the first ${MOST_TENSORS} of ${rows.length} tensors are shown`] : []),
    ...(nEstimates > 0 ? ['What is estimated from a sample is not known of single tensors; evaluate to measure them'] : []),
    ...(nus.size > 0 ? ['ν: degrees of freedom of a Student t fitted to the raw tensor'] : []),
    ...ofEffects,
    ...(of.size > 0 && rows.length > 0 && !rows.some(hasEffect)
      ? ['No tensor of the model has the name and the size of one of these weights, so there is no Δloss to show']
      : []),
  ];
  const effects = columns.map((_, i) => (shown.some((row) => row.effects[i]) ? shown.map((row) => plainEffect(row.effects[i])) : null));
  return [{ picture: 'tensors', formats: columns.map(({ name }) => visible(name)), tensors, effects }, notes];
}

const hasEffect = ({ effects }: JoinedTensor): boolean => effects.some((effect) => effect !== null);

function plainEffect(effect: EffectOnLoss | null | undefined): PlainEffect | null {
  if (!effect) return null;
  const [alone, saved] = [effect.alone, effect.saved].map(plainLoss);
  // Weights that make a loss overflow have no figure.
  return alone && saved ? { alone, saved } : null;
}

function plainLoss({ loss, interval, divergence }: EffectOnLoss['alone']): PlainLoss | null {
  if (!Number.isFinite(loss) || !Number.isFinite(divergence)) return null;
  return { loss, interval: interval && isBounded(interval) ? { low: interval.low, high: interval.high } : null, divergence };
}

const plainNu = (nu: number | undefined): PlainTensor['nu'] =>
  nu === undefined ? null : nu === Number.POSITIVE_INFINITY ? 'normal' : finite(nu);

/** Tensors that a menu lists. */
const MOST_LISTED = 1000;

/** Tells a tensor from the others of its weights: as the key of its row in {@link TensorsData}. */
export const tensorKey = ({ name, file }: { readonly name: string; readonly file: string }): string => JSON.stringify([file, name]);

/** What there is to choose from: of the row that knows the most tensors, as an estimate knows none. */
export function tensorsOf({ rows }: MeasuredGroup): readonly { readonly name: string; readonly file: string }[] {
  return rows.reduce<readonly { readonly name: string; readonly file: string }[]>(
    (most, { result }) => (result.tensors.length > most.length ? result.tensors : most),
    [],
  );
}

export function distributionData(view: DistributionView, tensors: ReturnType<typeof tensorsOf>): DistributionData {
  return {
    picture: 'distribution',
    tensors: tensors.slice(0, MOST_LISTED).map((tensor) => ({ key: tensorKey(tensor), label: visible(tensor.name) })),
    nTensors: tensors.length,
    subject: visible(view.subject),
    normalisedBy: view.normalisedBy,
    n: view.n,
    nNonFinite: view.nNonFinite,
    bins: view.bins.map(({ from, to, count }) => ({ from, to, count })),
    curves: view.curves
      .filter(({ points, quantiles }) =>
        [...points.map(({ count }) => count), ...quantiles.map(({ expected }) => expected)].every(Number.isFinite),
      )
      .map(({ kind, label, points, quantiles }) => ({ kind, label, points, quantiles })),
    formats: view.formats.map(({ name, format, label, nsr, intervals }) => ({
      name,
      format,
      label,
      nsr: finite(nsr),
      intervals: intervals.map(({ code, level, at, from, to, count, nsr: part }) => ({
        code,
        level,
        at,
        from: finite(from),
        to: finite(to),
        count,
        nsr: part,
      })),
    })),
  };
}
