import { describe, expect, test } from 'vitest';
import { documentOfState, fromPanel } from '../../client/panelMessages.ts';
import { panelPage } from '../../client/panelPage.ts';
import type { ToPanel } from '../../protocol/panel.ts';
import { toPanel } from '../../webview/shapes.ts';
import { nothingKnown, type PanelState, restored, saved, told } from '../../webview/state.ts';
import { stateLine } from '../../webview/stateLine.ts';
import { document, few, results, row, status, uri } from './messages.ts';

const stateAfter = (...messages: readonly ToPanel[]): PanelState => messages.reduce(told, nothingKnown);

describe('a message', () => {
  test.each([document(), results(few), status('evaluating', 'Evaluating 5 rows', 1, 5)])('of the client is read: $kind', (message) => {
    expect(toPanel(structuredClone(message))).toEqual(message);
  });

  const good = results([row('A', 20)]);
  const withRow = (more: object): unknown => ({ ...good, results: { ...good.results, rows: [{ ...good.results.rows[0], ...more }] } });
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'results'],
    ['a list', [good]],
    ['another protocol', { ...good, protocol: 1 }],
    ['no protocol', { kind: 'results', results: good.results }],
    ['an unknown kind', { ...good, kind: 'html' }],
    ['a kind of another field', { protocol: 2, kind: 'status', results: good.results }],
    ['rows that are no list', { ...good, results: { ...good.results, rows: { length: 1 } } }],
    ['a version that is no number', { ...good, results: { ...good.results, version: '1' } }],
    ['a name that is no text', withRow({ format: { toString: 'x' } })],
    ['a figure that is no number', withRow({ sqnr: '20' })],
    ['a figure that is missing', withRow({ entropy: undefined })],
    ['a figure that is infinite', withRow({ nsr: Number.POSITIVE_INFINITY })],
    ['an unknown state', { ...status('idle'), status: { ...status('idle').status, state: 'done' } }],
  ])('that is %s is none', (_what, data) => {
    expect(toPanel(data)).toBeUndefined();
  });

  test('brings along nothing that was not asked for', () => {
    const message = JSON.parse(
      `{"protocol":2,"kind":"document","document":{"uri":"u","name":"n","version":1,"__proto__":{"a":1},"b":2}}`,
    ) as unknown;
    expect(toPanel(message)).toEqual({ protocol: 2, kind: 'document', document: { uri: 'u', name: 'n', version: 1 } });
  });
});

describe('a message of the panel', () => {
  test('is read', () => {
    expect(fromPanel({ protocol: 2, kind: 'ready' })).toEqual({ protocol: 2, kind: 'ready' });
    const reveal = { protocol: 2, kind: 'reveal', uri, format: 'NF4', code: null, library: null };
    expect(fromPanel({ ...reveal, command: 'more' })).toEqual(reveal);
  });

  test.each([
    undefined,
    7,
    {},
    { protocol: 1, kind: 'ready' },
    { protocol: 2, kind: 'reveal', uri },
    { protocol: 2, kind: 'reveal', uri: 1, format: 'NF4' },
    { protocol: 2, kind: 'evaluate' },
    { protocol: 2, kind: 'run', uri, format: 'NF4' },
  ])('that is %j is none', (data) => {
    expect(fromPanel(data)).toBeUndefined();
  });
});

describe('the state', () => {
  test('ignores results of an earlier version, and of another document', () => {
    const state = stateAfter(document(3), results(few, 3));
    expect(told(state, results([], 2))).toBe(state);
    const other = results([], 9);
    expect(told(state, { ...other, results: { ...other.results, uri: 'file:///w/other.nibble' } })).toBe(state);
  });

  test('takes results of the same version again: more may be known', () => {
    expect(told(stateAfter(document(), results([], 1, 5)), results(few)).results?.rows.length).toBe(5);
  });

  test('takes no results before it knows of what', () => expect(stateAfter(results(few))).toBe(nothingKnown));

  test('begins anew with another document', () => {
    const state = stateAfter(document(), results(few), status('error', 'no'), document(1, 'file:///w/other.nibble'));
    expect(state).toMatchObject({ results: null, status: null });
  });

  test('takes results of a document that was opened again, whose versions start anew', () => {
    const state = stateAfter(document(7), results(few, 7), document(1));
    expect(state.results?.rows.length).toBe(5);
    expect(told(state, results([], 1, 0)).results?.rows).toEqual([]);
  });

  test('takes results of before the document was opened again as older than all others', () => {
    const state = stateAfter(document(7), document(1), results(few, 7));
    expect(state.results?.version).toBe(0);
    expect(told(state, results([], 1, 0)).results?.rows).toEqual([]);
  });

  test('comes back as it was saved, less what the server was doing', () => {
    const state: PanelState = {
      ...stateAfter(document(2), results(few, 2), status('evaluating')),
      sort: { by: 'nsr', direction: 'ascending' },
    };
    expect(restored(JSON.parse(JSON.stringify(saved(state))))).toEqual({ ...state, status: null });
    expect(documentOfState(saved(state))).toBe(uri);
  });

  test.each([undefined, null, 'state', {}, { protocol: 0, document: document().document }])(
    'saved by nobody we know, %j, is nothing',
    (data) => {
      expect(restored(data)).toEqual(nothingKnown);
      expect(documentOfState(data)).toBeUndefined();
    },
  );

  test('keeps what can be read of what was saved', () => {
    const state = saved(stateAfter(document(2), results(few, 2))) as object;
    expect(restored({ ...state, results: { rows: 1 }, sort: { by: '__proto__', direction: 'up' } })).toEqual(stateAfter(document(2)));
  });
});

describe('the line on what is going on', () => {
  const line = (...messages: readonly ToPanel[]): string => stateLine(stateAfter(...messages)).text;

  test.each([
    ['No document', []],
    ['Waiting for the language server', [document()]],
    ['The document is not open', [document(0)]],
    ['The document is not open', [document(3), results(few, 3), status('evaluating'), document(0)]],
    ['Nothing to evaluate', [document(), results([])]],
    ['Evaluating 5 rows, 40 %', [document(), status('evaluating', 'Evaluating 5 rows', 2, 5)]],
    ['Evaluating 5 rows', [document(), status('evaluating', 'Evaluating 5 rows')]],
    ['5 rows evaluated', [document(), results(few), status('idle')]],
    ['1 row evaluated', [document(), results([row('A', 20)])]],
    ['5 of 44 rows evaluated', [document(), results(few, 1, 44)]],
    ['The text has changed since this evaluation', [document(), results(few), document(2)]],
    ['Cannot read tiny.safetensors', [document(), results(few), status('error', 'Cannot read tiny.safetensors')]],
  ])('%s', (text, messages) => {
    expect(line(...messages)).toBe(text);
  });
});

test('the page of a panel holds nothing but its script and style, whatever the path of the extension', () => {
  const page = panelPage({ source: 'https://source', script: 'https://source/a"><script>b', style: 'https://source/a&b.css' });
  expect(page).toContain(`content="default-src 'none'; script-src https://source; style-src https://source; img-src https://source data:"`);
  expect(page).toContain('src="https://source/a&quot;&gt;&lt;script&gt;b"');
  expect(page).toContain('href="https://source/a&amp;b.css"');
  expect(page.match(/<script|<style|<link| on\w+=| style=/g)).toEqual(['<link', '<script']);
});
