import { bootstrapInterval, byDocument, type Interval, type Resampling } from './bootstrap.ts';
import { type QualitySums, qualityMeasures, totalQuality } from './quality.ts';

/** What can be said of a quantized model beside the unquantized one. */
export type QualityMeasure = keyof typeof qualityMeasures;

/** How a quantized model predicts a text, with how far that text decides it. Plain data. */
export interface QualityReport {
  /** Windows that were run; fewer than `nAllWindows` while an evaluation goes on, and then nothing is decided by it. */
  readonly nWindows: number;
  readonly nAllWindows: number;
  readonly nDocuments: number;
  readonly total: QualitySums;
  /** What was drawn for the intervals: documents, or windows where the documents are few. */
  readonly unit: 'document' | 'window';
  /** The sums of each unit, in the order of the text: those of other formats on the same text pair with them. */
  readonly units: readonly QualitySums[];
  /** Of 95 %, by a bootstrap over the units; undefined where there is only one unit. */
  readonly intervals: Readonly<Record<QualityMeasure, Interval | undefined>>;
}

/** Windows of a document are alike; but from fewer documents than this no interval can be drawn that means anything. */
const FEW_DOCUMENTS = 20;

/** How intervals are drawn, everywhere: the same units are drawn for every format. */
export const usualResampling: Resampling = { seed: 20240721, nResamples: 1000, confidence: 0.95 };

/** Of windows that were run, in the order of the text; `sums[i]` is of `windows[i]`. */
export function qualityReport(
  windows: readonly { readonly document: number }[],
  sums: readonly QualitySums[],
  nAllWindows: number,
): QualityReport {
  const documents = byDocument(windows, sums);
  const unit = documents.length < FEW_DOCUMENTS ? 'window' : 'document';
  const units = unit === 'window' ? sums : documents;
  const names = Object.keys(qualityMeasures) as QualityMeasure[];
  const intervals = names.map((name) => [name, bootstrapInterval([units], ([total]) => qualityMeasures[name](total!), usualResampling)]);
  return {
    nWindows: sums.length,
    nAllWindows,
    nDocuments: documents.length,
    total: totalQuality(sums),
    unit,
    units,
    intervals: Object.fromEntries(intervals) as QualityReport['intervals'],
  };
}

/** Whether all of the text was run, so that something may be decided by it. */
export const isWhole = ({ nWindows, nAllWindows }: QualityReport): boolean => nWindows === nAllWindows;

/**
 * The interval of how much less a measure is for one format than for another on the same text, from draws of the same units; undefined
 * where the two were not run on the same units.
 */
export function differenceInterval(one: QualityReport, other: QualityReport, measure: QualityMeasure): Interval | undefined {
  if (one.units.length !== other.units.length || one.units.some(({ n }, i) => n !== other.units[i]!.n)) return undefined;
  const value = qualityMeasures[measure];
  return bootstrapInterval([one.units, other.units], ([a, b]) => value(b!) - value(a!), usualResampling);
}
