import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { completions, hover, untilSound } from './ask.ts';
import { activeNibble, closeEditors, fileUri, open, openNew, placeOf, replace, show } from './nibble.ts';

const head = `use std.paper

weights tiny = "weights/tiny.safetensors"

scale group128 { block = 128, axis = last, anchor = absmax, type = fp16 }
`;

describe('completion', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('offers the tie rules behind `ties = `, and nothing else', async () => {
    const { document } = await openNew('ties.nibble', 'format F {\n  ties = \n}\n');
    assert.deepEqual(await completions(document, 'ties = |'), ['away', 'even', 'lower', 'upper', 'zero']);
  });

  it("offers formats behind `formats = [`, the document's own before those of the library", async () => {
    const { document } = await openNew('list.nibble', `${head}\nformat Mine extends E2M1 { negative_zero = 5 }\n\ncompare c { formats = [`);
    const offered = await completions(document, 'formats = [|');
    assert.equal(offered[0], 'Mine');
    for (const name of ['INT4', 'NF4', 'SF4', 'SF']) assert.ok(offered.includes(name), `${name} is not offered`);
    assert.ok(!offered.includes('tiny'));
    assert.ok(!offered.includes('group128'));
  });

  it('offers what a scale still lacks on an empty line in it', async () => {
    const { document } = await openNew('properties.nibble', 'scale s {\n  block = 32\n  \n}\n');
    const offered = await completions(document, '32\n  |');
    for (const name of ['axis', 'anchor', 'type', 'rounding', 'second']) assert.ok(offered.includes(name), `${name} is not offered`);
    assert.ok(!offered.includes('block'));
  });

  it('offers the weights behind `on = ` and the scales behind `scale = `', async () => {
    const { document } = await openNew('values.nibble', `${head}\ncompare c {\n  on = \n  scale = \n}\n`);
    assert.deepEqual(await completions(document, 'on = |'), ['tiny']);
    assert.deepEqual(await completions(document, 'scale = |'), ['group128']);
  });

  it('offers libraries behind `use`', async () => {
    const { document } = await openNew('use.nibble', 'use ');
    assert.deepEqual(await completions(document, 'use |'), ['std.paper']);
  });

  it('offers nothing in a comment', async () => {
    const { document } = await openNew('comment.nibble', '// ties = \n');
    assert.deepEqual(await completions(document, 'ties = |'), []);
  });
});

describe('rename', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('changes the declaration and every use, and leaves the rest as it is', async () => {
    const { document } = await open('sample.nibble');
    const before = document.getText();
    assert.ok(await vscode.workspace.applyEdit(await renameEdit(document, 'compare few {\n  formats = [INT4, E2M1, Mi|ne', 'Better')));
    assert.equal(document.getText(), before.replaceAll('Mine', 'Better'));
    await untilSound(document);
  });

  it('changes an open file that uses the name as well', async () => {
    const { document: base } = await openNew('base.nibble', 'use std.paper\n\nformat Base extends E2M1 { negative_zero = 5 }\n');
    const { document: user } = await openNew('user.nibble', 'use "base.nibble"\n\nformat Derived extends Base { ties = even }\n');
    await untilSound(user);
    assert.ok(await vscode.workspace.applyEdit(await renameEdit(base, 'format Ba|se', 'Root')));
    assert.match(base.getText(), /^format Root /m);
    assert.match(user.getText(), /extends Root /);
  });

  it('offers the name under the cursor to be changed', async () => {
    const { document } = await open('sample.nibble');
    const found = await prepare(document, 'scale   = gro|up128');
    assert.equal(found.placeholder, 'group128');
    assert.equal(document.getText(found.range), 'group128');
  });

  it('is refused for a name of the library, which says why', async () => {
    const { document } = await open('sample.nibble');
    await assert.rejects(() => prepare(document, 'NF|4, SF4'), /`NF4` belongs to a built-in library and cannot be renamed/);
  });

  it('is refused for a name that is taken or is none', async () => {
    const { document } = await open('sample.nibble');
    await assert.rejects(() => renameEdit(document, 'format M|ine', 'group128'), /`group128` is declared already/);
    await assert.rejects(() => renameEdit(document, 'format M|ine', '4bit'), /`4bit` is no name/);
    await assert.rejects(() => renameEdit(document, 'format M|ine', 'assert'), /`assert` is a word of the language/);
  });
});

