import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, analyse } from '../../../core/lang/analysis.ts';
import { type Fact, type FactRequest, factKey, factOf, type QualityRequest } from '../../../core/lang/facts.ts';
import { qualityRequests } from '../../../core/lang/modelRows.ts';
import type { InspectedModel } from '../../../core/model/description.ts';
import { qualityMeasures } from '../../../core/model/quality.ts';
import { isWhole, type QualityReport } from '../../../core/model/qualityReport.ts';
import type { CachePlace } from '../../../node/cacheFolder.ts';
import { Evaluator } from '../../../node/evaluator.ts';
import type { FactOptions } from '../../../node/factRun.ts';
import { specFiles } from '../../../node/specFiles.ts';
import { type Config, llamaLogits, losses, readTensors } from '../../core/model/llama.ts';
import { tinyTokens } from '../../core/model/models.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const folder = temporaryFolder();
const files = specFiles({ open: () => undefined, root: () => undefined });

beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt', 'held-sotu.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
});

const running: Evaluator[] = [];
afterEach(() => Promise.all(running.splice(0).map((evaluator) => evaluator.close())));

function evaluator(workers = 2, cache: CachePlace = { folder: '', limit: 0 }): Evaluator {
  const started = new Evaluator(resolve('dist/worker.cjs'), workers, cache);
  running.push(started);
  return started;
}

const analysed = (spec: string): Analysis => analyse('file:///spec.nibble', spec, files);

const head = (model: string): string => `use std.paper
${model}
scale s { block = 32, axis = last, anchor = max_level }
`;

