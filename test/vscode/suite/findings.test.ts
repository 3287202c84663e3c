import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { applyFix, completions, diagnostic, diagnostics, fixes, hover, lenses, problems, sqnr, untilSound } from './ask.ts';
import { activeNibble, closeEditors, fileUri, open, openNew, replace, until } from './nibble.ts';

describe('diagnostics', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('are none above a hint for the sample', async () => {
    const { document } = await open('sample.nibble');
    await sqnr(document, 'format Mine');
    assert.deepEqual(problems(document), []);
  });

  it('come with an edit and go when it is undone', async () => {
    const editor = await open('sample.nibble');
    await untilSound(editor.document);
    await replace(editor, 'extends E2M1', 'extends E2M9');
    const { text, severity, message } = await diagnostic(editor.document, 'name.unknown');
    assert.deepEqual([text, severity], ['E2M9', 'Error']);
    assert.match(message, /^Nothing is called `E2M9`; did you mean `E2M1`\?$/);
    await vscode.commands.executeCommand('undo');
    await untilSound(editor.document);
  });

  it('of a half-typed line do not hide the next one', async () => {
    const { document } = await openNew('half.nibble', 'format F {\n  levels =\n  tise = even\n}\n');
    await diagnostic(document, 'syntax.value-expected');
    assert.equal((await diagnostic(document, 'property.unknown')).text, 'tise');
  });

  it('of a failed assertion come with the numbers, and go when it holds', async () => {
    const editor = await openNew(
      'assertion.nibble',
      'use std.paper\n\nweights tiny = "weights/tiny.safetensors"\n\nscale s { block = 128, axis = last, anchor = absmax, type = fp16 }\n\n' +
        'assert sqnr(NF4, on: tiny, scale: s) >= 60 dB\n',
    );
    assert.match((await diagnostic(editor.document, 'assert.failed')).message, /\d+\.\d+ dB/);
    assert.match((await lenses(editor.document, 'assert'))[0]!, /^Fails: \d+\.\d+ dB against 60 dB$/);
    await replace(editor, '60 dB', '6 dB');
    await untilSound(editor.document);
    assert.match((await lenses(editor.document, 'assert'))[0]!, /^Holds: /);
  });

  it('of a file that is used go when that file is mended on disk', async () => {
    writeFileSync(fileUri('used.nibble').fsPath, 'format Used {\n');
    const { document } = await openNew('using.nibble', 'use "used.nibble"\n\nformat F extends Used { ties = even }\n');
    await diagnostic(document, 'use.has-errors');
    writeFileSync(fileUri('used.nibble').fsPath, 'format Used { levels = int() }\n');
    await untilSound(document);
  });
});

describe('a quick fix', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('mends a name', async () => {
    const { document } = await openNew('name.nibble', 'use std.paper\n\nformat F extends E2M9 { ties = even }\n');
    await diagnostic(document, 'name.unknown');
    await applyFix(document, 'E2|M9', 'Change to `E2M1`');
    assert.match(document.getText(), /extends E2M1 /);
    await untilSound(document);
  });

  it('brings the library for a name of it', async () => {
    const { document } = await openNew('bring.nibble', 'format F extends E2M1 { ties = even }\n');
    await diagnostic(document, 'name.unknown');
    await applyFix(document, 'E2|M1', 'Add `use std.paper`');
    assert.match(document.getText(), /^use std\.paper\n\nformat F /);
    await untilSound(document);
  });

  it('mends a unit', async () => {
    const { document } = await openNew('unit.nibble', 'let size = 4 KBi\n');
    const { text, message } = await diagnostic(document, 'unit.unknown');
    const [fix] = await fixes(document, '4 K|Bi');
    assert.ok(fix, `no fix for ${text}: ${message}`);
    await applyFix(document, '4 K|Bi', fix.title);
    await untilSound(document);
  });

  it('adds a unit where one is missing', async () => {
    const { document } = await openNew('bare.nibble', 'let margin = 3 dB + 1\n');
    await diagnostic(document, 'unit.mismatch');
    await applyFix(document, '+ |1', 'Add the unit dB');
    assert.equal(document.getText(), 'let margin = 3 dB + 1 dB\n');
    await untilSound(document);
  });

  it('mends a codebook that lacks a level', async () => {
    const levels = '[-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]';
    const { document } = await openNew('size.nibble', `format F {\n  levels = ${levels}\n}\n`);
    const { text, message } = await diagnostic(document, 'codebook.size');
    assert.deepEqual([text, message], [levels, 'A 4-bit code has 16 levels; this codebook has 15']);
    await applyFix(document, 'levels = [-7, |-6', 'Leave one code unused');
    await untilSound(document);
    assert.deepEqual(await lenses(document, 'format F'), ['15 levels', 'pictures']);
  });

  it('is the preferred one where it is alone', async () => {
    const { document } = await openNew('preferred.nibble', 'format F {\n  tise = even\n}\n');
    await diagnostic(document, 'property.unknown');
    const [fix] = await fixes(document, 'ti|se');
    assert.equal(fix?.title, 'Change to `ties`');
    assert.equal(fix?.isPreferred, true);
  });
});

