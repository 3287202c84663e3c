import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { npyFile } from '../../support/npyFile.ts';
import { lenses, sqnr } from './ask.ts';
import { activeNibble, closeEditors, fileUri, never, open, openNew, placeOf, replace, until } from './nibble.ts';

const weights = npyFile(
  Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i) ** 3 / 2),
  [32, 128],
);

const spec = `weights w = "weights/dragged.npy"

scale s { block = 64, axis = last, anchor = absmax, type = fp32 }

format Levels {
  bits = 3
  levels = [-4, -3, -1.5, -0.5, 0, 1, 2.5, 4]
}

hardware asic { cells = nangate45 }

compare c {
  formats  = [Levels]
  on       = w
  scale    = s
  hardware = asic
}
`;

/** One number of what `nibble eval` finds. */
interface Evaluated {
  readonly format: string;
  readonly total: { readonly sqnr: number };
  readonly area: number;
}

/** What the command line finds in a file, in a process of its own. */
async function evaluated({ fsPath }: vscode.Uri): Promise<Evaluated> {
  // The package has no command line: this is that of the checkout, two folders above the bundle of this test.
  const cli = join(__dirname, '../../dist/cli.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'eval', fsPath, '--json'], { env: process.env });
  const { results } = JSON.parse(stdout) as { readonly results: readonly Evaluated[] };
  return results[0]!;
}

const drag = (uri: vscode.Uri, id: number, phase: 'move' | 'end' | 'cancel', level: number, code = 6) => ({
  protocol: 2,
  kind: 'drag',
  uri: uri.toString(),
  drag: id,
  phase,
  format: 'Levels',
  code,
  level,
});

describe('the panel', () => {
  let nDrags = 0;

  before(async () => {
    await activeNibble();
    writeFileSync(fileUri('weights/dragged.npy').fsPath, weights);
  });
  afterEach(closeEditors);

  /** Opens the spec and its panel. */
  async function opened(name: string) {
    const api = await activeNibble();
    const editor = await openNew(name, spec);
    await vscode.commands.executeCommand('nibble.openPanel');
    const { document } = editor;
    // A page that begins after the first drag of a test would end it.
    await until('the panel', () => {
      const { isOpen, isListening, uri } = api.panel.view();
      return isOpen && isListening && uri === document.uri.toString();
    });
    return { api, editor, document };
  }

  it('follows the active document, unless it is pinned', async () => {
    const { api, document } = await opened('first.nibble');
    const other = await openNew('second.nibble', spec);
    await until('the other document', () => api.panel.view().uri === other.document.uri.toString());
    await api.panel.take({ protocol: 2, kind: 'pin', isPinned: true });
    await vscode.window.showTextDocument(document);
    await never('another document in a pinned panel', () => api.panel.view().uri !== other.document.uri.toString());
    await api.panel.take({ protocol: 2, kind: 'pin', isPinned: false });
    assert.equal(api.panel.view().uri, document.uri.toString());
  });

  it('moves a level in one step of undo, and the figures shown afterwards are those of a fresh evaluation', async () => {
    const { api, document } = await opened('dragged.nibble');
    const before = await sqnr(document, 'format Levels');
    nDrags++;
    // Past the level above it, so that it is of another code on the way.
    for (const level of [2.61, 2.8, 3.4, 4.7]) await api.panel.take(drag(document.uri, nDrags, 'move', level));
    assert.equal(document.getText(), spec.replace('2.5, 4]', '4.7, 4]'));
    await api.panel.take(drag(document.uri, nDrags, 'move', 3.19));
    await api.panel.take(drag(document.uri, nDrags, 'end', 3.19));
    assert.equal(document.getText(), spec.replace('2.5,', '3.2,'));
    const after = await until('other figures', async () => differs(before, await sqnr(document, 'format Levels')));
    const area = await until(
      'an area that is synthesised',
      async () => /^(?!≈)(\S+) um2/m.exec((await lenses(document, 'format Levels')).join('\n'))?.[1],
    );
    await document.save();
    const fresh = await evaluated(document.uri);
    assert.equal(after, fresh.total.sqnr.toFixed(2));
    assert.equal(area, String(Number(fresh.area.toPrecision(3))));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), spec);
  });

  it('undoes and redoes a drag from its own keys, whatever has the focus', async () => {
    const { api, document } = await opened('keys.nibble');
    nDrags++;
    await api.panel.take(drag(document.uri, nDrags, 'end', -3.4, 1));
    const dragged = document.getText();
    assert.notEqual(dragged, spec);
    await vscode.commands.executeCommand('workbench.action.focusSideBar');
    const step = (kind: 'undo' | 'redo') => api.panel.take({ protocol: 2, kind, uri: document.uri.toString() });
    await step('undo');
    await until('the text as it was', () => document.getText() === spec);
    await step('redo');
    await until('the text as it was dragged', () => document.getText() === dragged);
  });

  it('follows a file that is renamed, pinned or not', async () => {
    const { api, document } = await opened('old.nibble');
    await document.save();
    await api.panel.take({ protocol: 2, kind: 'pin', isPinned: true });
    const next = fileUri('renamed.nibble');
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(document.uri, next, { overwrite: true });
    await vscode.workspace.applyEdit(edit);
    await until('the panel of the new name', () => api.panel.view().uri === next.toString());
    await until('results of it', () => api.panel.view().shown.results !== undefined);
    await api.panel.take({ protocol: 2, kind: 'pin', isPinned: false });
  });

  it('takes a level back where the drag is cancelled', async () => {
    const { api, document } = await opened('cancelled.nibble');
    nDrags++;
    await api.panel.take(drag(document.uri, nDrags, 'move', -3.4, 1));
    assert.notEqual(document.getText(), spec);
    await api.panel.take(drag(document.uri, nDrags, 'cancel', -3.4, 1));
    assert.equal(document.getText(), spec);
    await api.panel.take(drag(document.uri, nDrags, 'move', -3.6, 1));
    assert.equal(document.getText(), spec, 'a drag that is over moves nothing more');
  });

  it('keeps what is typed after a drag as a step of undo of its own, and the other way round', async () => {
    const { api, editor, document } = await opened('typed.nibble');
    await replace(editor, '-1.5', '-1.4');
    nDrags++;
    await api.panel.take(drag(document.uri, nDrags, 'move', 0.4, 5));
    await api.panel.take(drag(document.uri, nDrags, 'end', 0.4, 5));
    await vscode.window.showTextDocument(document);
    const place = placeOf(document, 'format Levels|');
    (vscode.window.activeTextEditor as vscode.TextEditor).selection = new vscode.Selection(place, place);
    await vscode.commands.executeCommand('type', { text: 'X' });
    const dragged = spec.replace('-1.5', '-1.4').replace('0, 1,', '0, 0.4,');
    assert.equal(document.getText(), dragged.replace('format Levels', 'format LevelsX'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), dragged);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), spec.replace('-1.5', '-1.4'));
  });

  it('ends a drag when somebody else changes the text', async () => {
    const { api, editor, document } = await opened('meddled.nibble');
    nDrags++;
    await api.panel.take(drag(document.uri, nDrags, 'move', 3));
    await replace(editor, 'bits = 3', 'bits =  3');
    const meddled = document.getText();
    await api.panel.take(drag(document.uri, nDrags, 'end', 3.7));
    assert.equal(document.getText(), meddled);
  });

  it('opens a document that cannot be seen when one of its levels is moved', async () => {
    const { api, document } = await opened('unseen.nibble');
    await api.panel.take({ protocol: 2, kind: 'pin', isPinned: true });
    await open('sample.nibble');
    const isSeen = () => vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    await until('the other document in front', () => !isSeen());
    nDrags++;
    await api.panel.take(drag(document.uri, nDrags, 'end', 3));
    assert.ok(isSeen());
    assert.equal(document.getText(), spec.replace('2.5,', '3,'));
  });

  it('leads to a level in the text, and to a format', async () => {
    const { api, document } = await opened('revealed.nibble');
    const reveal = (code: number | null) =>
      api.panel.take({ protocol: 2, kind: 'reveal', uri: document.uri.toString(), format: 'Levels', code, library: null });
    await reveal(6);
    assert.equal(document.getText(vscode.window.activeTextEditor!.selection), '2.5');
    await reveal(null);
    assert.equal(document.getText(vscode.window.activeTextEditor!.selection), 'Levels');
  });

  /** Opens a file as a person does: a document that a test opens itself is kept open for minutes. */
  async function openedByHand(name: string, text: string): Promise<vscode.TextEditor> {
    writeFileSync(fileUri(name).fsPath, text);
    await vscode.commands.executeCommand('vscode.open', fileUri(name), { preview: false, viewColumn: vscode.ViewColumn.One });
    return until(name, () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith(`/${name}`)));
  }

  it('goes on with a document that is closed and opened again, whose versions start anew', async () => {
    const api = await activeNibble();
    const settings = vscode.workspace.getConfiguration('nibble');
    // So that nobody but the panel asks for results.
    await settings.update('evaluate.automatic', 'off', vscode.ConfigurationTarget.Workspace);
    try {
      // It keeps its column open: in a column of its own the panel would be hidden by what is opened there.
      await open('notes.md');
      const editor = await openedByHand('again.nibble', spec);
      await vscode.commands.executeCommand('nibble.openPanel');
      const first = (): boolean => api.panel.view().shown.results === 1 && api.panel.view().shown.picture === 1;
      await until('the first version', first);
      await replace(editor, '-1.5', '-1.4');
      await replace(editor, '2.5', '2.6');
      await until('a picture of the third version', () => api.panel.view().shown.picture === 3);
      const { uri } = editor.document;
      await vscode.window.showTextDocument(editor.document);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await until('a closed document', () => !vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString()));
      assert.deepEqual(api.panel.view().shown, {});
      // With its old text it would go on from its old version.
      const again = await openedByHand('again.nibble', spec.replace('2.5', '2.7'));
      assert.equal(again.document.version, 1);
      await until('results and picture of the new first version', first);
      await replace(again, '-1.5', '-1.4');
      await until('a picture of the new second version', () => api.panel.view().shown.picture === 2);
    } finally {
      await settings.update('evaluate.automatic', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('does nothing where a message is of another document, or none at all', async () => {
    const { api, document } = await opened('hostile.nibble');
    for (const message of [null, 'x', { protocol: 1, kind: 'pin', isPinned: true }, drag(fileUri('other.nibble'), 99, 'end', 3)])
      await api.panel.take(message);
    nDrags++;
    await api.panel.take({ ...drag(document.uri, nDrags, 'end', 3), format: 'Absent' });
    await api.panel.take({ ...drag(document.uri, ++nDrags, 'end', 3), code: 200 });
    assert.equal(document.getText(), spec);
    assert.equal(api.panel.view().isPinned, false);
  });

  it('opens with a document where the user wants that, and stays closed once it is closed', async () => {
    const api = await activeNibble();
    const settings = vscode.workspace.getConfiguration('nibble');
    await settings.update('panel.openWithSpec', true, vscode.ConfigurationTarget.Workspace);
    try {
      const { document } = await openNew('with.nibble', spec);
      await until('the panel', () => api.panel.view().isOpen && api.panel.view().uri === document.uri.toString());
      await closePanel();
      await until('no panel', () => !api.panel.view().isOpen);
      await open('sample.nibble');
      await until('a panel of another one', () => api.panel.view().isOpen);
      await closePanel();
      await vscode.window.showTextDocument(document);
      await never('a panel that was closed', () => api.panel.view().isOpen);
    } finally {
      await settings.update('panel.openWithSpec', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});

const differs = (before: string, now: string): string | undefined => (now === before ? undefined : now);

async function closePanel(): Promise<void> {
  const tab = await until('the tab of the panel', () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputWebview),
  );
  await vscode.window.tabGroups.close(tab);
}
