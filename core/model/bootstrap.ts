import { mulberry32 } from '../numeric/mulberry32.ts';
import { type QualitySums, totalQuality } from './quality.ts';

/** An interval that a figure lies in with some confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How often and from where to draw. */
export interface Resampling {
  readonly seed: number;
  readonly nResamples: number;
  /** Share of the resamples that the interval holds, as 0.95. */
  readonly confidence: number;
}

/**
 * The interval of a figure by the percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13). What is drawn,
 * with replacement, is whole units of text: documents, or windows where the documents are few. `columns` has the sums by unit of each
 * format, and every resample takes the same units of all of them: so what is easy or hard text cancels out of a difference. Undefined for
 * fewer than two units, which tell nothing of how they vary.
 */
export function bootstrapInterval(
  columns: readonly (readonly QualitySums[])[],
  figure: (totals: readonly QualitySums[]) => number,
  { seed, nResamples, confidence }: Resampling,
): Interval | undefined {
  const nUnits = columns[0]?.length ?? 0;
  if (columns.some(({ length }) => length !== nUnits)) throw new RangeError('Paired formats are measured on the same units of text');
  if (nUnits < 2) return undefined;
  const random = mulberry32(seed);
  const figures = new Float64Array(nResamples);
  const drawn = new Uint32Array(nUnits);
  for (let resample = 0; resample < nResamples; resample++) {
    for (let i = 0; i < nUnits; i++) drawn[i] = Math.floor(random() * nUnits);
    figures[resample] = figure(columns.map((units) => totalQuality(Array.from(drawn, (unit) => units[unit]!))));
  }
  figures.sort();
  const tail = (1 - confidence) / 2;
  return { low: quantile(figures, tail), high: quantile(figures, 1 - tail) };
}

/** Of ascending values, between neighbours on a straight line. */
function quantile(ascending: Float64Array, share: number): number {
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const low = ascending[below]!;
  return low + (at - below) * ((ascending[below + 1] ?? low) - low);
}

/** The sums of each document, in the order of the documents: units to draw where windows of one document are alike. */
export function byDocument(windows: readonly { readonly document: number }[], sums: readonly QualitySums[]): readonly QualitySums[] {
  const parts = new Map<number, QualitySums[]>();
  windows.forEach(({ document }, i) => {
    const own = parts.get(document);
    if (own) own.push(sums[i]!);
    else parts.set(document, [sums[i]!]);
  });
  return [...parts.values()].map(totalQuality);
}
