import { codebook } from '../format/codebook.ts';
import type { AreaReport } from '../hardware/areaReport.ts';
import { hardwareSource } from '../hardware/hardwareSource.ts';
import { accumulatorBits, type HardwareSource } from '../hardware/source.ts';
import type { Span } from '../syntax/tree.ts';
import { type AreaPair, areaOf, areaPairs, comparedPairs, reportOf, type Synthesised } from './areaPairs.ts';
import { placeOf } from './comparisons.ts';
import type { KnownOfWeights } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import { rememberedOf } from './remembered.ts';
import { negativeZeroFix, supernormal } from './rules.ts';
import type { Budget, Comparison, FormatSpec, NamedHardware } from './spec.ts';

/** What there is to say of formats on hardware: from their grids alone, and from what was synthesised by now. */
export function checkAreas(analysis: Synthesised, known: KnownOfWeights): Finding[] {
  return [
    ...analysis.comparisons.flatMap((comparison) => comparisonFindings(comparison, known)),
    ...unsynthesised(analysis, known),
    ...declaredPairs(analysis)
      .slice(0, MOST_LOOKED_AT)
      .flatMap((pair) => [...wideGrid(pair, placeIn(pair.format), known), ...unusedCode(pair)]),
  ];
}

/** Formats whose grids are looked at, of a file and of each comparison: it takes up to some milliseconds each. */
const MOST_LOOKED_AT = 256;

/** Formats of a comparison that have no hardware, or more area than its budget. */
function comparisonFindings(comparison: Comparison, known: KnownOfWeights): Finding[] {
  const { hardware, symbol } = comparison;
  const list = symbol.declaration.body?.members.find(({ name }) => name.text === 'formats')?.value;
  if (!hardware || !list) return [];
  return comparedPairs({ comparisons: [comparison] }).flatMap(({ format }, i) => {
    const at = placeOf(format, list);
    const source = hardwareSource(format.codebook, hardware.spec);
    if ('problem' in source) return [finding('hardware.unsupported', at, `\`${format.name}\` on \`${hardware.name}\`: ${source.problem}`)];
    const report = reportOf({ format, hardware }, known);
    // Of a format that is declared in the file, it is said there.
    const isElsewhere = format.symbol.module !== symbol.module && i < MOST_LOOKED_AT;
    return [
      ...(report && hardware.budget ? overBudget(format, hardware, hardware.budget, report, at) : []),
      ...(isElsewhere ? wideGrid({ format, hardware }, at, known) : []),
    ];
  });
}

function overBudget({ name }: FormatSpec, hardware: NamedHardware, { value, unit }: Budget, { best }: AreaReport, at: Span): Finding[] {
  const found = unit === 'um2' ? best.area : best.ge;
  if (found === undefined || found <= value) return [];
  const over = `${short(found - value)} ${unit}, ${short((100 * (found - value)) / value, 2)} %`;
  const message = `\`${name}\` takes ${short(found)} ${unit} on \`${hardware.name}\`: ${over} more than its budget of ${short(value)} ${unit}`;
  return [finding('area.budget', at, message)];
}

/** Why hardware has no area, said once for each reason: at its declaration, or where a comparison names it. */
function unsynthesised(analysis: Synthesised, known: KnownOfWeights): Finding[] {
  const said = new Map<string, Finding>();
  for (const pair of areaPairs(analysis)) {
    const found = areaOf(pair, known);
    if (!found || !('problem' in found)) continue;
    const at = placeOfHardware(pair.hardware, analysis);
    const key = `${pair.hardware.name} ${found.problem}`;
    if (at && !said.has(key)) said.set(key, finding('hardware.not-synthesised', at, found.problem));
  }
  return [...said.values()];
}

function placeOfHardware({ symbol, libertyFrom }: NamedHardware, { hardware, comparisons }: Synthesised): Span | undefined {
  if (hardware.has(symbol)) {
    const { body, name } = symbol.declaration;
    const cells = body?.members.find((member) => member.name.text === 'cells')?.value;
    return (libertyFrom && cells) ?? name;
  }
  const users = comparisons.filter((comparison) => comparison.hardware?.symbol === symbol);
  return users[0]?.symbol.declaration.body?.members.find(({ name }) => name.text === 'hardware')?.value;
}

/** The formats whose levels are written here, each on the first hardware that it is for. */
function declaredPairs(analysis: Synthesised): readonly AreaPair[] {
  const written = areaPairs(analysis).filter(
    ({ format }) =>
      analysis.formats.get(format.symbol) === format &&
      format.symbol.declaration.body?.members.some(({ name }) => ['levels', 'codes', 'negative_zero'].includes(name.text)),
  );
  return [...new Map(written.toReversed().map((pair) => [pair.format.symbol, pair])).values()].toReversed();
}