describe('bad input', () => {
  before(activeNibble);
  afterEach(closeEditors);

  it('a spec of 10 MB has one diagnostic, and the editor goes on', async () => {
    const line = 'format F { levels = [-7, -6, -5, -4, -3, -2, -1, -0, 0, 1, 2, 3, 4, 5, 6, 7] }\n';
    const editor = await openNew('large.nibble', line.repeat(Math.ceil((10 * 2 ** 20) / line.length)));
    const { message } = await diagnostic(editor.document, 'syntax.too-large');
    assert.match(message, /10\.\d million characters and is not read/);
    assert.equal(diagnostics(editor.document).length, 1);
    await replace(editor, 'F {', 'G {');
    assert.deepEqual(await completions(editor.document, 'format G { |levels'), []);
    const { document } = await open('sample.nibble');
    assert.match(await hover(document, 'format M|ine'), /16 levels/);
  });

  it('a broken weight file has one diagnostic, at its path, and the others keep their numbers', async () => {
    writeFileSync(fileUri('weights/broken.safetensors').fsPath, Buffer.from('ffffffffffffff7f7b7d', 'hex'));
    const { document } = await openNew(
      'two.nibble',
      `use std.paper

weights tiny = "weights/tiny.safetensors"
weights bad  = "weights/broken.safetensors"

scale s { block = 128, axis = last, anchor = absmax, type = fp16 }

format Mine extends E2M1 { negative_zero = 5 }

compare c {
  formats = [Mine, NF4]
  on      = [tiny, bad]
  scale   = s
}
`,
    );
    await until('the numbers of the sound file', async () =>
      (await lenses(document, 'compare c')).includes('2 of 4 rows evaluated · evaluate'),
    );
    const { text, severity } = await diagnostic(document, 'weights.unreadable');
    assert.deepEqual([text, severity], ['"weights/broken.safetensors"', 'Error']);
    assert.deepEqual(problems(document), ['weights.unreadable']);
    await sqnr(document, 'format Mine');
  });

  it('a missing weight file has one diagnostic, which goes when the file comes', async () => {
    const { document } = await openNew('missing.nibble', 'weights w = "weights/later.safetensors"\n');
    assert.equal((await diagnostic(document, 'weights.missing')).text, '"weights/later.safetensors"');
    await vscode.workspace.fs.copy(fileUri('weights/tiny.safetensors'), fileUri('weights/later.safetensors'));
    await untilSound(document);
  });

  it('files that use one another in a circle are told so, and the rest of each is still read', async () => {
    writeFileSync(fileUri('left.nibble').fsPath, 'use "right.nibble"\n\nformat Left { levels = int() }\n');
    const { document } = await openNew('right.nibble', 'use "left.nibble"\n\nformat Right extends Left { ties = even }\n');
    const told = await until('the circle', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .find(({ message, relatedInformation = [] }) =>
          [message, ...relatedInformation.map((related) => related.message)].some((text) =>
            text.includes('in a circle: right.nibble uses left.nibble uses right.nibble'),
          ),
        ),
    );
    assert.equal(document.getText(told.range), '"left.nibble"');
    assert.match(await hover(document, 'format Ri|ght'), /16 levels/);
  });

  it('a format that extends itself is told so', async () => {
    const { document } = await openNew('circle.nibble', 'format A extends B {}\n\nformat B extends A {}\n\nformat C { levels = int() }\n');
    await diagnostic(document, 'extends.cycle');
    await until('the lens of the sound format', async () => (await lenses(document, 'format C'))[0] === '16 levels');
  });
});
