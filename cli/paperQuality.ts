import { factKey, factOf, type QualityRequest } from '../core/lang/facts.ts';
import { qualityRequest } from '../core/lang/modelMeasures.ts';
import type { ModelSpec, NamedScale } from '../core/lang/spec.ts';
import { modelSummary } from '../core/measure/fit/modelSummary.ts';
import { type Preparation, unprepared, usualGptq } from '../core/model/preparation.ts';
import { qualityMeasures } from '../core/model/quality.ts';
import type { QualityReport } from '../core/model/qualityReport.ts';
import { blockTitle, errorBlocks } from '../core/paper/errorClaims.ts';
import type { MeasuredProfile } from '../core/paper/profileClaims.ts';
import { publishedCodebooks } from '../core/paper/publishedCodebooks.ts';
import type { Change, MeasuredQuality } from '../core/paper/qualityClaims.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { formatOf, type PaperSpec } from './paperSpec.ts';
import type { ReadOptions } from './spec.ts';

/** What a model is evaluated under. */
interface Condition {
  readonly quantized: MeasuredQuality['quantized'];
  readonly method: MeasuredQuality['method'];
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
    { quantized: 'weights', method: 'nearest', ...at(128), formats: [...compared, ...swept] },
    { quantized: 'weights', method: 'nearest', ...at(32), formats: compared },
    { quantized: 'weights', method: 'nearest', ...at('channel'), formats: compared },
    { quantized: 'weights', method: 'gptq', ...at('channel'), formats: compared },
    { quantized: 'weights and inputs', method: 'nearest', ...at(128), formats: compared },
    { quantized: 'weights and inputs', method: 'smoothquant', ...at(128), formats: compared },
  ];
}

/** The paper's: SmoothQuant in the norms before, half of the outliers moved. */
const preparations: Readonly<Record<MeasuredQuality['method'], Preparation>> = {
  nearest: unprepared,
  smoothquant: { ...unprepared, smoothing: { alpha: 0.5, inputs: 'norms' } },
  gptq: { ...unprepared, gptq: usualGptq },
};

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
        problems.push(`Model ${nameOf(model)}: ${found ? found.problem : `nothing is known of ${factKey(request)}`}`);
        continue;
      }
      const change = changeOf(found);
      if (change) changes.set(name, change);
      perplexity = Math.exp(found.total.plainLoss / found.total.n);
      notes.set(
        nameOf(model),
        `Model ${nameOf(model)}: ${found.total.n} tokens in ${found.nWindows} windows, perplexity per token unquantized ${perplexity.toFixed(4)}`,
      );
    }
    const { quantized, method, words, isByRow } = condition;
    if (perplexity === undefined) return [];
    return [{ subject: nameOf(model), quantized, method, scale: words, isByRow, perplexity, changes }];
  });
  return { qualities, problems: [...new Set(problems)], notes: [...notes.values()] };
}

function requestOf(name: string, { quantized, method, scale }: Condition, model: ModelSpec, own: PaperSpec): QualityRequest {
  const request = qualityRequest(formatOf(own, name), scale, model, quantized === 'weights' ? 'none' : 'same');
  return { ...request, preparation: preparations[method] };
}

/** Undefined where the text is too short for an interval. */
function changeOf({ total, intervals }: QualityReport): Change | undefined {
  const interval = intervals.perplexityChange;
  return interval && { value: qualityMeasures.perplexityChange(total), low: interval.low, high: interval.high };
}

/** How the inputs of the models' linear layers are distributed, all tokens together. */
export async function inputProfiles(
  models: readonly ModelSpec[],
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<{ readonly profiles: readonly MeasuredProfile[]; readonly problems: readonly string[] }> {
  const profiles: MeasuredProfile[] = [];
  const problems: string[] = [];
  for (const model of models) {
    const { run, problems: own } = await evaluator.models.inspected(model, options);
    problems.push(...own.map(({ message }) => message));
    if (!run || run.selected.length === 0) continue;
    const found = await evaluator.models.studied(run, [], { seed: SEED, most: SAMPLE }, options);
    if ('problem' in found) problems.push(`Model ${nameOf(model)}: ${found.problem}`);
    else
      profiles.push({
        subject: `inputs of the linear layers of ${nameOf(model)}`,
        normalisation: 'as they are',
        summary: modelSummary(found.inputs.map(({ fit }) => fit)),
      });
  }
  return { profiles, problems };
}

/** Nothing is kept of the sample: fits are of all numbers. */
const SAMPLE = 1;
const SEED = 1;

/** Names in a spec may tell what becomes of activations, which is not as they say here: so a model goes by its path. */
const nameOf = ({ path }: ModelSpec): string => visible(path);
