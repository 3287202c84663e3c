import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnostic, diagnostics, drawing, hover, lenses, sqnr } from './ask.ts';
import { activeNibble, closeEditors, never, open, openNew, replace, until } from './nibble.ts';

describe('a setting takes effect at once:', () => {
  before(activeNibble);
  afterEach(async () => {
    await closeEditors();
    for (const name of ['diagnostics.severity', 'lens.enable', 'hover.numberLine', 'evaluate.automatic', 'evaluate.limit']) {
      await set(name, undefined);
    }
  });

  it('another severity, and none at all', async () => {
    const { document } = await openNew(
      'severity.nibble',
      'format F {\n  levels = [-8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8]\n}\n',
    );
    assert.equal((await diagnostic(document, 'codebook.no-zero')).severity, 'Information');
    await set('diagnostics.severity', { 'codebook.no-zero': 'error' });
    await until('an error', () => diagnostics(document).some(({ severity }) => severity === 'Error'));
    await set('diagnostics.severity', { 'codebook.no-zero': 'off' });
    await until('nothing said', () => diagnostics(document).length === 0);
    await set('diagnostics.severity', undefined);
    assert.equal((await diagnostic(document, 'codebook.no-zero')).severity, 'Information');
  });

  it('no lenses', async () => {
    const { document } = await open('sample.nibble');
    await sqnr(document, 'format Mine');
    await set('lens.enable', false);
    await until('no lenses', async () => (await lenses(document)).length === 0);
    await set('lens.enable', true);
    await sqnr(document, 'format Mine');
  });

  it('no number line', async () => {
    const { document } = await open('sample.nibble');
    assert.match(await hover(document, 'format M|ine'), /!\[levels/);
    await set('hover.numberLine', false);
    await until('no picture', async () => !(await hover(document, 'format M|ine')).includes('!['));
  });

  it('another theme, which gives the number line its colours', async () => {
    const { document } = await open('sample.nibble');
    const setting = vscode.workspace.getConfiguration('workbench');
    try {
      for (const [theme, level] of Object.entries(levelColours)) {
        await setting.update('colorTheme', theme, vscode.ConfigurationTarget.Global);
        await until(`levels in ${level} for ${theme}`, async () =>
          drawing(await hover(document, 'format M|ine')).includes(`stroke="${level}"`),
        );
      }
    } finally {
      await setting.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('no evaluation unless asked for', async () => {
    await set('evaluate.automatic', 'off');
    const { document } = await sampleAs('off.nibble');
    assert.deepEqual(await lenses(document, 'compare few'), ['0 of 5 rows evaluated · evaluate', 'pictures']);
    await never('an evaluation', async () => (await lenses(document, 'format Mine')).some((title) => title.startsWith('SQNR')));
    await vscode.commands.executeCommand('nibble.evaluateDocument', document.uri);
    assert.match((await lenses(document, 'format Mine'))[0]!, /^SQNR /);
  });

  it('evaluation as soon as it is switched on', async () => {
    await set('evaluate.automatic', 'off');
    const { document } = await sampleAs('on.nibble');
    assert.deepEqual(await lenses(document, 'compare few'), ['0 of 5 rows evaluated · evaluate', 'pictures']);
    await set('evaluate.automatic', 'onType');
    await sqnr(document, 'format Mine');
  });

  it('evaluation when the document is saved', async () => {
    const editor = await open('sample.nibble');
    const before = await sqnr(editor.document, 'format Mine');
    await set('evaluate.automatic', 'onSave');
    await replace(editor, 'negative_zero = 5', 'negative_zero = 4.5');
    await never('an evaluation', async () => (await lenses(editor.document, 'format Mine')).some((title) => title.startsWith('SQNR')));
    await editor.document.save();
    assert.notEqual(await sqnr(editor.document, 'format Mine'), before);
    await vscode.commands.executeCommand('undo');
    await editor.document.save();
  });

  it('a limit of what is evaluated unasked, which the status tells', async () => {
    await set('evaluate.limit', 1000);
    const api = await activeNibble();
    const editor = await sampleAs('limit.nibble');
    const { document } = editor;
    // A level that nobody has measured: what is known already counts as no work.
    await replace(editor, 'negative_zero = 5', 'negative_zero = 7.77');
    await until('the reason', () => /^[\d\s]+ weights times formats are more than/.test(api.status().detail));
    assert.match(api.status().detail, /nibble\.evaluate\.limit/);
    await vscode.commands.executeCommand('nibble.evaluateDocument', document.uri);
    assert.match((await lenses(document, 'format Mine'))[0]!, /^SQNR /);
  });
});

/** The colour of levels, by theme: each kind of theme has its own. */
const levelColours = {
  'Dark Modern': '#4daafc',
  'Light Modern': '#005fb8',
  'Default High Contrast': '#ffff00',
  'Default High Contrast Light': '#0f4a85',
};

/** The sample under a name of which nothing is known yet. */
async function sampleAs(name: string): Promise<vscode.TextEditor> {
  const { document } = await open('sample.nibble');
  return openNew(name, document.getText());
}

const set = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration('nibble').update(name, value, vscode.ConfigurationTarget.Global);
