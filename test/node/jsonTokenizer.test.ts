import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { jsonTokenizer, MOST_TOKENIZING_MS } from '../../node/jsonTokenizer.ts';
import { withinTime } from '../../node/withinTime.ts';

const model = { type: 'BPE', vocab: { '<unk>': 0, a: 1, b: 2 }, merges: [], unk_token: '<unk>' };
const file = (changes: object): string => JSON.stringify({ model, ...changes });
/** Takes 2^n steps on n characters without an end that it waits for. */
const endless = { Regex: '(a+)+c' };
const hostile = 'a'.repeat(64);

describe('a tokenizer.json of a stranger', () => {
  test('reads and tokenizes as in the core', () => {
    const found = jsonTokenizer(file({}), 'tokenizer.json', undefined, MOST_TOKENIZING_MS);
    if ('problems' in found) return expect.fail(found.problems[0]!.message);
    expect(found.tokenizer.encode('ab')).toEqual({ tokens: Uint32Array.of(1, 2) });
    expect(found.tokenizer.decode([1, 2])).toBe('a b');
    expect(found.tokenizer.nTokens).toBe(3);
    expect(jsonTokenizer('{', 'tokenizer.json', undefined, MOST_TOKENIZING_MS)).toHaveProperty('problems');
  });

  test('with a regular expression that has no end is stopped, on a text and while it is read', () => {
    const found = jsonTokenizer(
      file({ pre_tokenizer: { type: 'Split', pattern: endless, behavior: 'Isolated' } }),
      'tokenizer.json',
      undefined,
      100,
    );
    if ('problems' in found) return expect.fail(found.problems[0]!.message);
    expect(found.tokenizer.encode(hostile)).toEqual({
      fault: 'Making tokens of 64 characters by "tokenizer.json" took longer than 0.1 s; its regular expressions may be to blame',
    });
    // An added token is normalized when the file is read.
    const added = [{ id: 3, content: hostile, normalized: true }];
    const normalizer = { type: 'Replace', pattern: endless, content: '' };
    expect(jsonTokenizer(file({ normalizer, added_tokens: added }), 'tokenizer.json', undefined, 100)).toEqual({
      problems: [{ file: 'tokenizer.json', message: '"tokenizer.json": reading it took longer than 0.1 s' }],
    });
  });
});

describe('a limit of time', () => {
  test('gives what a function returns, and its own exceptions', () => {
    expect(withinTime(1000, () => [1])).toEqual({ value: [1] });
    const error = new RangeError('own');
    expect(() =>
      withinTime(1000, () => {
        throw error;
      }),
    ).toThrow(error);
  });

  test('cannot be caught by what it stops', () => {
    expect(
      withinTime(50, () => {
        for (;;)
          try {
            /(a+)+c/.test(hostile);
          } catch {
            // Goes on, if it can.
          }
      }),
    ).toEqual({ fault: 'took longer than 0.05 s' });
  });

  test('holds in a thread as well', async () => {
    // As a script of its own: a thread reads no TypeScript here.
    const source = `const { Script } = require('node:vm');
      try { new Script('work()').runInNewContext({ work: () => /(a+)+c/.test('${hostile}') }, { timeout: 50 }); }
      catch (error) { require('node:worker_threads').parentPort.postMessage(error.code); }`;
    const code = await new Promise((settle) => new Worker(source, { eval: true }).on('message', settle));
    expect(code).toBe('ERR_SCRIPT_EXECUTION_TIMEOUT');
  });
});
