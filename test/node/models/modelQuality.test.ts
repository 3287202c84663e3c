import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Fact, factOf, type QualityRequest } from '../../../core/lang/facts.ts';
import { qualityRequests } from '../../../core/lang/modelRows.ts';
import { qualityMeasures } from '../../../core/model/quality.ts';
import { isWhole, type QualityReport } from '../../../core/model/qualityReport.ts';
import type { Evaluator } from '../../../node/evaluator.ts';
import type { FactOptions } from '../../../node/factRun.ts';
import { type Config, llamaLogits, losses, readTensors } from '../../core/model/llama.ts';
import { tinyTokens } from '../../core/model/models.ts';
import { startEvaluator } from '../../support/startEvaluator.ts';
import { analysed, find, head, tinyFolder } from './specsOfModels.ts';

const folder = tinyFolder();

/** What evaluating all that a spec asks of its models gives, in the order of the requests. */
async function reports(spec: string, on: Evaluator, options: Partial<FactOptions> = {}): Promise<readonly QualityReport[]> {
  const analysis = analysed(spec);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const requests = qualityRequests(analysis);
  const facts = await find(on, folder.path, requests, options);
  return requests.map((request) => reportIn(request, facts));
}

function reportIn(request: QualityRequest, facts: ReadonlyMap<string, Fact>): QualityReport {
  const found = factOf(request, facts);
  if (!found || 'problem' in found) throw new Error(`There is no report: ${found?.problem}`);
  return found;
}

const small = 'model tiny = "tiny" { tokens = 1500, window = 64 }';
const twoFormats = `${head(small)}assert perplexity(NF4, on: tiny, scale: s) < 5
assert divergence(INT4, on: tiny, scale: s, activations: same) < 1
`;

describe('a model is run on windows of all its documents in turn', () => {
  test('and the unquantized loss is that of an independent implementation', async () => {
    const [report] = await reports(
      `${head('model tiny = "tiny" { tokens = 256, window = 64 }')}assert perplexity(NF4, on: tiny, scale: s) < 5`,
      startEvaluator(),
    );
    const config = JSON.parse(readFileSync('examples/tiny-lm/config.json', 'utf8')) as Config;
    const weights = readTensors('examples/tiny-lm/tiny.safetensors');
    const texts = ['held-moby.txt', 'held-sotu.txt'].map((name) =>
      tinyTokens(readFileSync(`examples/tiny-lm/${name}`, 'utf8').slice(0, 129)),
    );
    const expected = [0, 64].flatMap((from) =>
      texts.map((tokens) => {
        const logits = llamaLogits(config, weights, tokens.slice(from, from + 64));
        return losses(logits, tokens.slice(from + 1, from + 65)).reduce((sum, loss) => sum + loss, 0);
      }),
    );
    expect(report).toMatchObject({ nWindows: 4, nAllWindows: 4, nDocuments: 2, unit: 'window' });
    expect(report!.units.map(({ plainLoss }) => plainLoss)).toEqual(expected.map((loss) => expect.closeTo(loss, 3)));
    expect(report!.total.n).toBe(256);
  });

  test('and the figures are the same for any number of threads', async () => {
    const [one, three] = [await reports(twoFormats, startEvaluator(1)), await reports(twoFormats, startEvaluator(3))];
    expect(one).toEqual(three);
    expect(one.map(isWhole)).toEqual([true, true]);
  });

  test('and quantizing inputs as well does more harm than quantizing weights alone', async () => {
    const spec = `${head(small)}assert perplexity(INT4, on: tiny, scale: s) < perplexity(INT4, on: tiny, scale: s, activations: same)`;
    const [weights, both] = await reports(spec, startEvaluator());
    expect(qualityMeasures.divergence(both!.total)).toBeGreaterThan(qualityMeasures.divergence(weights!.total));
  });

  test('and an interval holds the figure it is of', async () => {
    const [report] = await reports(twoFormats, startEvaluator());
    for (const [name, interval] of Object.entries(report!.intervals)) {
      const value = qualityMeasures[name as keyof typeof qualityMeasures](report!.total);
      expect(interval!.low, name).toBeLessThan(value);
      expect(interval!.high, name).toBeGreaterThan(value);
    }
  });
});

