import { type Analysis, scopeIn } from '../lang/analysis.ts';
import { evaluate } from '../lang/evaluate.ts';
import { formatSpec } from '../lang/formats.ts';
import type { Declared } from '../lang/module.ts';
import { scopeOf } from '../lang/scope.ts';
import type { AssertionResult, Evaluation, FormatSpec } from '../lang/spec.ts';
import { withUnit } from '../lang/unit.ts';
import * as measures from '../measure/measures.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { pathTo, type Span } from '../syntax/tree.ts';
import { percent, significant } from '../view/digits.ts';
import { numberLine, palettes } from '../view/numberLine.ts';
import { sqnrText } from '../view/sqnrText.ts';
import { textTable } from '../view/textTable.ts';
import { areaLines } from './areaText.ts';
import { gapOf } from './gap.ts';
import { gapText } from './gapFindings.ts';
import type { Hover } from './hover.ts';
import { modelBody } from './hoverOfModel.ts';
import { weightsBody } from './hoverOfWeights.ts';
import { evaluationsOf, evaluationsOfFormat, type Known, resultOf } from './known.ts';
import { code, escaped, image, table } from './markdown.ts';
import { qualityLines } from './modelText.ts';

/** What to show about a declaration: its heading, its documentation, and what it comes to. */
export function hoverOfDeclared(symbol: Declared, analysis: Analysis, known: Known, at: Span): string {
  const { declaration } = symbol;
  const body = bodyOf(symbol, analysis, known, at);
  const doc = declaration.doc === '' ? '' : paragraphs(declaration.doc);
  return [`\`\`\`nibble\n${heading(symbol)}\n\`\`\``, doc, body].filter((part) => part !== '').join('\n\n');
}

/** Documentation is the author's Markdown as far as emphasis and code go; nothing of it becomes HTML or a link. */
const paragraphs = (doc: string): string =>
  doc
    .split('\n\n')
    .map((text) => text.replace(/[<>&[\]!|]/g, (c) => `\\${c}`))
    .join('\n\n');

function heading({ declaration, module, name }: Declared): string {
  const { text } = module.file;
  const { keyword, base, parameters } = declaration;
  const family = parameters.length > 0 ? `(${parameters.map(({ start, end }) => text.slice(start, end)).join(', ')})` : '';
  const value =
    declaration.value && declaration.value.end - declaration.value.start < 200
      ? ` = ${text.slice(declaration.value.start, declaration.value.end)}`
      : '';
  return `${keyword} ${name}${family}${base ? ` extends ${text.slice(base.start, base.end)}` : ''}${value}`;
}

function bodyOf(symbol: Declared, analysis: Analysis, known: Known, at: Span): string {
  switch (symbol.declaration.keyword) {
    case 'format':
      return formatBody(symbol, analysis, known, at);
    case 'scale': {
      const scale = analysis.scales.get(symbol);
      return scale ? scaleLine(scale.rule) : '';
    }
    case 'weights':
      return weightsBody(symbol, analysis, known);
    case 'model':
      return modelBody(symbol, analysis);
    case 'compare':
      return comparisonBody(symbol, analysis, known);
    case 'let': {
      const value = symbol.declaration.value && evaluate(symbol.declaration.value, scopeOf(symbol.module, scopeIn(analysis).context));
      return value?.kind === 'number' ? withUnit(significant(value.value, 12), value.unit) : '';
    }
    case 'hardware':
      return hardwareLine(symbol, analysis);
  }
}