/** Fewer bits than this are no remark: the least of any powers of two saves 2, as products have twice as many bits. */
const REMARKABLE_BITS = 3;

function wideGrid({ format, hardware }: AreaPair, at: Span, known: KnownOfWeights): Finding[] {
  const wide = rememberedOf(format.codebook, `wide grid ${JSON.stringify(hardware.spec)}`, () => widestLevel(format, hardware));
  if (!wide) return [];
  const { magnitude, step, without, bits, bitsWithout } = wide;
  const report = reportOf({ format, hardware }, known);
  const area = report && (report.best.accumulator / bits) * (bits - bitsWithout);
  const cost = area === undefined ? '' : `, some ${short(area, 2)} um2 by the size of the accumulator`;
  const message =
    `Level ${short(magnitude)} of \`${format.name}\` puts its levels on multiples of ${short(step)} instead of ${short(without)}: ` +
    `the accumulator on \`${hardware.name}\` has ${bits} bits instead of ${bitsWithout}${cost}`;
  return [finding('area.wide-grid', at, message)];
}

/** The magnitude without which the accumulator is narrowest. */
function widestLevel({ codebook: book }: FormatSpec, { spec }: NamedHardware) {
  const whole = hardwareSource(book, spec);
  if ('problem' in whole || whole.grid.fixedPointBits !== undefined) return undefined;
  const bits = accumulatorBits(whole);
  const magnitudes = [...new Set([...book.ascending].map(Math.abs))].filter((magnitude) => magnitude > 0);
  const candidates = magnitudes.flatMap((magnitude) => {
    const rest = Array.from(book.levels, (level) => (Math.abs(level) === magnitude ? Number.NaN : level));
    const source = hardwareSource(codebook(rest, book.ties, book.bits), spec);
    if ('problem' in source || source.grid.fixedPointBits !== undefined || !(source.grid.step > whole.grid.step)) return [];
    const bitsWithout = accumulatorBits(source);
    return bits - bitsWithout >= REMARKABLE_BITS
      ? [{ magnitude, step: whole.grid.step, without: source.grid.step, bits, bitsWithout }]
      : [];
  });
  return candidates.sort((a, b) => a.bitsWithout - b.bitsWithout)[0];
}

/** What a code that is not in use could stand for, by the width that the accumulator then has. */
function unusedCode({ format, hardware }: AreaPair): Finding[] {
  const { codebook: book, bits } = format;
  const source = hardwareSource(book, hardware.spec);
  if ('problem' in source || source.grid.fixedPointBits !== undefined) return [];
  const unused = source.grid.integers.flatMap((integer, code) => (integer === undefined ? [code] : []));
  const [first] = unused;
  if (first === undefined) return [];
  const before = accumulatorBits(source);
  const offers = supernormal(book.ascending).flatMap(({ value, what }) => {
    const width = widthWith(value, first, format, hardware);
    return width === undefined ? [] : [{ value, what, width }];
  });
  const free = offers.filter(({ width }) => width === before);
  if (free.length === 0) return [];
  const list = offers.map(({ value, what, width }) =>
    width === before ? `${short(value)} (${what}) keeps its ${before} bits` : `${short(value)} (${what}) needs ${width}`,
  );
  const message =
    `Code ${first.toString(2).padStart(bits, '0')} is not in use, and hardware gives any product for it. ` +
    `A level there need not widen the accumulator on \`${hardware.name}\`: ${list.join(', ')}`;
  // Where it is written that the code of -0 is not used, a value can stand there instead.
  const isDropped = format.symbol.declaration.body?.members.some(({ name }) => name.text === 'negative_zero');
  const fixes = isDropped ? free.flatMap(({ value }) => negativeZeroFix(format, value) ?? []) : [];
  return [finding('area.unused-code', placeIn(format), message, { fixes })];
}

/** The bits of the accumulator if a code had a level on the grid there is; undefined where it would need another grid. */
function widthWith(value: number, code: number, { codebook: book }: FormatSpec, { spec }: NamedHardware): number | undefined {
  const levels = Array.from(book.levels, (level, i) => (i === code ? value : level));
  const [before, after] = [book, codebook(levels, book.ties, book.bits)].map((one) => hardwareSource(one, spec)) as [Source, Source];
  if ('problem' in before || 'problem' in after || after.grid.fixedPointBits !== undefined) return undefined;
  return after.grid.step === before.grid.step ? accumulatorBits(after) : undefined;
}

type Source = HardwareSource | { readonly problem: string };

const placeIn = ({ symbol: { declaration } }: FormatSpec): Span => declaration.name ?? declaration;

const short = (x: number, digits = 4): string => String(Number(x.toPrecision(digits)));
