import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { activeNibble, fileUri, id, open, openNew, placeOf, replace, until } from './nibble.ts';

describe('the extension', () => {
  it('recognises its language by the file name', async () => {
    const { document } = await open('sample.nibble');
    assert.equal(document.languageId, 'nibble');
  });

  it('registers every command of its manifest', async () => {
    await activeNibble();
    const { contributes } = vscode.extensions.getExtension(id)!.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  it('has every setting of its manifest under nibble.<topic>.<name>, with a description', () => {
    const { contributes } = vscode.extensions.getExtension(id)!.packageJSON as {
      contributes: { configuration: { properties: Record<string, { markdownDescription?: string; scope?: string }> }[] };
    };
    for (const [name, setting] of contributes.configuration.flatMap(({ properties }) => Object.entries(properties))) {
      assert.match(name, /^nibble\.[a-z]+\.[a-zA-Z]+$/);
      assert.ok(setting.markdownDescription, name);
      assert.ok(setting.scope, name);
    }
  });

  it('says in the language status that the server runs', async () => {
    const api = await activeNibble();
    await until('a running server', () => !api.status().text.includes('starting'));
    assert.notEqual(api.status().text, 'Nibble: server stopped');
  });
});

describe('the built-in library', () => {
  it('opens as a Nibble document that cannot be written', async () => {
    await activeNibble();
    const uri = vscode.Uri.parse('nibble-library:/std/paper.nibble');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'nibble');
    assert.match(document.getText(), /format E2M1\b/);
    const text = document.getText();
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(document.getText(), text);
    assert.equal(document.isDirty, false);
  });
});

describe('the Verilog of a format', () => {
  it('opens as a document that cannot be written, and follows its spec', async () => {
    await activeNibble();
    const editor = await openNew('verilog.nibble', 'format Own { levels = int() }\n');
    await vscode.commands.executeCommand('nibble.showVerilog', editor.document.uri.toString(), 'Own');
    const shown = await until('the Verilog', () => vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'nibble-verilog'));
    assert.equal(shown.uri.path, '/Own.v');
    assert.match(shown.getText(), /module own_mac/);
    assert.match(shown.getText(), /1000 +-8 +-8/);
    await replace(editor, 'int()', 'int(symmetric: true)');
    await until('the Verilog of the new text', () => /1000 +not in use/.test(shown.getText()));
    assert.equal(shown.isDirty, false);
  });

  it('is that of the format under the cursor, where none is named', async () => {
    await activeNibble();
    const editor = await openNew('cursor.nibble', 'format First { levels = int() }\nformat Second { levels = int() }\n');
    const position = placeOf(editor.document, 'Sec|ond');
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand('nibble.showVerilog');
    await until('the Verilog', () => vscode.workspace.textDocuments.some(({ uri }) => uri.path === '/Second.v'));
  });
});

describe('evaluating formats on a weight file', () => {
  it('opens a document that compares the formats of the paper on it', async () => {
    await activeNibble();
    await vscode.commands.executeCommand('nibble.evaluateWeightFile', fileUri('weights/tiny.safetensors'));
    const { document } = vscode.window.activeTextEditor!;
    assert.equal(document.isUntitled, true);
    assert.equal(document.languageId, 'nibble');
    assert.match(document.getText(), /^weights tiny = "weights\/tiny\.safetensors" \{$/m);
    assert.match(document.getText(), /formats = \[INT4, E2M1, .*NF4, SF4\]/);
  });
});

describe('the server', () => {
  it('answers again after it was restarted', async () => {
    const api = await activeNibble();
    await vscode.commands.executeCommand('nibble.restartServer');
    await until('a running server', () => api.status().text === 'Nibble: ready');
    const { document } = await open('sample.nibble');
    const place = document.positionAt(document.getText().indexOf('Mine'));
    await until('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, place);
      return hovers.length > 0;
    });
  });

  it('is started again when it dies', async function () {
    // Finding the process takes `ps`.
    if (process.platform === 'win32') return this.skip();
    const api = await activeNibble();
    const [before] = serverProcesses();
    assert.ok(before !== undefined);
    process.kill(before, 'SIGKILL');
    await until('another server', () => serverProcesses().some((pid) => pid !== before));
    await until('its answer', () => api.status().text === 'Nibble: ready');
  });

  it('is left alone after five deaths, and can be restarted by hand', async function () {
    if (process.platform === 'win32') return this.skip();
    const api = await activeNibble();
    await until('the last death', () => {
      for (const pid of serverProcesses()) process.kill(pid, 'SIGKILL');
      return api.status().text === 'Nibble: server stopped';
    });
    assert.equal(api.status().command.command, 'nibble.restartServer');
    await vscode.commands.executeCommand('nibble.restartServer');
    await until('a running server', () => api.status().text === 'Nibble: ready');
  });

  it('is the only one then, and answers once', async function () {
    if (process.platform === 'win32') return this.skip();
    await until('one server', () => serverProcesses().length === 1);
    const { document } = await open('sample.nibble');
    const place = document.positionAt(document.getText().indexOf('Mine'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, place);
    assert.equal(hovers.length, 1);
  });
});

/** The language servers that this extension host has started. */
function serverProcesses(): number[] {
  return execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === process.pid && args.join(' ').includes('dist/server.cjs'))
    .map(([pid]) => Number(pid));
}