async function find(
  on: Evaluator,
  requests: readonly FactRequest[],
  options: Partial<FactOptions> & { readonly root?: string } = {},
): Promise<ReadonlyMap<string, Fact>> {
  const found = await on.facts.find(requests, {
    place: () => ({ base: folder.path, root: options.root }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    limit: Number.POSITIVE_INFINITY,
    ...options,
  });
  return found.facts;
}

/** What evaluating all that a spec asks of its models gives, in the order of the requests. */
async function reports(spec: string, on: Evaluator, options: Partial<FactOptions> = {}): Promise<readonly QualityReport[]> {
  const analysis = analysed(spec);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const requests = qualityRequests(analysis);
  const facts = await find(on, requests, options);
  return requests.map((request) => reportIn(request, facts));
}

function reportIn(request: QualityRequest, facts: ReadonlyMap<string, Fact>): QualityReport {
  const found = factOf(request, facts);
  if (!found || 'problem' in found) throw new Error(`There is no report: ${found?.problem}`);
  return found;
}

/** What is wrong with the model of a spec. */
async function problems(spec: string, options: { readonly root?: string } = {}): Promise<readonly string[]> {
  const [model] = analysed(head(spec)).models.values();
  const facts = await find(evaluator(1), [{ kind: 'model', model: model! }], options);
  const found = facts.get(factKey({ kind: 'model', model: model! })) as InspectedModel;
  return found.problems.map(({ code, about, message }) => `${code} ${about}: ${message}`);
}

const small = 'model tiny = "tiny" { tokens = 1500, window = 64 }';
const twoFormats = `${head(small)}assert perplexity(NF4, on: tiny, scale: s) < 5
assert divergence(INT4, on: tiny, scale: s, activations: same) < 1
`;

describe('a model is run on windows of all its documents in turn', () => {
  test('and the unquantized loss is that of an independent implementation', async () => {
    const [report] = await reports(
      `${head('model tiny = "tiny" { tokens = 256, window = 64 }')}assert perplexity(NF4, on: tiny, scale: s) < 5`,
      evaluator(),
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
    const [one, three] = [await reports(twoFormats, evaluator(1)), await reports(twoFormats, evaluator(3))];
    expect(one).toEqual(three);
    expect(one.map(isWhole)).toEqual([true, true]);
  });

  test('and quantizing inputs as well does more harm than quantizing weights alone', async () => {
    const spec = `${head(small)}assert perplexity(INT4, on: tiny, scale: s) < perplexity(INT4, on: tiny, scale: s, activations: same)`;
    const [weights, both] = await reports(spec, evaluator());
    expect(qualityMeasures.divergence(both!.total)).toBeGreaterThan(qualityMeasures.divergence(weights!.total));
  });

  test('and an interval holds the figure it is of', async () => {
    const [report] = await reports(twoFormats, evaluator());
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
    const ended = find(evaluator(1, cache), requests, {
      signal: stop.signal,
      onProgress: (done) => {
        reached = done;
        stop.abort(new Error('seen enough'));
      },
    });
    await expect(ended).rejects.toThrow('seen enough');
    expect(reached).toBeGreaterThan(0);
    const steps: number[] = [];
    const facts = await find(evaluator(1, cache), requests, { onProgress: (done) => steps.push(done) });
    // What was run before is told first, and not run again: the parts after it would come one by one otherwise.
    expect(steps[0]).toBe(reached);
    const fresh = await find(evaluator(2), requests);
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
    await expect(find(evaluator(1), [request!], { onPartial, signal: enough.signal })).rejects.toThrow('seen enough');
    expect(told.map(isWhole)).toEqual([false]);
    expect(told[0]!.nWindows).toBeLessThan(told[0]!.nAllWindows);
  });

  test('and the last that is told is of all of it', async () => {
    const [request] = qualityRequests(analysed(twoFormats));
    const told: QualityReport[] = [];
    const facts = await find(evaluator(1), [request!], { onPartial: (found) => told.push(reportIn(request!, found)) });
    expect(told.at(-1)).toBe(reportIn(request!, facts));
    expect(isWhole(told.at(-1)!)).toBe(true);
  });

  test('and one that nobody wants from the start does nothing', async () => {
    const stopped = AbortSignal.abort(new Error('never mind'));
    await expect(find(evaluator(1), qualityRequests(analysed(twoFormats)), { signal: stopped })).rejects.toThrow('never mind');
  });
});

test('a model is looked at again only when one of its files has changed', async () => {
  mkdirSync(folder.at('live'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`live/${name}`));
  folder.put('live/held.txt', 'Call me Ishmael. '.repeat(20));
  const [model] = analysed('model m = "live"').models.values();
  const on = evaluator(1);
  const request = { kind: 'model', model: model! } as const;
  const look = async () => (await find(on, [request])).get(factKey(request)) as InspectedModel;
  const first = await look();
  expect(first.description).toMatchObject({ nDocuments: 1, nTargets: 339 });
  expect(await look()).toBe(first);
  folder.put('live/held.txt', 'Call me Ishmael. '.repeat(10));
  const shorter = await look();
  expect(shorter.description).toMatchObject({ nDocuments: 1, nTargets: 169 });
  folder.put('live/held-2.txt', 'Some years ago');
  expect((await look()).description).toMatchObject({ nDocuments: 2, nTargets: 182 });
  folder.put('live/chars.json', '["a"]');
  expect((await look()).problems).toHaveLength(1);
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
    evaluator(1),
  );
  const json = await reports(`${head('model tiny = "json"')}assert perplexity(NF4, on: tiny, scale: s) < 5`, evaluator(1));
  expect(json).toEqual(plain);
  folder.put('json/tokenizer_config.json', JSON.stringify({ add_bos_token: true, bos_token: 'z' }));
  const [begun] = await reports(`${head('model tiny = "json"')}assert perplexity(NF4, on: tiny, scale: s) < 5`, evaluator(1));
  expect([plain[0]!.total.n, begun!.total.n]).toEqual([15, 16]);
});

describe('what is wrong with a model is said, with its place and what would be right', () => {
  test('no such folder', async () => {
    expect(await problems('model m = "nowhere"')).toEqual(['model.missing path: There is no file or folder "nowhere"']);
  });

  test('a folder without weights, without a configuration, without a text', async () => {
    mkdirSync(folder.at('empty'), { recursive: true });
    expect(await problems('model m = "empty"')).toEqual(['model.missing path: There is no safetensors file in "empty"']);
    mkdirSync(folder.at('bare'), { recursive: true });
    copyFileSync(folder.at('tiny/tiny.safetensors'), folder.at('bare/tiny.safetensors'));
    expect(await problems('model m = "bare"')).toEqual(['model.missing config: There is no file "bare/config.json"']);
    expect(await problems('model m = "bare" { config = "tiny/config.json" }')).toEqual([
      expect.stringContaining('say `tokenizer = "..."`'),
    ]);
    const named = 'model m = "bare" { config = "tiny/config.json", tokenizer = "tiny/chars.json" }';
    expect(await problems(named)).toEqual([expect.stringContaining('model.missing text: There is no text to measure on')]);
  });

  test('a configuration of another architecture, a text of other characters, patterns of other names', async () => {
    folder.put('gpt.json', JSON.stringify({ ...JSON.parse(readFileSync('examples/tiny-lm/config.json', 'utf8')), model_type: 'gpt2' }));
    expect(await problems('model m = "tiny" { config = "gpt.json" }')).toEqual([expect.stringContaining('only `llama` is run')]);
    folder.put('greek.txt', 'αβγ');
    expect(await problems('model m = "tiny" { text = "greek.txt" }')).toEqual([
      expect.stringContaining('model.unreadable text: "greek.txt": "α"'),
    ]);
    expect(await problems('model m = "tiny" { quantize = ["*.waits"] }')).toEqual([
      expect.stringContaining('model.no-layer-matches quantize: None of the 47 tensors in "tiny" matches "*.waits"'),
    ]);
    expect(await problems('model m = "tiny" { quantize = "*embed*" }')).toEqual([
      expect.stringContaining('leave none of the 35 linear layers'),
    ]);
    expect(await problems('model m = "tiny" { window = 1000 }')).toEqual([
      expect.stringContaining('longer than the context of the model, 256'),
    ]);
  });

  test('a text that is no text, is empty, or is a folder', async () => {
    folder.put('binary.txt', Uint8Array.of(0xff, 0xfe, 0x00));
    expect(await problems('model m = "tiny" { text = "binary.txt" }')).toEqual([
      expect.stringContaining('"binary.txt" is no text in UTF-8'),
    ]);
    folder.put('short.txt', 'a');
    expect(await problems('model m = "tiny" { text = "short.txt" }')).toEqual([expect.stringContaining('has two tokens')]);
    expect(await problems('model m = "tiny" { text = "tiny" }')).toEqual([expect.stringContaining('it is a folder')]);
  });

  test('a text of more windows than are cut', async () => {
    folder.put('long.txt', 'a'.repeat(600_000));
    expect(await problems('model m = "tiny" { text = "long.txt", window = 2 }')).toEqual([
      'model.unreadable window: The text has 300000 windows of 2 tokens; at most 262144 are cut',
    ]);
  });

  test('a tokenizer for another model', async () => {
    folder.put('many.json', JSON.stringify(Array.from({ length: 87 }, (_, i) => String.fromCodePoint(0x4e00 + i))));
    expect(await problems('model m = "tiny" { tokenizer = "many.json" }')).toEqual([
      'model.unreadable tokenizer: "many.json" has 87 tokens; the model knows 86',
    ]);
    folder.put('broken.bin', Uint8Array.of(1, 2, 3));
    expect(await problems('model m = "tiny" { tokenizer = "broken.bin" }')).toEqual([
      expect.stringContaining('model.unreadable tokenizer: "broken.bin"'),
    ]);
  });

  test('weights that are cut short', async () => {
    mkdirSync(folder.at('cut'), { recursive: true });
    folder.put('cut/model.safetensors', readFileSync('examples/tiny-lm/tiny.safetensors').subarray(0, 100_000));
    const spec = 'model m = "cut" { config = "tiny/config.json", tokenizer = "tiny/chars.json", text = "tiny/held*.txt" }';
    expect((await problems(spec)).length).toBeGreaterThan(0);
    const { models } = analysed(head(spec));
    expect(models.size).toBe(1);
  });

  test('in an untrusted workspace, what lies outside is neither read nor told apart', async () => {
    mkdirSync(folder.at('inside'), { recursive: true });
    expect(await problems('model m = "../tiny"', { root: folder.at('inside') })).toHaveLength(1);
    symlinkSync(folder.at('tiny'), folder.at('inside/link'));
    const facts = await problems('model m = "inside/link"', { root: folder.at('inside') });
    expect(facts).toEqual(['model.unreadable path: Cannot read "inside/link": it lies outside the workspace, which is not trusted']);
  });
});
