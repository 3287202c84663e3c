import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { CursorWatch, type Selected } from '../../../client/cursorWatch.ts';
import type { Server } from '../../../client/server.ts';
import type { FormatAtParams } from '../../../protocol/messages.ts';
import { closeEditors, never, openNew, placeOf, until } from './nibble.ts';

const spec = `use std.paper
format First extends E2M1 {}
format Second extends E2M1 {}
`;

describe('the watch on the cursor', () => {
  const asked: FormatAtParams[] = [];
  const told: Selected[] = [];
  /** Finds the format of a line. */
  const server = {
    request: async (_method: string, params: FormatAtParams) => {
      asked.push(params);
      return params.position.line === 0 ? null : { format: `of line ${params.position.line}`, code: null };
    },
  } as unknown as Server;
  let watch: CursorWatch;

  beforeEach(() => {
    asked.length = 0;
    told.length = 0;
    watch = new CursorWatch(server, (_uri, selected) => told.push(selected));
  });
  afterEach(async () => {
    watch.dispose();
    await closeEditors();
  });

  const opened = async (name: string): Promise<vscode.TextEditor> => openNew(name, spec);
  function moveTo(editor: vscode.TextEditor, marked: string): void {
    const place = placeOf(editor.document, marked);
    editor.selection = new vscode.Selection(place, place);
  }

  it('asks nothing while nobody listens', async () => {
    const editor = await opened('unheard.nibble');
    moveTo(editor, 'F|irst');
    await never('a question', () => asked.length > 0);
    watch.begin(editor.document.uri.toString());
    await until('the format', () => told.length > 0);
    watch.end();
    moveTo(editor, 'S|econd');
    await never('another question', () => asked.length > 1);
    assert.deepEqual(told, [{ format: 'of line 1', code: null }]);
  });

  it('looks once when it begins, and again each time that the cursor rests', async () => {
    const editor = await opened('heard.nibble');
    moveTo(editor, 'S|econd');
    watch.begin(editor.document.uri.toString());
    await until('the format under the cursor', () => told.length === 1);
    moveTo(editor, 'F|irst');
    await until('the other one', () => told.length === 2);
    assert.deepEqual(
      told.map(({ format }) => format),
      ['of line 2', 'of line 1'],
    );
  });

  it('keeps a format that was selected before somebody listened', async () => {
    const editor = await opened('chosen.nibble');
    const uri = editor.document.uri.toString();
    watch.select(uri, { format: 'First', code: null });
    watch.begin(uri);
    await never('a question', () => asked.length > 0);
    assert.equal(watch.selected(uri)?.format, 'First');
    watch.end();
    assert.equal(watch.selected(uri), undefined);
  });
});
