import { expect, test } from 'vitest';
import type { FormatAt, LevelEdit, Place } from '../../protocol/messages.ts';
import { pictureDocument, spec } from './pictureDocument.ts';

// The ways between pictures and the text.

const { uri, opened } = pictureDocument();

test('the format at a place is told, with the level that stands there', async () => {
  const client = await opened();
  const at = (line: number, character: number): Promise<FormatAt | null> =>
    client.request('nibble/formatAt', { uri, position: { line, character } });
  expect(await at(5, 17)).toEqual({ format: 'Mine', code: 1 });
  expect(await at(3, 9)).toEqual({ format: 'Mine', code: null });
  expect(await at(7, 40)).toEqual({ format: 'SF(5)', code: null });
  expect(await at(1, 0)).toBeNull();
});

test('a level that is moved is an edit of the version that was seen, found by its code or by where it begins', async () => {
  const client = await opened();
  const edit = (more: object): Promise<LevelEdit | null> =>
    client.request('nibble/levelEdit', { uri, version: 1, format: 'Mine', code: 6, at: null, level: 0.8123, ...more });
  expect(await edit({})).toEqual({
    place: { uri, range: { start: { line: 5, character: 41 }, end: { line: 5, character: 44 } } },
    version: 1,
    newText: '0.8',
  });
  expect(await edit({ code: 0, at: { line: 5, character: 41 } })).toEqual(await edit({}));
  expect(await edit({ version: 2 })).toBeNull();
  expect(await edit({ format: 'INT4' })).toBeNull();
  expect(await edit({ format: 'Absent' })).toBeNull();
  expect(await edit({ code: 8 })).toBeNull();
  expect(await edit({ at: { line: 0, character: 0 } })).toBeNull();
});

test('a level in the text is a place, and one that is computed gives its format', async () => {
  const client = await opened();
  const place = (format: string, code: number | null): Promise<Place | null> =>
    client.request('nibble/formatPlace', { uri, format, code, library: null });
  expect((await place('Mine', 6))?.range.start).toEqual({ line: 5, character: 41 });
  expect(await place('SF(5)', 3)).toEqual(await place('SF(5)', null));
});

test('a format of a library is its own, whatever the document calls by that name', async () => {
  const client = await opened(spec.replaceAll('Mine', 'NF4'));
  const place = (library: string | null): Promise<Place> =>
    client.request('nibble/formatPlace', { uri, format: 'NF4', code: null, library });
  expect((await place(null)).uri).toBe(uri);
  expect((await place('std.paper')).uri).toBe('nibble-library:/std/paper.nibble');
});

test('levels are drawn within the lines of formats where the user wants it', async () => {
  const client = await opened();
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  const hints = (): Promise<{ position: unknown; label: string; tooltip: { value: string } }[]> =>
    client.request('textDocument/inlayHint', { textDocument: { uri }, range });
  expect(await hints()).toEqual([]);
  await client.configure({ evaluate: { automatic: 'off' }, inlay: { picture: true } });
  await client.asked.until((method) => method === 'workspace/inlayHint/refresh');
  const [hint, ...others] = await hints();
  expect(others).toEqual([]);
  expect(hint!.position).toEqual({ line: 3, character: 13 });
  expect(hint!.label).toMatch(/^[\u2800-\u28ff]{24}$/);
  expect(hint!.tooltip.value).toContain('data:image/svg+xml;base64,');
});
