import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, TextDocumentContentChangeEvent } from 'vscode-languageserver-protocol/node';
import { positionAt } from '../support/cursor.ts';
import { vscodeLike } from '../support/lspClient.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const plain = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ range, message, code, severity }) => ({ range, message, code, severity }));

describe('initialize', () => {
  test('names the server and everything it can do, also when the command line starts it', async () => {
    const { client, initialized } = await startClient({ capabilities: vscodeLike, start: 'cli' });
    expect(initialized.serverInfo?.name).toBe('nibble');
    const { capabilities } = initialized;
    expect(capabilities.textDocumentSync).toMatchObject({ openClose: true, change: 2, save: true });
    for (const provider of [
      ...(['hoverProvider', 'completionProvider', 'signatureHelpProvider', 'documentSymbolProvider', 'foldingRangeProvider'] as const),
      ...(['definitionProvider', 'referencesProvider', 'documentFormattingProvider', 'codeLensProvider', 'codeActionProvider'] as const),
      ...(['documentLinkProvider', 'diagnosticProvider', 'documentHighlightProvider'] as const),
    ])
      expect(capabilities[provider], provider).toBeTruthy();
    expect(capabilities.renameProvider).toEqual({ prepareProvider: true });
    expect(await client.stop()).toEqual([0, null]);
  });

  test('offers commands to other editors, and leaves them to our own client', async () => {
    const other = await startClient();
    expect(other.initialized.capabilities.executeCommandProvider?.commands).toEqual([
      'nibble.evaluateDocument',
      'nibble.evaluateFormat',
      'nibble.evaluateOnModel',
      'nibble.measureSensitivity',
    ]);
    const own = await startClient({ initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    expect(own.initialized.capabilities.executeCommandProvider).toBeUndefined();
  });
});

test('a client that cannot pull gets diagnostics pushed, with the version, and none once the document is closed', async () => {
  const { client } = await startClient();
  const uri = folder.uri('pushed.nibble');
  await client.open(uri, 'let a = b\n');
  expect(plain(await client.pushed(uri, 1))).toEqual([
    {
      range: { start: { line: 0, character: 8 }, end: { line: 0, character: 9 } },
      message: expect.stringContaining('`b`'),
      code: 'name.unknown',
      severity: 1,
    },
  ]);
  const version = await client.change(uri, { text: 'let a = 1\n' });
  expect(await client.pushed(uri, version)).toEqual([]);
  const closing = client.published.next(({ uri: of, version: v }) => of === uri && v === undefined);
  await client.notify('textDocument/didClose', { textDocument: { uri } });
  expect((await closing).diagnostics).toEqual([]);
});

test('a client that pulls gets none pushed, and the same when it asks', async () => {
  const { client } = await startClient({ capabilities: vscodeLike });
  const uri = folder.uri('pulled.nibble');
  await client.open(uri, 'let a = b\n');
  expect((await client.pulled(uri)).map(({ code }) => code)).toEqual(['name.unknown']);
  await client.change(uri, { text: 'let a = 1\n' });
  expect(await client.pulled(uri)).toEqual([]);
  expect(client.published.all).toEqual([]);
});

/** An edit of a text somewhere, as share of its length, that replaces up to 12 characters. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(12),
  text: fc.constantFrom(
    '',
    'x',
    ' ',
    '\n',
    '{',
    '}',
    '[',
    ']',
    '=',
    '"',
    '//',
    '/*',
    'format F {',
    'extends E2M1',
    '\u{1F600}',
    '\r\n',
    '4',
    ',',
    'bits = 3',
  ),
});

test('after any edits the server says what it says of the final text alone', async () => {
  const { client } = await startClient({ capabilities: vscodeLike, settings: { evaluate: { automatic: 'off' } } });
  const whole = readFileSync('examples/paper.nibble', 'utf8').replaceAll('tiny-lm/', 'missing/');
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 30 }), async (edits) => {
      const uri = folder.uri(`edited${n}.nibble`);
      const fresh = folder.uri(`fresh${n++}.nibble`);
      await client.open(uri, whole);
      let text = whole;
      for (const { at, removed, text: added } of edits) {
        const start = Math.floor(at * text.length);
        const end = Math.min(text.length, start + removed);
        if (!isBetween(text, start) || !isBetween(text, end)) continue;
        const change: TextDocumentContentChangeEvent = {
          range: { start: positionAt(text, start), end: positionAt(text, end) },
          text: added,
        };
        text = text.slice(0, start) + added + text.slice(end);
        await client.change(uri, change);
      }
      await client.open(fresh, text);
      expect(plain(await client.pulled(uri))).toEqual(plain(await client.pulled(fresh)));
      for (const opened of [uri, fresh]) await client.notify('textDocument/didClose', { textDocument: { uri: opened } });
    }),
    { numRuns: 25 },
  );
});

/** Not inside of a line break or of a surrogate pair: where no editor puts a cursor. */
const isBetween = (text: string, offset: number): boolean =>
  !(text[offset - 1] === '\r' && text[offset] === '\n') && !/^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(offset - 1, offset + 1));

test('an edit of a file is seen in the open files that use it', async () => {
  const { client } = await startClient();
  const used = folder.uri('used.nibble');
  const user = folder.uri('user.nibble');
  folder.put('used.nibble', 'let width = 4\n');
  await client.open(user, 'use "used.nibble"\nlet a = width\n');
  expect(await client.pushed(user, 1)).toEqual([]);
  await client.open(used, 'let width = 4\n');
  const seen = client.published.next(({ uri, diagnostics }) => uri === user && diagnostics.length > 0);
  await client.change(used, { text: 'let breadth = 4\n' });
  expect((await seen).diagnostics.map(({ code }) => code)).toEqual(['name.unknown']);
});

describe('the server survives', () => {
  test('requests about documents that are not open, and addresses of all kinds', async () => {
    const { client } = await startClient();
    for (const uri of [
      'file:///nowhere/x.nibble',
      'untitled:Untitled-1',
      'nibble-library:/std/paper.nibble',
      'no address at all',
      'file://%zz',
      '',
    ])
      for (const method of ['textDocument/hover', 'textDocument/completion', 'textDocument/definition', 'textDocument/documentSymbol'])
        expect(await client.request(method, { textDocument: { uri }, position: { line: 0, character: 0 } }), `${method} ${uri}`).toBeNull();
    expect(await client.request('nibble/evaluate', { uri: 'file:///nowhere/x.nibble' })).toMatchObject({ nFormats: 0 });
  });

  test.each([true, false])('documents whose address is no file, in a workspace that is trusted: %s', async (trusted) => {
    const { client } = await startClient({ initializationOptions: { trusted, client: 'vscode', theme: 'dark' } });
    for (const uri of ['untitled:Untitled-1', 'no address at all', 'file://%zz/a.nibble', 'vscode-vfs://github/x/y.nibble']) {
      await client.open(uri, 'use "./other.nibble"\nweights w = "w.npy"\nlet a = b\n');
      expect((await client.pushed(uri, 1)).map(({ code }) => code)).toEqual(['use.missing', 'name.unknown']);
      const links = await client.request<readonly unknown[]>('textDocument/documentLink', { textDocument: { uri } });
      expect(Array.isArray(links)).toBe(true);
    }
  });

  test('positions outside of the text, and parameters that make no sense', async () => {
    const { client } = await startClient();
    const uri = folder.uri('short.nibble');
    await client.open(uri, 'let a = 1\n');
    expect(await client.request('textDocument/hover', { textDocument: { uri }, position: { line: 999, character: 999 } })).toBeNull();
    for (const params of [null, {}, { textDocument: 7 }, { textDocument: { uri } }, []])
      await client.request('textDocument/hover', params).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
    await expect(client.request('nibble/libraryText', { uri: 'nibble-library:/no/such.nibble' })).rejects.toThrow('There is no library');
    await expect(client.request('nibble/nonsense', {})).rejects.toThrow('nibble/nonsense');
    expect(await client.request('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 4 } })).toMatchObject({
      contents: { kind: 'markdown' },
    });
  });
});

describe('the server ends', () => {
  test('with 0 after shutdown and exit', async () => {
    const { client } = await startClient();
    expect(await client.stop()).toEqual([0, null]);
  });

  test.each(['server', 'cli'] as const)('when its client is gone without a word (%s)', async (start) => {
    const { client } = await startClient({ start });
    client.connection.dispose();
    client.process.stdin.destroy();
    client.process.stdout.destroy();
    const [code] = (await client.exited) as [number | null];
    expect(code).not.toBeNull();
  });
});
