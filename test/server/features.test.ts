import { beforeAll, describe, expect, test } from 'vitest';
import type {
  CodeAction,
  CompletionItem,
  DocumentLink,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  Range,
  SignatureHelp,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol/node';
import { edited, positionOf, textIn } from '../support/cursor.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { startClient } from '../support/startClient.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const uri = folder.uri('spec.nibble');
const text = `// The first line
// and the second.
use std.paper
use "shared.nibble"

/// A format of our own.
format Mine extends E2M1 {
  negative_zero = 5
}

format Family(width = 3) {
  bits   = width
  levels = int()
}

scale rows { block = 32, axis = last, anchor = max_level }
weights w = ["w.npy", "*.safetensors"]
compare c {
  formats = [Mine, Family(4), SF(6), Wide]
  on      = w
  scale   = rows
}
`;
const shared = 'format Wide { bits = 5, levels = int() }\n';

let client: LspClient;
/** A request about a place: where a piece of the text stands, and some characters into it. */
const at = <T>(method: string, piece: string, options = {}, more = {}): Promise<T> =>
  client.request<T>(`textDocument/${method}`, { textDocument: { uri }, position: positionOf(text, piece, options), ...more });

beforeAll(() => {
  folder.put('shared.nibble', shared);
});

/** A client of its own for each test: it ends with the test. */
async function opened(): Promise<void> {
  ({ client } = await startClient({ capabilities: vscodeLike, settings: { evaluate: { automatic: 'off' } } }));
  await client.open(uri, text);
}

test('hover shows a table of the codebook, with the number line as an SVG image', async () => {
  await opened();
  const found = await at<Hover>('hover', 'Mine');
  const { value } = found.contents as { readonly value: string };
  expect(textIn(text, found.range!)).toBe('Mine');
  expect(value).toContain('A format of our own.');
  const [, base64] = /!\[[^\]]*\]\(data:image\/svg\+xml;base64,([A-Za-z0-9+/=]+)\)/.exec(value)!;
  const svg = Buffer.from(base64!, 'base64').toString();
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toMatch(/<\/svg>\s*$/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  for (const level of ['5', '-6', '0.5']) expect(value).toContain(level);
});

test('hover of properties, words and functions says what they mean', async () => {
  await opened();
  for (const piece of ['negative_zero', 'max_level', 'int()', 'last']) {
    const { contents } = await at<{ readonly contents: { readonly value: string } }>('hover', piece, { offset: 1 });
    expect(contents.value.length, piece).toBeGreaterThan(20);
  }
  expect(await at('hover', '// The first', { offset: 4 })).toBeNull();
});

describe('completion offers', () => {
  const labels = (items: readonly CompletionItem[]): readonly string[] => items.map(({ label }) => label);

  test('formats where formats are due, the own ones and those of files and libraries', async () => {
    await opened();
    expect(labels(await at('completion', '[Mine', { offset: 1 }))).toEqual(
      expect.arrayContaining(['Mine', 'Family', 'Wide', 'NF4', 'SF4']),
    );
  });

  test('the words of a property, and no others', async () => {
    await opened();
    const found = labels(await at('completion', 'axis = last', { offset: 'axis = '.length }));
    expect(found).toEqual(expect.arrayContaining(['last', 'first', 'flat']));
    expect(found).not.toContain('NF4');
  });

  test('properties that are not written yet', async () => {
    await opened();
    const found = labels(await at('completion', '  on      = w\n', { offset: 2 }));
    expect(found).toContain('hardware');
  });

  test('declarations at the start of a line, and libraries behind use', async () => {
    await opened();
    expect(labels(await at('completion', '\nformat Family'))).toEqual(
      expect.arrayContaining(['format', 'scale', 'weights', 'compare', 'assert']),
    );
    expect(labels(await at('completion', 'std.paper'))).toEqual(['std.paper']);
  });

  test('items whose edit puts the label where the word stands', async () => {
    await opened();
    const items = await at<readonly CompletionItem[]>('completion', 'last, anchor', { offset: 2 });
    const first = items.find(({ label }) => label === 'first')!;
    expect(edited(text, [first.textEdit as TextEdit])).toContain('axis = first, anchor');
  });
});

test('signature help names the parameters and the one being written', async () => {
  await opened();
  const { signatures, activeParameter } = await at<SignatureHelp>('signatureHelp', 'Family(4', { offset: 'Family('.length });
  expect(signatures[0]!.label).toBe('Family(width = 3)');
  const [from, to] = signatures[0]!.parameters![0]!.label as [number, number];
  expect(signatures[0]!.label.slice(from, to)).toBe('width = 3');
  expect(activeParameter).toBe(0);
  expect(await at('signatureHelp', 'bits   =')).toBeNull();
});

test('symbols are the declarations with their properties, each inside of its parent', async () => {
  await opened();
  const symbols = await client.request<readonly DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
  expect(symbols.map(({ name }) => name)).toEqual(['Mine', 'Family', 'rows', 'w', 'c']);
  expect(symbols[4]!.children!.map(({ name }) => name)).toEqual(['formats', 'on', 'scale']);
  for (const { range, selectionRange, name } of symbols) {
    expect(textIn(text, selectionRange)).toBe(name);
    expect(textIn(text, range)).toContain(name);
  }
});

test('folding leaves the closing bracket in sight, and knows comments', async () => {
  await opened();
  const folds = await client.request<readonly FoldingRange[]>('textDocument/foldingRange', { textDocument: { uri } });
  expect(folds).toContainEqual({ startLine: 0, endLine: 1, kind: 'comment' });
  expect(folds).toContainEqual({ startLine: 6, endLine: 7 });
  expect(folds).toContainEqual({ startLine: 17, endLine: 20 });
});

describe('definition leads', () => {
  test('to a declaration here', async () => {
    await opened();
    const found = await at<Location>('definition', '[Mine', { offset: 2 });
    expect(found.uri).toBe(uri);
    expect(found.range.start).toEqual(positionOf(text, 'Mine'));
  });

  test('into a file that is used', async () => {
    await opened();
    expect(await at<Location>('definition', 'Wide')).toEqual({
      uri: folder.uri('shared.nibble'),
      range: { start: { line: 0, character: 7 }, end: { line: 0, character: 11 } },
    });
  });

  test('into a built-in library, whose text the server gives', async () => {
    await opened();
    const found = await at<Location>('definition', 'E2M1');
    expect(found.uri).toBe('nibble-library:/std/paper.nibble');
    const library = await client.request<{ readonly text: string }>('nibble/libraryText', { uri: found.uri });
    expect(textIn(library.text, found.range)).toBe('E2M1');
  });
});

test('references are the declaration and every use, and highlights those of this document', async () => {
  await opened();
  const mine = await at<readonly Location[]>('references', 'Mine', {}, { context: { includeDeclaration: true } });
  expect(mine.map(({ range }) => range.start)).toEqual([positionOf(text, 'Mine'), positionOf(text, 'Mine', { nth: 2 })]);
  expect(await at('documentHighlight', 'rows')).toHaveLength(2);
});

describe('rename', () => {
  test('prepares with the name, and changes it everywhere', async () => {
    await opened();
    const prepared = await at<{ readonly range: Range; readonly placeholder: string }>('prepareRename', 'rows', { nth: 2 });
    expect(prepared).toEqual({
      range: { start: positionOf(text, 'rows', { nth: 2 }), end: positionOf(text, 'rows', { nth: 2, offset: 4 }) },
      placeholder: 'rows',
    });
    const { changes } = await at<WorkspaceEdit>('rename', 'rows', {}, { newName: 'lines' });
    expect(edited(text, changes![uri]!)).toBe(text.replaceAll('rows', 'lines'));
  });

  test('changes the open files that use the name', async () => {
    await opened();
    await client.open(folder.uri('shared.nibble'), shared);
    const { changes } = await at<WorkspaceEdit>('rename', 'Wide', {}, { newName: 'Broad' });
    expect(edited(text, changes![uri]!)).toBe(text.replace('Wide', 'Broad'));
    expect(edited(shared, changes![folder.uri('shared.nibble')]!)).toBe(shared.replace('Wide', 'Broad'));
  });

  test('refuses names of a library, names that are taken, and what is no name', async () => {
    await opened();
    await expect(at('prepareRename', 'E2M1')).rejects.toThrow('`E2M1` belongs to a built-in library and cannot be renamed');
    await expect(at('rename', 'rows', {}, { newName: 'Mine' })).rejects.toThrow('`Mine` is declared already');
    await expect(at('rename', 'rows', {}, { newName: '1st' })).rejects.toThrow('`1st` is no name');
    await expect(at('rename', 'rows', {}, { newName: 'format' })).rejects.toThrow('`format` is a word of the language');
    expect(await at('prepareRename', '// The', { offset: 4 })).toBeNull();
  });
});

test('formatting gives the text that `nibble fmt` gives, and nothing where there is nothing to do', async () => {
  await opened();
  const untidy = folder.uri('untidy.nibble');
  const written = 'let   a=1\nformat   F{levels=[-1,1],bits=3}\n';
  await client.open(untidy, written);
  const format = (of: string) =>
    client.request<readonly TextEdit[]>('textDocument/formatting', {
      textDocument: { uri: of },
      options: { tabSize: 2, insertSpaces: true },
    });
  const tidy = edited(written, await format(untidy));
  expect(tidy).toMatch(/^let a = 1\n/);
  await client.change(untidy, { text: tidy });
  expect(await format(untidy)).toEqual([]);
});

describe('a quick fix', () => {
  test.for([
    { name: 'the nearest name', spec: 'use std.paper\nformat A extends E2M2 {}\n', fixed: 'use std.paper\nformat A extends E2M1 {}\n' },
    {
      name: 'the nearest property',
      spec: 'use std.paper\nformat A extends E2M1 { tie = even }\n',
      fixed: 'use std.paper\nformat A extends E2M1 { ties = even }\n',
    },
    { name: 'a missing bracket', spec: 'let a = (1 + 2\n', fixed: 'let a = (1 + 2)\n' },
  ])('mends $name, after which the finding is gone', async ({ spec, fixed }) => {
    await opened();
    const of = folder.uri('fix.nibble');
    await client.open(of, spec);
    const [diagnostic] = await client.pulled(of);
    const params = { textDocument: { uri: of }, range: diagnostic!.range, context: { diagnostics: [diagnostic] } };
    const actions = await client.request<readonly CodeAction[]>('textDocument/codeAction', params);
    const [action] = actions;
    expect(action).toMatchObject({ kind: 'quickfix', diagnostics: [{ code: diagnostic!.code }] });
    expect(edited(spec, action!.edit!.changes![of]!)).toBe(fixed);
    await client.change(of, { text: fixed });
    expect(await client.pulled(of)).toEqual([]);
  });
});

test('document links open the files that are named, but no patterns', async () => {
  await opened();
  const links = await client.request<readonly DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
  expect(links.map(({ range, target }) => [textIn(text, range), target])).toEqual([
    ['"shared.nibble"', folder.uri('shared.nibble')],
    ['"w.npy"', folder.uri('w.npy')],
  ]);
});
