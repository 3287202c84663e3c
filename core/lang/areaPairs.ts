import type { Problem } from '../fit/moments.ts';
import type { AreaReport } from '../hardware/areaReport.ts';
import { int4 } from '../hardware/baselines.ts';
import { hardwareSource } from '../hardware/hardwareSource.ts';
import type { Analysis } from './analysis.ts';
import { areaRequest } from './areaMeasures.ts';
import { type AreaRequest, factKey, factOf, type KnownOfWeights } from './facts.ts';
import type { FormatSpec, NamedHardware } from './spec.ts';

/** A format on hardware. */
export interface AreaPair {
  readonly format: FormatSpec;
  readonly hardware: NamedHardware;
}

/** As much of a pair as its area depends on. */
export interface CodebookPair {
  readonly format: Pick<FormatSpec, 'codebook'>;
  readonly hardware: NamedHardware;
}

/** What of an analysis says which formats are synthesised. */
export type Synthesised = Pick<Analysis, 'comparisons' | 'formats' | 'hardware'>;

/** The formats that comparisons ask the area of, each once on each hardware. */
export function comparedPairs({ comparisons }: Pick<Synthesised, 'comparisons'>): readonly AreaPair[] {
  const all = comparisons.flatMap(({ rows, hardware }) => (hardware ? rows.map(({ format }) => ({ format, hardware })) : []));
  return eachOnce(all);
}

/** Pairs of what is declared: far more than anybody looks at, and a bound on what a hostile spec can ask for. */
const MOST_DECLARED = 4096;

/** Likewise, and then the formats declared beside hardware, on all that is declared: what an editor shows of them. */
export function areaPairs(analysis: Synthesised): readonly AreaPair[] {
  const formats = [...analysis.formats.values()].slice(0, MOST_DECLARED);
  const hardware = [...analysis.hardware.values()].slice(0, Math.max(1, Math.floor(MOST_DECLARED / Math.max(1, formats.length))));
  const declared = formats.flatMap((format) => hardware.map((one) => ({ format, hardware: one })));
  return eachOnce([...comparedPairs(analysis), ...declared]);
}

const eachOnce = (pairs: readonly AreaPair[]): readonly AreaPair[] => [
  ...new Map(pairs.map((pair) => [`${pair.format.name} ${factKey(areaRequest(pair.format, pair.hardware))}`, pair])).values(),
];

/** The requests for pairs that can be made in hardware, and for INT4 on the same hardware, which ratios are over; each once. */
export function requestsOf(pairs: readonly AreaPair[]): readonly AreaRequest[] {
  const possible = pairs.filter(({ format, hardware }) => !('problem' in hardwareSource(format.codebook, hardware.spec)));
  const all = possible.flatMap(({ format, hardware }) => [areaRequest({ codebook: int4 }, hardware), areaRequest(format, hardware)]);
  return [...new Map(all.map((request) => [factKey(request), request])).values()];
}

/** What is known of the area of a pair: a report, or why there is none; undefined until it is synthesised. */
export const areaOf = ({ format, hardware }: CodebookPair, { facts }: KnownOfWeights): AreaReport | Problem | undefined =>
  factOf(areaRequest(format, hardware), facts);

/** The report of a pair, where there is one. */
export function reportOf(pair: CodebookPair, known: KnownOfWeights): AreaReport | undefined {
  const found = areaOf(pair, known);
  return found && !('problem' in found) ? found : undefined;
}
