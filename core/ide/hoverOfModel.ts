import type { Analysis } from '../lang/analysis.ts';
import { factOf } from '../lang/facts.ts';
import { modelRows, qualityOf } from '../lang/modelRows.ts';
import type { Declared } from '../lang/module.ts';
import type { ModelSpec } from '../lang/spec.ts';
import type { ModelDescription } from '../model/description.ts';
import { qualityMeasures } from '../model/quality.ts';
import { count, significant } from '../view/digits.ts';
import { measuredOnText, perplexityChangeText } from '../view/qualityText.ts';
import { code, escaped, table } from './markdown.ts';
import { activationsText } from './modelText.ts';

/** What is known of a linked model: what it is, what of it is quantized, its text, and the formats that were evaluated on it. */
export function modelBody(symbol: Declared, analysis: Analysis): string {
  const model = analysis.models.get(symbol) ?? modelRows(analysis).find((row) => row.model.symbol === symbol)?.model;
  if (!model) return '';
  const fact = factOf({ kind: 'model', model }, analysis.known.facts);
  const described = fact && 'description' in fact && fact.description ? description(model, fact.description) : '';
  return [described, evaluated(symbol, analysis)].filter((part) => part !== '').join('\n\n');
}

function description(model: ModelSpec, of: ModelDescription): string {
  const files = of.textFiles.slice(0, 4).map(code).join(', ');
  const more = of.textFiles.length > 4 ? ` and ${of.textFiles.length - 4} more` : '';
  return [
    `${count(of.nWeights)} weights, ${of.nLayers} layers, ${count(of.nTokens)} tokens of ${code(of.tokenizerFile)}`,
    `${of.nQuantizedLinears} of ${of.nLinears} linear layers are quantized, ${count(of.nQuantizedWeights)} weights; ${activationsText(model.activations)}`,
    `${count(of.nTargets)} tokens in ${count(of.nWindows)} windows of up to ${count(of.windowLength)}, of ${count(of.nDocuments)} ` +
      `${of.nDocuments === 1 ? 'document' : 'documents'}: ${files}${more}`,
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

/** The most rows of the table. */
const MOST = 40;

function evaluated(symbol: Declared, analysis: Analysis): string {
  const rows = modelRows(analysis)
    .filter((row) => row.model.symbol === symbol)
    .slice(0, MOST)
    .flatMap((row) => {
      const found = qualityOf(row, analysis.known);
      if (!found || 'problem' in found || found.nWindows === 0) return [];
      const { total } = found;
      return [
        [
          `${escaped(row.format.name)} · ${escaped(row.scale.name)}`,
          significant(qualityMeasures.perplexity(total), 5),
          perplexityChangeText(found),
          significant(qualityMeasures.divergence(total), 3),
          measuredOnText(found),
        ],
      ];
    });
  return rows.length === 0 ? '' : table(['format · scale', 'perplexity', 'change', 'divergence', 'measured on'], rows);
}
