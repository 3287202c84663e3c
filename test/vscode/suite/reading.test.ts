import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { drawing, hover, lenses, sqnr } from './ask.ts';
import { activeNibble, closeEditors, fileUri, open, openNew, placeOf, show, until } from './nibble.ts';

describe('reading a spec', () => {
  let document: vscode.TextDocument;

  before(async () => {
    await activeNibble();
    ({ document } = await open('sample.nibble'));
    await sqnr(document, 'format Mine');
  });
  after(closeEditors);

  it('a hover draws the levels on a number line', async () => {
    const svg = drawing(await hover(document, 'format M|ine'));
    assert.match(svg, /^<svg /);
    for (const label of ['−6', '0', '5', '6']) assert.ok(svg.includes(`>${label}</text>`), `no ${label} in ${svg}`);
  });

  it('a hover has the error on the linked weights, with two decimals', async () => {
    const text = await until('the error', async () => /.*SQNR on .*/.exec(await hover(document, 'format M|ine'))?.[0]);
    assert.match(text, /^- \*\*\d+\.\d\d dB\*\* SQNR on `tiny`, `group128` · relative MAE /);
  });

  it('a hover has the documentation and a row for each code', async () => {
    const text = await hover(document, 'format M|ine');
    assert.match(text, /E2M1 whose code of -0 decodes to 5/);
    assert.equal(text.split('\n').filter((line) => /^[01]{4} /.test(line)).length, 16);
  });

  it('a hover on a name of the library has that format', async () => {
    assert.match(await hover(document, 'NF|4, SF4'), /format NF4[\s\S]*-0\.69619/);
  });

  it('a hover on a property and on its word says what they mean', async () => {
    assert.match(await hover(document, 'anch|or'), /`anchor`: .*\n[\s\S]*- `absmax`: /);
    assert.match(await hover(document, '= abs|max'), /^`absmax`: /);
  });

  it('a hover on weights counts them, and one on a comparison lists its rows', async () => {
    assert.match(await hover(document, 'weights ti|ny'), /35 tensors, 921\s600 weights, root mean square 0\.06705/);
    assert.match(await hover(document, 'compare f|ew'), /\| \d+\.\d\d dB \|/);
  });

  it('a lens says the error above the format, and how many rows are evaluated above the comparison', async () => {
    const [error, evaluate] = await lenses(document, 'format Mine');
    assert.match(error!, /^SQNR \d+\.\d\d dB on tiny, group128/);
    assert.equal(evaluate, 'evaluate');
    assert.deepEqual(await lenses(document, 'compare few'), ['5 rows evaluated · evaluate', 'pictures']);
  });

  it('lens and hover agree', async () => {
    assert.ok((await hover(document, 'format M|ine')).includes(`**${await sqnr(document, 'format Mine')} dB**`));
  });

  it('the outline holds every declaration with its properties', async () => {
    const symbols = await execute<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepEqual(
      symbols.map(({ name, detail, children }) => [name, detail, children.map((child) => child.name).join(' ')]),
      [
        ['tiny', '', 'exclude'],
        ['group128', '', 'block axis anchor type'],
        ['Mine', 'extends E2M1', 'negative_zero'],
        ['few', '', 'formats on scale'],
      ],
    );
  });

  it('every declaration in braces folds, and its last line stays', async () => {
    const folds = await execute<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
    assert.deepEqual(
      folds.map(({ start, end }) => [document.lineAt(start).text.split(' ')[0], document.lineAt(end + 1).text]),
      ['weights', 'scale', 'format', 'compare'].map((keyword) => [keyword, '}']),
    );
  });

  it('the path of a weight file is a link to it', async () => {
    const links = await execute<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri);
    const [link] = links.filter(({ range }) => document.getText(range).includes('tiny.safetensors'));
    assert.equal(link?.target?.path, fileUri('weights/tiny.safetensors').path);
  });

  it('a definition leads from a use to the declaration', async () => {
    const [found] = await locations('vscode.executeDefinitionProvider', document, 'scale   = gro|up128');
    assert.equal(found, 'sample.nibble 6 group128');
  });

  it('references are the declaration and every use', async () => {
    assert.deepEqual(await locations('vscode.executeReferenceProvider', document, 'format M|ine'), [
      'sample.nibble 14 Mine',
      'sample.nibble 19 Mine',
    ]);
  });

  it('the name under the cursor is highlighted wherever it stands', async () => {
    const place = placeOf(document, 'weights ti|ny');
    const found = await execute<vscode.DocumentHighlight[]>('vscode.executeDocumentHighlights', document.uri, place);
    assert.deepEqual(
      found.map(({ range }) => document.lineAt(range.start.line).text.trim()),
      ['weights tiny = "weights/tiny.safetensors" {', 'on      = tiny'],
    );
  });

  it('a call shows its signature with the parameter that is being written', async () => {
    const { document: call } = await openNew('call.nibble', 'use std.paper\n\nformat F {\n  levels = minifloat(e: 2, m: 1)\n}\n');
    const help = await execute<vscode.SignatureHelp>('vscode.executeSignatureHelpProvider', call.uri, placeOf(call, 'm: |1'));
    const [signature] = help.signatures;
    assert.match(signature!.label, /^minifloat\(e, m, /);
    assert.equal(help.activeParameter, 1);
  });
});

describe('the library', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('a definition in it opens as a read-only document in which hovers work', async () => {
    const { document } = await open('sample.nibble');
    const [definition] = await execute<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      placeOf(document, 'extends E2|M1'),
    );
    const uri = 'uri' in definition! ? definition.uri : definition!.targetUri;
    const range = 'uri' in definition! ? definition.range : definition!.targetRange;
    assert.equal(uri.toString(), 'nibble-library:/std/paper.nibble');
    const { document: library } = await show(uri);
    assert.equal(library.getText(range), 'E2M1');
    assert.equal(library.lineAt(range.start.line).text, 'format E2M1 {');
    assert.match(drawing(await hover(library, 'format E2|M1 {')), /^<svg /);
    assert.match(await hover(library, 'format SF4 = S|F(5)'), /format SF\(nu\)/);
  });

  it('`use std.paper` leads to it', async () => {
    const { document } = await open('sample.nibble');
    assert.match((await locations('vscode.executeDefinitionProvider', document, 'use std.pa|per'))[0]!, /^paper\.nibble 0/);
  });

  it('its own text has no errors and no lens that could not be clicked', async () => {
    const { document } = await show(vscode.Uri.parse('nibble-library:/std/paper.nibble'));
    assert.deepEqual(
      vscode.languages.getDiagnostics(document.uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error),
      [],
    );
    assert.ok(!(await lenses(document)).includes('evaluate'));
  });
});

const execute = <T>(command: string, ...given: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(command, ...given);

/** Places as file, line from 0, and text. */
async function locations(command: string, document: vscode.TextDocument, marked: string): Promise<string[]> {
  const found = await execute<(vscode.Location | vscode.LocationLink)[]>(command, document.uri, placeOf(document, marked));
  return found.map((place) => {
    const [uri, range] = 'uri' in place ? [place.uri, place.range] : [place.targetUri, place.targetRange];
    const text = uri.toString() === document.uri.toString() ? document.getText(range) : '';
    return `${uri.path.slice(uri.path.lastIndexOf('/') + 1)} ${range.start.line} ${text}`.trimEnd();
  });
}