describe('formatting', () => {
  before(activeNibble);
  afterEach(closeEditors);

  const untidy = '// kept\nformat   F{levels=minifloat( e:2,m : 1 ) // kept too\n     ties=even}\n';

  it('tidies a document and keeps its comments', async () => {
    const { document } = await openNew('untidy.nibble', untidy);
    await format(document);
    assert.match(document.getText(), /^format F \{ levels = minifloat\(e: 2, m: 1\) /m);
    for (const comment of ['// kept\n', '// kept too\n']) assert.ok(document.getText().includes(comment));
    await untilSound(document);
  });

  it('has nothing left to do the second time', async () => {
    const { document } = await openNew('twice.nibble', untidy);
    assert.notDeepEqual(await formatEdits(document), []);
    await format(document);
    assert.deepEqual(await formatEdits(document), []);
  });

  it('leaves the sample and the library as they are', async () => {
    const { document } = await open('sample.nibble');
    assert.deepEqual(await formatEdits(document), []);
    const { document: library } = await show(vscode.Uri.parse('nibble-library:/std/paper.nibble'));
    assert.deepEqual(await formatEdits(library), []);
  });

  it('tidies the sound parts of a broken document', async () => {
    const { document } = await openNew('broken.nibble', 'format F{levels=int()}\n\nformat {{ =\n\nscale   s{block=32}\n');
    await format(document);
    assert.match(document.getText(), /^format F \{ levels = int\(\) \}$/m);
    assert.match(document.getText(), /^scale s \{ block = 32 \}$/m);
  });
});

describe('a document that is edited', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('is answered about as it stands, not as it was saved', async () => {
    const editor = await open('sample.nibble');
    await replace(editor, 'negative_zero = 5', 'negative_zero = 8');
    assert.match(await hover(editor.document, 'format M|ine'), /largest magnitude 8/);
    assert.equal(editor.document.isDirty, true);
  });

  it('that another one uses is answered about as it stands there too', async () => {
    const base = await openNew('levels.nibble', 'use std.paper\n\nformat Base extends E2M1 { negative_zero = 5 }\n');
    const { document } = await openNew('uses.nibble', 'use "levels.nibble"\n\nformat Mine extends Base { ties = even }\n');
    assert.match(await hover(document, 'format M|ine'), /largest magnitude 6/);
    await show(fileUri('levels.nibble'));
    await replace(vscode.window.activeTextEditor ?? base, 'negative_zero = 5', 'negative_zero = 8');
    assert.match(await hover(document, 'format M|ine'), /largest magnitude 8/);
  });
});

const renameEdit = async (document: vscode.TextDocument, marked: string, to: string): Promise<vscode.WorkspaceEdit> =>
  vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', document.uri, placeOf(document, marked), to);

const prepare = async (document: vscode.TextDocument, marked: string): Promise<{ range: vscode.Range; placeholder: string }> =>
  vscode.commands.executeCommand('vscode.prepareRename', document.uri, placeOf(document, marked));

/** What formatting would change; VS Code answers nothing where that is nothing. */
async function formatEdits(document: vscode.TextDocument): Promise<vscode.TextEdit[]> {
  const options = { tabSize: 2, insertSpaces: true };
  return (await vscode.commands.executeCommand<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, options)) ?? [];
}

async function format(document: vscode.TextDocument): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, await formatEdits(document));
  assert.ok(await vscode.workspace.applyEdit(edit));
}