describe('an evaluation that is ended goes on where it was', () => {
  test('from the cache on disk, in another evaluator', { timeout: 60_000 }, async () => {
    const cache = { folder: folder.at('cache'), limit: 2 ** 24 };
    const stop = new AbortController();
    const spec = `${head('model tiny = "tiny" { tokens = 8000, window = 128 }')}assert perplexity(NF4, on: tiny, scale: s) < 5`;
    const requests = qualityRequests(analysed(spec));
    let reached = 0;
    const ended = find(startEvaluator(1, cache), folder.path, requests, {
      signal: stop.signal,
      onProgress: (done) => {
        reached = done;
        stop.abort(new Error('seen enough'));
      },
    });
    await expect(ended).rejects.toThrow('seen enough');
    expect(reached).toBeGreaterThan(0);
    const steps: number[] = [];
    const facts = await find(startEvaluator(1, cache), folder.path, requests, { onProgress: (done) => steps.push(done) });
    // What was run before is told first, and not run again: the parts after it would come one by one otherwise.
    expect(steps[0]).toBe(reached);
    const fresh = await find(startEvaluator(2), folder.path, requests);
    expect(reportIn(requests[0]!, facts)).toEqual(reportIn(requests[0]!, fresh));
  });

  test('and what is told meanwhile is of part of the text, and says so', { timeout: 60_000 }, async () => {
    const spec = `${head('model tiny = "tiny" { tokens = 100000, window = 128 }')}assert perplexity(NF4, on: tiny, scale: s) < 5`;
    const [request] = qualityRequests(analysed(spec));
    const enough = new AbortController();
    const told: QualityReport[] = [];
    const onPartial: FactOptions['onPartial'] = (found) => {
      told.push(reportIn(request!, found));
      enough.abort(new Error('seen enough'));
    };
    await expect(find(startEvaluator(1), folder.path, [request!], { onPartial, signal: enough.signal })).rejects.toThrow('seen enough');
    expect(told.map(isWhole)).toEqual([false]);
    expect(told[0]!.nWindows).toBeLessThan(told[0]!.nAllWindows);
  });

  test('and the last that is told is of all of it', async () => {
    const [request] = qualityRequests(analysed(twoFormats));
    const told: QualityReport[] = [];
    const facts = await find(startEvaluator(1), folder.path, [request!], { onPartial: (found) => told.push(reportIn(request!, found)) });
    expect(told.at(-1)).toBe(reportIn(request!, facts));
    expect(isWhole(told.at(-1)!)).toBe(true);
  });

  test('and one that nobody wants from the start does nothing', async () => {
    const stopped = AbortSignal.abort(new Error('never mind'));
    await expect(find(startEvaluator(1), folder.path, qualityRequests(analysed(twoFormats)), { signal: stopped })).rejects.toThrow(
      'never mind',
    );
  });
});

test("the tokenizer beside a model is Hugging Face's where there is one, with the token that it puts before a text", async () => {
  const chars = JSON.parse(readFileSync('examples/tiny-lm/chars.json', 'utf8')) as string[];
  const vocab = Object.fromEntries(chars.map((char, token) => [char, token]));
  mkdirSync(folder.at('json'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`json/${name}`));
  folder.put('json/held.txt', 'Call me Ishmael.');
  const tokenizer = { version: '1.0', added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  folder.put('json/tokenizer.json', JSON.stringify({ ...tokenizer, model: { type: 'BPE', vocab, merges: [], unk_token: 'z' } }));
  const plain = await reports(
    `${head('model tiny = "json" { tokenizer = "json/chars.json" }')}assert perplexity(NF4, on: tiny, scale: s) < 5`,
    startEvaluator(1),
  );
  const json = await reports(`${head('model tiny = "json"')}assert perplexity(NF4, on: tiny, scale: s) < 5`, startEvaluator(1));
  expect(json).toEqual(plain);
  folder.put('json/tokenizer_config.json', JSON.stringify({ add_bos_token: true, bos_token: 'z' }));
  const [begun] = await reports(`${head('model tiny = "json"')}assert perplexity(NF4, on: tiny, scale: s) < 5`, startEvaluator(1));
  expect([plain[0]!.total.n, begun!.total.n]).toEqual([15, 16]);
});
