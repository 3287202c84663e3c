import { beforeEach, describe, expect, test } from 'vitest';
import { CancellationToken, type Connection } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { areaRequest } from '../../core/lang/areaMeasures.ts';
import { evaluationKey } from '../../core/lang/evaluationKey.ts';
import { factKey } from '../../core/lang/facts.ts';
import { zero } from '../../core/measure/errorSums.ts';
import type { PictureAnswer, PictureName, PictureWish } from '../../protocol/pictures.ts';
import { Pictures } from '../../server/pictures.ts';
import { type Evaluations, type Platform, Session } from '../../server/session.ts';

// Pictures without a machine below: what is measured and read for them never ends by itself.

const uri = 'file:///w/spec.nibble';
const formats = Array.from({ length: 30 }, (_, i) => `F${i}`);
const text = `use std.paper
weights w = "w.npy"
scale s { block = 32, axis = last, anchor = absmax }
hardware asic { cells = nangate45 }
${formats.map((name, i) => `format ${name} { bits = 3, levels = [-3, -2, -1, 0, ${i + 1}, 97, 98, 99] }`).join('\n')}
compare c { formats = [${formats.join(', ')}], on = w, scale = s, hardware = asic }
`;

/** What was begun for a picture, and ends when its signal comes. */
let begun: AbortSignal[] = [];
beforeEach(() => {
  begun = [];
});

const untilAborted = (signal: AbortSignal): Promise<never> => {
  begun.push(signal);
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
};

const evaluations: Evaluations = {
  evaluate: (_evaluations, _linked, { signal }) => untilAborted(signal),
  facts: { find: (_requests, { signal }) => untilAborted(signal), warmAreas: () => undefined },
  profile: (_weights, _key, { signal }) => untilAborted(signal),
  close: async () => undefined,
};

const platform: Platform = {
  evaluations: () => evaluations,
  files: () => ({ resolve: (_from, path) => path, read: () => ({ problem: 'There is no other file' }) }),
  digest: (one) => one,
  folderOf: () => '/w',
  pathOf: () => '/w/spec.nibble',
  addressOf: (_base, path) => path,
};

const connection = {
  sendNotification: async () => undefined,
  console: { error: (message: string) => expect.fail(message) },
} as unknown as Connection;

/** A session with a document, whose formats are measured, and the pictures of it. */
function started() {
  const documents = new Map([[uri, TextDocument.create(uri, 'nibble', 1, text)]]);
  const session = new Session(platform, (address) => documents.get(address));
  const asked = session.evaluations(documents.get(uri)!, undefined);
  const result = { tensors: [], total: zero(3), noiseBound: 0, estimates: undefined };
  session.keep(uri, asked, new Map(asked.map((evaluation) => [evaluationKey(evaluation), result])), new Map());
  const pictures = new Pictures(connection, session);
  const ask = (picture: PictureName, more: Partial<PictureWish> = {}) =>
    pictures.answer({ uri, wish: { picture, group: null, tensor: null, backdrop: null, ...more } }, CancellationToken.None);
  return { documents, session, pictures, ask };
}

describe('a picture that nobody wants any more', () => {
  test('has nothing measured behind it', async () => {
    const { pictures, ask } = started();
    await ask('pareto', { backdrop: 'std.paper' });
    expect(begun.map(({ aborted }) => aborted)).toEqual([false]);
    pictures.unwatch(uri);
    expect(begun.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('has no weights read for it', async () => {
    const { pictures, ask } = started();
    const asked = ask('distribution');
    expect(begun.map(({ aborted }) => aborted)).toEqual([false]);
    pictures.unwatch(uri);
    await expect(asked).rejects.toThrow('Another picture is wanted by now');
  });
});

test('no answer has more than 20 notes, whatever there is to say', async () => {
  const { ask, session, documents } = started();
  const rows = session.evaluations(documents.get(uri)!, undefined);
  const { hardware } = session.analysis(documents.get(uri)!).comparisons[0]!;
  const requests = rows.map(({ format }) => areaRequest(format, hardware!));
  const problems = requests.map((request, i) => [factKey(request), { problem: `Reason ${i}` }] as const);
  session.keepFacts(uri, requests, new Map(problems));
  const { notes } = (await ask('pareto')) as PictureAnswer;
  expect(notes).toContain('No area of F3: Reason 3');
  expect(notes).toHaveLength(20);
  expect(notes.at(-1)).toMatch(/^\d+ more notes are left out$/);
});

test('formats that have no area for one reason are told of together', async () => {
  const { ask, session, documents } = started();
  const rows = session.evaluations(documents.get(uri)!, undefined);
  const { hardware } = session.analysis(documents.get(uri)!).comparisons[0]!;
  const requests = rows.map(({ format }) => areaRequest(format, hardware!));
  session.keepFacts(uri, requests, new Map(requests.map((request) => [factKey(request), { problem: 'Too wide' }])));
  const { notes } = (await ask('pareto')) as PictureAnswer;
  expect(notes.filter((note) => note.startsWith('No area'))).toEqual(['No area of F0, F1, F2, F3, F4, F5, F6, F7 and 22 more: Too wide']);
});
