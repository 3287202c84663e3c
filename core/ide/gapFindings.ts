import type { Optimum } from '../fit/optimalLevels.ts';
import type { Analysis } from '../lang/analysis.ts';
import { factOf } from '../lang/facts.ts';
import { type Edit, type Finding, type Fix, finding } from '../lang/finding.ts';
import type { Declared } from '../lang/module.ts';
import type { Evaluation, FormatSpec } from '../lang/spec.ts';
import type { Member } from '../syntax/tree.ts';
import { decibels, significant } from '../view/digits.ts';
import { type Gap, gapOf, int8Request, REMARKABLE_DB } from './gap.ts';
import { evaluationsOf, type Results } from './known.ts';

/** The formats declared here that are far from the best levels wherever they are measured: each said once, where it is nearest. */
export function gapFindings(analysis: Analysis, results: Results): Finding[] {
  // Worked out after every keystroke: where nothing is known of weights, that costs nothing.
  if (analysis.known.facts.size === 0) return [];
  const evaluations = new Map<Declared, Evaluation[]>();
  for (const evaluation of evaluationsOf(analysis)) {
    const own = evaluations.get(evaluation.format.symbol);
    if (own) own.push(evaluation);
    else evaluations.set(evaluation.format.symbol, [evaluation]);
  }
  return [...analysis.formats].flatMap(([symbol, format]) => {
    const gaps = (evaluations.get(symbol) ?? []).flatMap((evaluation) => gapOf(evaluation, results, analysis.known) ?? []);
    const [first, ...others] = gaps;
    if (!first) return [];
    const nearest = others.reduce((least, gap) => (gap.db < least.db ? gap : least), first);
    if (!(nearest.db > REMARKABLE_DB)) return [];
    const at = symbol.declaration.name ?? symbol.declaration;
    const { format: measured, weights, scale } = nearest.evaluation;
    const worth = significant(nearest.db / DB_PER_BIT, 2);
    const message = `\`${measured.name}\` is ${gapText(nearest)} for \`${weights.name}\` under ${scale.name}: as much as ${worth} bits per weight`;
    return [finding('error.gap-to-optimum', at, message, { fixes: fixes(symbol, format, nearest, analysis) })];
  });
}

const DB_PER_BIT = 20 * Math.log10(2);

/** `0.34 dB from the best 16 levels with 0`. */
export const gapText = ({ db, optimum, evaluation: { format } }: Gap): string =>
  `${decibels(db)} dB from the best ${optimum.levels.length} levels${format.codebook.ascending.includes(0) ? ' with 0' : ''}`;

function fixes(symbol: Declared, format: FormatSpec, gap: Gap, analysis: Analysis): Fix[] {
  // An instance has levels of its own only in its family, which others may use.
  if (symbol.declaration.parameters.length > 0 || gap.evaluation.format.codebook !== format.codebook) return [];
  const { total } = gap;
  const sqnr = ({ error }: Optimum): string => decibels(10 * Math.log10(total.signal / error));
  const wanted = int8Request(gap.evaluation);
  const whole = wanted && factOf(wanted, analysis.known.facts);
  const call = optimalCall(gap, analysis);
  const texts = [
    { title: `Use the best levels: ${sqnr(gap.optimum.rounded)} dB`, text: literal(gap.optimum.rounded, format.bits) },
    ...(whole && !('problem' in whole)
      ? [{ title: `Use the best whole numbers up to 127: ${sqnr(whole)} dB`, text: literal(whole, format.bits) }]
      : []),
    ...(call === undefined ? [] : [{ title: `Fit the levels to \`${gap.evaluation.weights.name}\``, text: call }]),
  ];
  return texts.flatMap(({ title, text }) => {
    const edits = levelEdits(symbol, text, format.bits);
    return edits.length > 0 ? [{ title, edits }] : [];
  });
}

/** All codes: those without a level come last. */
function literal({ levels }: Optimum, bits: number): string {
  const written = Array.from(levels, String);
  return `[${[...written, ...Array.from({ length: 2 ** bits - written.length }, () => 'none')].join(', ')}]`;
}

/** The optimum as the language says it, where weights and scale have names here. */
function optimalCall({ evaluation: { format, weights, scale } }: Gap, { module, scales }: Analysis): string | undefined {
  const isNamed = module.names.get(weights.name) === weights.symbol;
  const scaleSymbol = [...scales].find(([, known]) => known === scale)?.[0];
  if (!isNamed || !scaleSymbol) return undefined;
  const zero = format.codebook.ascending.includes(0) ? ', zero: true' : '';
  return `optimal(${weights.name}, scale: ${scaleSymbol.name}${zero})`;
}

/** Puts levels in place of those of a format: what is said of codes and of -0 goes with the old ones. */
function levelEdits({ declaration, module }: Declared, text: string, bits: number): Edit[] {
  const { body } = declaration;
  if (!body) return [];
  const member = (name: string): Member | undefined => body.members.find((one) => one.name.text === name);
  const replaced = (one: Member | undefined, by: string): Edit[] => (one ? [{ start: one.value.start, end: one.value.end, text: by }] : []);
  const edits = [...replaced(member('negative_zero'), 'keep'), ...replaced(member('encoding'), `[0..${2 ** bits - 1}]`)];
  const isInherited = declaration.base !== undefined && !member('negative_zero');
  const levels = `levels = ${text}${isInherited ? ', negative_zero = keep' : ''}`;
  const old = member('codes') ?? member('levels');
  if (old) return [...edits, { start: old.start, end: old.end, text: levels }];
  const first = body.members[0];
  if (!first) return [...edits, { start: body.start + 1, end: body.start + 1, text: ` ${levels} ` }];
  const source = module.file.text;
  const isOneLine = !source.slice(body.start, first.start).includes('\n');
  const indent = source.slice(source.lastIndexOf('\n', first.start - 1) + 1, first.start);
  return [...edits, { start: first.start, end: first.start, text: isOneLine ? `${levels}, ` : `${levels}\n${indent}` }];
}
