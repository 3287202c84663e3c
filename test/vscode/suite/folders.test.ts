import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { diagnostic, hover, lenses, sqnr } from './ask.ts';
import { activeNibble, closeEditors, fileUri, open, show, until } from './nibble.ts';

describe('two workspace folders', () => {
  const second = vscode.Uri.joinPath(fileUri('.'), '../second');
  const inSecond = (path: string): vscode.Uri => vscode.Uri.joinPath(second, path);

  before(async () => {
    await activeNibble();
    mkdirSync(inSecond('weights').fsPath, { recursive: true });
    cpSync(fileUri('sample.nibble').fsPath, inSecond('sample.nibble').fsPath);
    cpSync(fileUri('weights/tiny.safetensors').fsPath, inSecond('weights/own.safetensors').fsPath);
    await changeFolders(() => vscode.workspace.updateWorkspaceFolders(1, 0, { uri: second }));
    assert.equal(vscode.workspace.workspaceFolders?.length, 2);
  });
  after(() => changeFolders(() => vscode.workspace.updateWorkspaceFolders(1, 1)));
  afterEach(closeEditors);

  it('have each their own weights: a path starts at the file that names it', async () => {
    const first = await open('sample.nibble');
    const other = await show(inSecond('sample.nibble'));
    await sqnr(first.document, 'format Mine');
    await diagnostic(other.document, 'weights.missing');
    writeFileSync(inSecond('mended.nibble').fsPath, first.document.getText().replace('tiny.safetensors', 'own.safetensors'));
    const mended = await show(inSecond('mended.nibble'));
    assert.equal(await sqnr(mended.document, 'format Mine'), await sqnr(first.document, 'format Mine'));
  });

  it('may use specs of one another', async () => {
    writeFileSync(fileUri('shared.nibble').fsPath, 'format Shared { levels = int() }\n');
    writeFileSync(inSecond('user.nibble').fsPath, 'use "../workspace/shared.nibble"\n\nformat Own extends Shared { ties = away }\n');
    const { document } = await show(inSecond('user.nibble'));
    assert.match(await hover(document, 'format O|wn'), /16 levels .* ties `away`/);
  });

  it('let a weight file of the second one be evaluated from the explorer', async () => {
    await vscode.commands.executeCommand('nibble.evaluateWeightFile', inSecond('weights/own.safetensors'));
    const { document } = vscode.window.activeTextEditor!;
    assert.match(document.getText(), /^weights own = "\/.*\/second\/weights\/own\.safetensors" \{$/m);
    assert.ok((await lenses(document)).some((title) => /^\d+ rows evaluated/.test(title) && !title.startsWith('0 ')));
  });

  it('are both watched: a spec of the second one is evaluated again when its weights come', async () => {
    writeFileSync(inSecond('later.nibble').fsPath, 'weights w = "weights/later.safetensors"\n');
    const { document } = await show(inSecond('later.nibble'));
    await diagnostic(document, 'weights.missing');
    cpSync(inSecond('weights/own.safetensors').fsPath, inSecond('weights/later.safetensors').fsPath);
    await until('no diagnostic', () => vscode.languages.getDiagnostics(document.uri).length === 0);
  });
});

/** Waits until VS Code has taken in what it was asked to do with its folders. */
async function changeFolders(ask: () => boolean): Promise<void> {
  const changed = new Promise((done) => {
    const listener = vscode.workspace.onDidChangeWorkspaceFolders(() => done(listener.dispose()));
  });
  assert.ok(ask());
  await changed;
}
