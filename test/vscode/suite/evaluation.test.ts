import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { npyFile } from '../../support/npyFile.ts';
import { diagnostic, hover, lenses, sqnr } from './ask.ts';
import { activeNibble, closeEditors, fileUri, open, openNew, placeOf, replace, until } from './nibble.ts';

/** Weights that the format below reconstructs without error at `step` 1, and less well at others. */
const weights = (step: number): Uint8Array => npyFile(Float32Array.from({ length: 256 }, (_, i) => ((i % 15) - 7) * step + (i % 2) / 8));

const spec = (path: string): string => `weights w = "${path}"

scale s { block = 64, axis = last, anchor = absmax, type = fp32 }

format Levels {
  levels = [-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, none]
}

compare c {
  formats = [Levels]
  on      = w
  scale   = s
}
`;

describe('evaluation', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('begins by itself when a document is opened', async () => {
    writeFileSync(fileUri('weights/opened.npy').fsPath, weights(1));
    const { document } = await openNew('opened.nibble', spec('weights/opened.npy'));
    assert.match(await sqnr(document, 'format Levels'), /^\d+\.\d\d$/);
  });

  it('follows an edit of a level', async () => {
    const editor = await open('sample.nibble');
    const before = await sqnr(editor.document, 'format Mine');
    await replace(editor, 'negative_zero = 5', 'negative_zero = 8');
    const after = await until('other numbers', async () => differs(before, await sqnr(editor.document, 'format Mine')));
    assert.ok((await hover(editor.document, 'format M|ine')).includes(`**${after} dB**`));
    await vscode.commands.executeCommand('undo');
    await until('the numbers of before', async () => (await sqnr(editor.document, 'format Mine')) === before);
  });

  it('follows a weight file that another program replaces, without a keystroke', async () => {
    const { fsPath } = fileUri('weights/replaced.npy');
    writeFileSync(fsPath, weights(1));
    const { document } = await openNew('replaced.nibble', spec('weights/replaced.npy'));
    const before = await sqnr(document, 'format Levels');
    writeFileSync(`${fsPath}.new`, weights(1.3));
    renameSync(`${fsPath}.new`, fsPath);
    await until('other numbers', async () => differs(before, await sqnr(document, 'format Levels')));
  });

  it('says that a weight file is gone, and evaluates again when it is back', async () => {
    const { fsPath } = fileUri('weights/gone.npy');
    writeFileSync(fsPath, weights(1));
    const { document } = await openNew('gone.nibble', spec('weights/gone.npy'));
    const before = await sqnr(document, 'format Levels');
    renameSync(fsPath, `${fsPath}.away`);
    await diagnostic(document, 'weights.missing');
    assert.deepEqual(await lenses(document, 'compare c'), ['0 of 1 rows evaluated · evaluate', 'pictures']);
    renameSync(`${fsPath}.away`, fsPath);
    assert.equal(await sqnr(document, 'format Levels'), before);
  });

  it('on command comes to its end with all numbers there', async () => {
    const api = await activeNibble();
    const { document } = await open('sample.nibble');
    await vscode.commands.executeCommand('nibble.evaluateDocument', document.uri);
    assert.deepEqual(await lenses(document, 'compare few'), ['5 rows evaluated · evaluate', 'pictures']);
    assert.match(api.status().detail, /^Best of 5: NF4 on tiny, \d+\.\d\d dB$/);
  });

  it('of the format under the cursor needs no more than the cursor', async () => {
    const editor = await open('sample.nibble');
    const place = placeOf(editor.document, 'negative_z|ero');
    editor.selection = new vscode.Selection(place, place);
    await vscode.commands.executeCommand('nibble.evaluateFormat');
    assert.match((await lenses(editor.document, 'format Mine'))[0]!, /^SQNR \d+\.\d\d dB/);
  });

  it('of an untitled document takes paths from the workspace folder', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'nibble', content: spec('weights/opened.npy') });
    await vscode.window.showTextDocument(document);
    assert.equal(document.isUntitled, true);
    assert.match(await sqnr(document, 'format Levels'), /^\d+\.\d\d$/);
    const [link] = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    assert.equal(link?.target?.path, fileUri('weights/opened.npy').path);
  });

  it('on a weight file of the explorer comes to its end with all numbers there', async () => {
    await vscode.commands.executeCommand('nibble.evaluateWeightFile', fileUri('weights/tiny.safetensors'));
    const { document } = vscode.window.activeTextEditor!;
    const [comparison] = (await lenses(document)).filter((title) => title.includes('rows evaluated'));
    assert.match(comparison!, /^(\d+) rows evaluated · evaluate$/);
  });
});

/** The later one of two, if it is another. */
const differs = (before: string, now: string): string | undefined => (now === before ? undefined : now);