function formatBody(symbol: Declared, analysis: Analysis, known: Known, at: Span): string {
  const scope = scopeIn(analysis);
  // Where the name is called, the hover shows the instance; a sweep shows the family.
  const call = pathTo(analysis.file, at.start).find((node) => node.kind === 'call' && node.name.start === at.start);
  const value = call?.kind === 'call' ? evaluate(call, scope) : undefined;
  const instance = value?.kind === 'symbol' ? value : ({ kind: 'symbol', symbol, arguments: undefined } as const);
  const spec = formatSpec(instance, symbol.declaration, scope);
  if (!spec) return '';
  const evaluations = evaluationsOf(analysis).filter(({ format }) => format.symbol === symbol && format.name === spec.name);
  const shown = evaluations.length > 0 ? evaluations : evaluationsOfFormat(analysis, symbol);
  const usage = shown
    .map((evaluation) => resultOf(evaluation, known.results)?.total.counts)
    .find((counts) => counts?.length === spec.table.levels.length);
  const picture =
    known.pictures === 'shown' ? image(numberLine(spec.codebook, palettes[known.theme], usage), 'levels on the number line') : '';
  return [
    picture,
    summary(spec),
    errorLines(shown, known, analysis),
    qualityLines(spec, analysis),
    areaLines(spec, analysis),
    codebookTable(spec, usage),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summary({ bits, codebook, scale }: FormatSpec): string {
  const largest = Math.max(Math.abs(codebook.ascending[0] ?? 0), Math.abs(codebook.ascending.at(-1) ?? 0));
  const parts = [
    `${bits} bits`,
    `${codebook.ascending.length} levels`,
    `largest magnitude ${significant(largest, 6)}`,
    `ties ${code(codebook.ties)}`,
  ];
  const own = scale
    ? `\n\nScale ${escaped(scale.name)}: ${scaleLine(scale.rule)}; ${significant(measures.nominalBitsPerWeight(bits, scale.rule), 5)} bits per weight`
    : '';
  return parts.join(' · ') + own;
}

/** A scale rule in one line. */
export function scaleLine({ block, axis, anchor, type, rounding, second }: ScaleRule): string {
  const parts = [`block ${block}`, `axis ${axis}`, `anchor ${anchor.kind}`, `type ${type.name}`];
  if (rounding !== 'nearest') parts.push(`rounding ${rounding}`);
  if (second) parts.push(`second scale ${second.type.name} per ${second.block}${second.offset === 'mean' ? ', mean subtracted' : ''}`);
  return parts.join(' · ');
}

/** What is synthesised, in one line. */
function hardwareLine(symbol: Declared, { hardware, comparisons }: Analysis): string {
  const found = hardware.get(symbol) ?? comparisons.find((comparison) => comparison.hardware?.symbol === symbol)?.hardware;
  if (!found) return '';
  const { cells, datapath, terms, fixedPointBits } = found.spec;
  const activation = datapath === 'both' ? 'weights and activations in the format' : `activations in ${datapath}`;
  return `cells ${code(cells)} · ${activation} · ${terms} terms · fixed point of ${fixedPointBits} bits where levels have no grid`;
}

/** The error of each evaluation of a format, where it is known. */
function errorLines(evaluations: readonly Evaluation[], { results }: Known, analysis: Analysis): string {
  const lines = evaluations.slice(0, 8).map((evaluation) => {
    const result = resultOf(evaluation, results);
    const on = `on ${code(evaluation.weights.name)}, ${code(evaluation.scale.name)}`;
    if (!result) return `- not evaluated ${on}`;
    const { total } = result;
    const figures = [
      `relative MAE ${percent(measures.relativeMae(total))}`,
      `clipped ${percent(measures.clipped(total))}`,
      `entropy ${significant(measures.entropy(total), 3)} bits`,
    ];
    const gap = gapOf(evaluation, results, analysis.known);
    return `- **${sqnrText(result)}** SQNR ${on} · ${[...figures, ...(gap ? [gapText(gap)] : [])].join(' · ')}`;
  });
  if (evaluations.length > lines.length) lines.push(`- and ${evaluations.length - lines.length} more`);
  return lines.join('\n');
}

/** The codebook in columns, as code: a hover sets tables of Markdown too tightly to be read. */
function codebookTable({ table: { levels }, codebook, bits }: FormatSpec, usage: Float64Array | undefined): string {
  if (codebook.ascending.length > 64) return '';
  const most = Math.max(...codebook.ascending.map(Math.abs));
  const total = usage?.reduce((sum, n) => sum + n, 0) ?? 0;
  const binary = (c: number): string => c.toString(2).padStart(bits, '0');
  const rows = [...codebook.codes].map((c, i) => {
    const up = codebook.thresholds[i];
    const cells = [
      binary(c),
      significant(levels[c]! + 0, 8),
      significant(levels[c]! / most, 6),
      up === undefined ? '' : significant(up, 8),
    ];
    return usage ? [...cells, percent(usage[c]! / total)] : cells;
  });
  const unused = [...levels.keys()].filter((c) => !codebook.codes.includes(c));
  const notes = unused.map(
    (c) => `${code(binary(c))} ${Number.isNaN(levels[c]) ? 'is unused' : `decodes to ${Object.is(levels[c], -0) ? '-0' : levels[c]} too`}`,
  );
  const head = ['code', 'level', 'of largest', 'threshold above'];
  const text = textTable(usage ? [...head, 'used'] : head, rows);
  return [`\`\`\`text\n${text}\`\`\``, notes.join(' · ')].filter((part) => part !== '').join('\n\n');
}

function comparisonBody(symbol: Declared, analysis: Analysis, { results }: Known): string {
  const found = analysis.comparisons.find((comparison) => comparison.symbol === symbol);
  if (!found) return '';
  const rows = found.rows.slice(0, 40).map((evaluation) => {
    const result = resultOf(evaluation, results);
    const name = [evaluation.format.name, evaluation.scale.name, evaluation.weights.name].map(escaped).join(' · ');
    return [name, result ? sqnrText(result) : 'not evaluated', result ? percent(measures.relativeMae(result.total)) : ''];
  });
  return table(['format · scale · weights', 'SQNR', 'relative MAE'], rows);
}

/** Both sides of an assertion, where the pointer is on its keyword. */
export function hoverOfAssertion(analysis: Analysis, offset: number): Hover | undefined {
  const found = analysis.assertions.find(({ start }) => start <= offset && offset <= start + 'assert'.length);
  return found && { at: { start: found.start, end: found.start + 'assert'.length }, markdown: assertionLine(found) };
}

/** What came of an assertion, in one line. */
export function assertionLine({ outcome, left, right, unit }: AssertionResult): string {
  const side = (x: number | undefined): string => withUnit(significant(x ?? Number.NaN, 6), unit);
  switch (outcome) {
    case 'holds':
      return `Holds: ${side(left)} against ${side(right)}`;
    case 'fails':
      return `Fails: ${side(left)} against ${side(right)}`;
    case 'pending':
      return 'Not evaluated yet';
    case 'not-computed':
      return 'Cannot be computed by this version';
    case 'invalid':
      return 'Not a valid assertion';
  }
}
