import type { Analysis } from '../lang/analysis.ts';
import type { Declared } from '../lang/module.ts';
import type { FormatSpec } from '../lang/spec.ts';
import * as measures from '../measure/measures.ts';
import type { Span } from '../syntax/tree.ts';
import { percent, significant } from '../view/digits.ts';
import { sqnrText } from '../view/sqnrText.ts';
import { areaLens } from './areaText.ts';
import { assertionLine } from './hoverOfDeclared.ts';
import { evaluationsOfFormat, type Results, resultOf } from './known.ts';
import { modelLens, qualityLenses } from './modelText.ts';

/** A line above a declaration. */
export interface Lens {
  readonly at: Span;
  readonly title: string;
  /** What a click does; nothing where the lens only says something. */
  readonly action:
    | { readonly kind: 'evaluate' | 'pictures'; readonly format: string | undefined }
    | { readonly kind: 'evaluateOnModel' }
    | undefined;
}

/** The error of each format where it is known, "evaluate" above each that has something to be evaluated on, and what came of each assertion. */
export function lenses(analysis: Analysis, results: Results): Lens[] {
  const formats = [...analysis.formats].flatMap(([symbol, spec]) => formatLenses(symbol, spec, analysis, results));
  const comparisons = analysis.comparisons.map(({ symbol, rows }): Lens => {
    const known = rows.filter((row) => resultOf(row, results)).length;
    const state = known === rows.length ? `${rows.length} rows evaluated` : `${known} of ${rows.length} rows evaluated`;
    return { at: symbol.declaration.name!, title: `${state} · evaluate`, action: { kind: 'evaluate', format: undefined } };
  });
  const assertions = analysis.assertions
    .filter(({ outcome }) => outcome === 'holds' || outcome === 'fails')
    .map((result): Lens => ({ at: { start: result.start, end: result.end }, title: assertionLine(result), action: undefined }));
  const models = [...analysis.models].map(
    ([symbol, model]): Lens => ({ at: symbol.declaration.name!, title: modelLens(model, analysis), action: { kind: 'evaluateOnModel' } }),
  );
  return [...formats, ...comparisons, ...models, ...assertions].sort((a, b) => a.at.start - b.at.start);
}

/** A way to the pictures of each format and comparison, for an editor that has a panel to show them. */
export const pictureLenses = ({ formats, comparisons }: Analysis): readonly Lens[] => [
  ...[...formats].map(([{ declaration, name }]) => pictureLens(declaration.name!, name)),
  ...comparisons.map(({ symbol }) => pictureLens(symbol.declaration.name!, undefined)),
];

const pictureLens = (at: Span, format: string | undefined): Lens => ({ at, title: 'pictures', action: { kind: 'pictures', format } });

function formatLenses(symbol: Declared, spec: FormatSpec, analysis: Analysis, results: Results): Lens[] {
  const at = symbol.declaration.name!;
  const evaluations = evaluationsOfFormat(analysis, symbol);
  const lines = evaluations.flatMap((evaluation): string[] => {
    const result = resultOf(evaluation, results);
    if (!result) return [];
    const { total } = result;
    const instance = evaluation.format.name === spec.name ? '' : `${evaluation.format.name} `;
    const clipped = measures.clipped(total) > 0 ? `, ${percent(measures.clipped(total))} clipped` : '';
    return [`${instance}SQNR ${sqnrText(result)} on ${evaluation.weights.name}, ${evaluation.scale.name}${clipped}`];
  });
  const area = areaLens(spec, analysis);
  const onModels = qualityLenses(spec, analysis).map((title): Lens => ({ at, title, action: undefined }));
  if (evaluations.length === 0) {
    const own = spec.scale ? ` · ${significant(measures.nominalBitsPerWeight(spec.bits, spec.scale.rule), 4)} bits per weight` : '';
    const title = `${spec.codebook.ascending.length} levels${own}${area === undefined ? '' : ` · ${area}`}`;
    return [{ at, title, action: undefined }, ...onModels];
  }
  const shown: Lens[] = lines.slice(0, 3).map((title) => ({ at, title, action: undefined }));
  if (lines.length > 3) shown.push({ at, title: `and ${lines.length - 3} more`, action: undefined });
  shown.push(...onModels);
  if (area !== undefined) shown.push({ at, title: area, action: undefined });
  return [...shown, { at, title: 'evaluate', action: { kind: 'evaluate', format: symbol.name } }];
}
