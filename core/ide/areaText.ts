import type { Problem } from '../fit/moments.ts';
import { type AreaEstimate, estimateArea } from '../hardware/areaModel.ts';
import type { AreaFigures, AreaReport } from '../hardware/areaReport.ts';
import { int4 } from '../hardware/baselines.ts';
import { hardwareSource } from '../hardware/hardwareSource.ts';
import { publishedMac } from '../hardware/paperTable.ts';
import type { Analysis } from '../lang/analysis.ts';
import { areaRequest, overhead } from '../lang/areaMeasures.ts';
import { type AreaPair, areaOf, areaPairs, type CodebookPair, reportOf } from '../lang/areaPairs.ts';
import { factOf, type KnownOfWeights } from '../lang/facts.ts';
import { isPaperUri } from '../lang/library.ts';
import { rememberedOf } from '../lang/remembered.ts';
import type { FormatSpec } from '../lang/spec.ts';
import { significant } from '../view/digits.ts';
import { code } from './markdown.ts';

/** What a format costs, for its lens: on the first hardware where that is known or can be estimated; undefined where it is on none. */
export function areaLens(format: FormatSpec, analysis: Analysis): string | undefined {
  for (const pair of pairsOf(format, analysis)) {
    const report = reportOf(pair, analysis.known);
    if (report) return `${areaText(report.best)} on ${pair.hardware.name}${ratioText(report.best, baseOf(pair, analysis.known)?.best)}`;
    const estimate = areaOf(pair, analysis.known) ? undefined : estimateOf(pair);
    if (estimate) return `${estimateText(estimate)} on ${pair.hardware.name}`;
  }
  return undefined;
}

/** The same for its hover, on all hardware, with what was checked and what is published; empty where it is on none. */
export const areaLines = (format: FormatSpec, analysis: Analysis): string =>
  pairsOf(format, analysis)
    .map((pair) => lineOf(pair, analysis.known))
    .join('\n');

const pairsOf = ({ name, codebook }: FormatSpec, analysis: Analysis): readonly AreaPair[] =>
  areaPairs(analysis).filter(({ format }) => format.name === name && format.codebook === codebook);

function lineOf(pair: AreaPair, known: KnownOfWeights): string {
  const { format, hardware } = pair;
  const on = `on ${code(hardware.name)}`;
  const source = hardwareSource(format.codebook, hardware.spec);
  if ('problem' in source) return `- no area ${on}: ${source.problem}`;
  const found = areaOf(pair, known);
  if (!found) {
    const estimate = estimateOf(pair);
    return estimate ? `- **${estimateText(estimate)}** ${on} · estimated, not synthesised yet` : `- not synthesised yet ${on}`;
  }
  if ('problem' in found) return `- no area ${on}: ${code(found.problem)}`;
  const base = baseOf(pair, known);
  const { best, grid, node, checked, yosys } = found;
  const figures = [
    `accumulator ${best.accumulatorBits} bits`,
    ...(grid.fixedPointBits === undefined ? [] : [`fixed point of ${grid.fixedPointBits} bits`]),
    ...(base ? [`${signedPercent(overhead(found, format.bits, base))} of a chip over INT4`] : []),
    code(node === '' ? hardware.spec.cells : `${hardware.spec.cells}, ${node}`),
    `synthesised, ${checked.product.nEqual} of ${checked.product.nVectors} checked`,
    `mapped by ${code(yosys)}`,
  ];
  const line = `- **${areaText(best)}** ${on}${ratioText(best, base?.best)} · ${figures.join(' · ')}`;
  const whole = wholeOf(pair, known);
  // The same unit, with its decoders.
  const detailed = whole && !('problem' in whole) ? whole.best : best;
  return [line, partsLine(detailed), ...fullLine(pair, known), ...(whole ? [referenceLine(pair, whole, known)] : [])].join('\n');
}

const signedPercent = (share: number): string => `${share < 0 ? '' : '+'}${significant(100 * share, 2)} %`;

/** What a unit is made of. Decoders are known later than the rest. */
function partsLine({ product, decode, accumulator, registers, transistors }: AreaFigures): string {
  const decoders = decode === undefined ? '' : decode === 0 ? ', no decoders' : `, decoders alone ${significant(decode, 3)}`;
  const parts = `multiply ${significant(product, 3)}${decoders} · add ${significant(accumulator - registers, 3)} · register ${significant(registers, 3)} um2`;
  return `  - ${parts} · ${transistors} transistors in static CMOS`;
}

/** What a model says before a synthesis does; undefined where it does not apply. */
const estimateOf = ({ format, hardware: { spec, libertyFrom } }: AreaPair): AreaEstimate | undefined =>
  rememberedOf(format.codebook, `estimate ${JSON.stringify([spec, libertyFrom?.uri])}`, () => {
    const source = hardwareSource(format.codebook, spec);
    return 'problem' in source || libertyFrom ? undefined : estimateArea(source, spec.cells);
  });

const estimateText = ({ area, within }: AreaEstimate): string => `≈ ${significant(area, 3)} um2 ± ${significant(100 * within, 2)} %`;

/** What more effort has found, where the user asked for it. */
function fullLine({ format, hardware }: AreaPair, { facts }: KnownOfWeights): readonly string[] {
  const found = factOf({ ...areaRequest(format, hardware), effort: 'full' }, facts);
  return found && !('problem' in found) ? [`  - with full effort ${areaText(found.best)}`] : [];
}

/** The report with a reference MAC, which comes after the one without; undefined until it does. */
const wholeOf = ({ format, hardware }: CodebookPair, { facts }: KnownOfWeights): AreaReport | Problem | undefined =>
  factOf({ ...areaRequest(format, hardware), effort: 'quick' }, facts);

function referenceLine({ format, hardware }: AreaPair, whole: AreaReport | Problem, known: KnownOfWeights): string {
  if ('problem' in whole) return `  - no reference MAC: ${code(whole.problem)}`;
  const { reference } = whole;
  if (!reference) return '';
  const ofInt4 = wholeOf({ format: { codebook: int4 }, hardware }, known);
  const base = ofInt4 && !('problem' in ofInt4) ? ofInt4.reference : undefined;
  const line = `  - reference MAC with registers, in the manner of arXiv 2405.03103: ${areaText(reference)}${ratioText(reference, base)}`;
  const published = isPaperUri(format.symbol.module.uri) ? publishedMac(format.name) : undefined;
  if (!published) return line;
  return `${line}; its Table 10, 28 nm: ${published.macArea} um2${ratioOf(published.macArea, publishedMac('INT4')?.macArea)}`;
}

const baseOf = ({ hardware }: AreaPair, known: KnownOfWeights): AreaReport | undefined =>
  reportOf({ format: { codebook: int4 }, hardware }, known);

const areaText = ({ area, ge }: AreaFigures): string =>
  `${significant(area, 3)} um2${ge === undefined ? '' : ` (${significant(ge, 3)} GE)`}`;

const ratioText = ({ area }: AreaFigures, base: AreaFigures | undefined): string => ratioOf(area, base?.area);

const ratioOf = (area: number, base: number | undefined): string => (base === undefined ? '' : `, ${(area / base).toFixed(2)} x INT4`);
