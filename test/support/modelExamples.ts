import type { Analysis } from '../../core/lang/analysis.ts';
import { analyseModule } from '../../core/lang/analysis.ts';
import { type Fact, type FactRequest, factKey, type QualityRequest } from '../../core/lang/facts.ts';
import { qualityRequests } from '../../core/lang/modelRows.ts';
import type { LinkedModelProblem } from '../../core/model/description.ts';
import type { QualitySums } from '../../core/model/quality.ts';
import { type QualityReport, qualityReport } from '../../core/model/qualityReport.ts';
import { analysed } from './analysed.ts';

/** A comparison on a model, and what is asserted of it. */
export const evaluatedOnModel = `use std.paper
weights w = "tiny-lm/tiny.safetensors"
scale s { block = 32, axis = last, anchor = max_level }
model tiny = "tiny-lm" { tokens = 40 }
format Mine extends E2M1 { negative_zero = 5 }
compare c { formats = [NF4, Mine], on = w, scale = s, model = tiny }
assert perplexity(NF4, on: tiny, scale: s) < 4
assert perplexity_change(NF4, on: tiny, scale: s) > 1
`;

/** A report of ten tokens a window, in each of which each token lost `loss` nats against `plain` unquantized. */
export function report(nWindows = 4, nAllWindows = 4, loss = 1.2, plain = 1): QualityReport {
  const sums = Array.from({ length: nWindows }, (_, i): QualitySums => {
    // Windows differ, or there would be no interval.
    const own = 10 * loss * (1 + 0.01 * i);
    return { n: 10, loss: own, plainLoss: 10 * plain, divergence: own - 10 * plain, nAgreed: 9 };
  });
  const windows = sums.map((_, i) => ({ document: i % 2 }));
  return qualityReport(windows, sums, nAllWindows);
}

/** A spec with every evaluation on models known, and its models opened. */
export function withModels(
  text: string,
  qualityOf: (request: QualityRequest) => Fact | undefined,
  problems: readonly LinkedModelProblem[] = [],
): Analysis {
  const first = analysed(text);
  const facts = new Map<string, Fact>();
  const keep = (request: FactRequest, fact: Fact | undefined): void => void (fact && facts.set(factKey(request), fact));
  for (const model of first.models.values()) keep({ kind: 'model', model }, { description, problems });
  for (const request of qualityRequests(first)) keep(request, qualityOf(request));
  return analyseModule(first.module, { measured: () => undefined, facts });
}

const description = {
  nWeights: 900_000,
  nQuantizedWeights: 880_000,
  nLayers: 5,
  nLinears: 35,
  nQuantizedLinears: 28,
  nTokens: 86,
  tokenizerFile: 'tiny-lm/chars.json',
  textFiles: ['tiny-lm/held-moby.txt', 'tiny-lm/held-sotu.txt'],
  nDocuments: 2,
  windowLength: 10,
  nWindows: 4,
  nTargets: 40,
};
