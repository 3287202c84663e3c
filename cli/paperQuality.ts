import { factKey, factOf, type QualityRequest } from '../core/lang/facts.ts';
import { qualityRequest } from '../core/lang/modelMeasures.ts';
import type { ModelSpec, NamedScale } from '../core/lang/spec.ts';
import { qualityMeasures } from '../core/model/quality.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { blockTitle, errorBlocks } from '../core/paper/errorClaims.ts';
import { publishedCodebooks } from '../core/paper/publishedCodebooks.ts';
import type { Change, MeasuredQuality } from '../core/paper/qualityClaims.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { formatOf, type PaperSpec } from './paperSpec.ts';
import type { ReadOptions } from './spec.ts';

/** What a model is evaluated under. */
interface Condition {
  readonly quantized: MeasuredQuality['quantized'];
  readonly scale: NamedScale;
  readonly words: string;
  readonly isByRow: boolean;
  readonly formats: readonly string[];
}

const compared = publishedCodebooks.map(({ format }) => format);

/** Those of the paper's Table 2. */
const swept = [3, 4, 5, 6, 7].map((nu) => `SF(${nu})`);

/** The block size of the paper's tables, one that is finer, and one scale for a row. */
function conditions({ scales }: PaperSpec): readonly Condition[] {
  const at = (block: (typeof errorBlocks)[number]) => ({
    scale: scales[errorBlocks.indexOf(block)]!,
    words: block === 'channel' ? 'a scale for a row' : `blocks of ${blockTitle(block)}`,
    isByRow: block === 'channel',
  });
  return [
    { quantized: 'weights', ...at(128), formats: [...compared, ...swept] },
    { quantized: 'weights', ...at(32), formats: compared },
    { quantized: 'weights', ...at('channel'), formats: compared },
    { quantized: 'weights and inputs', ...at(128), formats: compared },
  ];
}

export interface MeasuredModels {
  readonly qualities: readonly MeasuredQuality[];
  readonly problems: readonly string[];
  /** What was measured, in words. */
  readonly notes: readonly string[];
}

/** Runs the models of a spec under every condition that a claim needs. */
export async function modelQualities(
  models: readonly ModelSpec[],
  own: PaperSpec,
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<MeasuredModels> {
  const asked = models.flatMap((model) =>
    conditions(own).map((condition) => ({
      model,
      condition,
      requests: condition.formats.map((name) => ({ name, request: requestOf(name, condition, model, own) })),
    })),
  );
  const { facts } = await evaluator.facts.find(
    asked.flatMap(({ requests }) => requests.map(({ request }) => request)),
    options,
  );
  const problems: string[] = [];
  const notes = new Map<string, string>();
  const qualities = asked.flatMap(({ model, condition, requests }): readonly MeasuredQuality[] => {
    const changes = new Map<string, Change>();
    let perplexity: number | undefined;
    for (const { name, request } of requests) {
      const found = factOf(request, facts);
      if (!found || 'problem' in found) {
        problems.push(`Model ${model.name}: ${found ? found.problem : `nothing is known of ${factKey(request)}`}`);
        continue;
      }
      const change = changeOf(found);
      if (change) changes.set(name, change);
      perplexity = Math.exp(found.total.plainLoss / found.total.n);
      notes.set(
        model.name,
        `Model ${model.name}: ${found.total.n} tokens in ${found.nWindows} windows, perplexity per token unquantized ${perplexity.toFixed(4)}`,
      );
    }
    const { quantized, words, isByRow } = condition;
    if (perplexity === undefined) return [];
    return [{ subject: model.name, quantized, method: 'nearest', scale: words, isByRow, perplexity, changes }];
  });
  return { qualities, problems: [...new Set(problems)], notes: [...notes.values()] };
}

function requestOf(name: string, { quantized, scale }: Condition, model: ModelSpec, own: PaperSpec): QualityRequest {
  return qualityRequest(formatOf(own, name), scale, model, quantized === 'weights' ? 'none' : 'same');
}

/** Undefined where the text is too short for an interval. */
function changeOf({ total, intervals }: QualityReport): Change | undefined {
  const interval = intervals.perplexityChange;
  return interval && { value: qualityMeasures.perplexityChange(total), low: interval.low, high: interval.high };
}
