// What the language server knows, as a person meets it: a format is written, mended, read, measured and renamed.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const options = {
  settings: { 'files.autoSave': 'off', 'editor.hover.delay': 100, 'nibble.evaluate.automatic': 'off' },
};

export const steps = {
  async 'a format is typed with completion'(window) {
    await window.open('sample.nibble');
    await goTo(window, 'negative_zero = 5');
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('End');
    await type(window, '\n\nformat Typed extends E2M1');
    await offered(window, 'E2M1').waitFor();
    await window.shot('extends');
    await window.page.keyboard.press('Enter');
    await type(window, ' {\nneg');
    await offered(window, 'negative_zero').waitFor();
    await window.page.keyboard.press('Enter');
    await type(window, '8\ntise = ');
    await offered(window, 'even').waitFor({ state: 'detached' });
    await type(window, 'even');
    assert.match(await window.text(), /format Typed extends E2M1 \{\n {2}negative_zero = 8\n {2}tise = even\n\}\n/);
    await window.page.locator('.codelens-decoration', { hasText: '16 levels' }).waitFor();
  },

  async 'a slip of the pen is underlined, and a hover on it says what is wrong'(window) {
    await window.editor.locator('.squiggly-error').first().waitFor();
    await hover(window, token(window, 'tise = even', 'tise'), hoverSays(window, 'is no property of a format'));
    await hoverSays(window, 'property.unknown').waitFor();
    await window.shot('squiggle');
  },

  async 'the menu of the light bulb mends it'(window) {
    await token(window, 'tise = even', 'tise').click();
    await window.editor
      .locator('.lightBulbWidget, .codicon-gutter-lightbulb, .codicon-gutter-lightbulb-auto-fix')
      .filter({ visible: true })
      .click();
    await window.page.locator('.action-widget', { hasText: 'Change to `ties`' }).waitFor();
    await window.shot('light-bulb');
    await window.page.locator('.action-widget .monaco-list-row', { hasText: 'Change to `ties`' }).click();
    await line(window, 'ties = even').waitFor();
    await window.editor.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    await window.shot('mended');
  },

  async 'the words that may follow `ties = ` are offered, with what they mean'(window) {
    await goTo(window, 'ties = even');
    for (let i = 0; i < 'even'.length; i++) await window.page.keyboard.press('Backspace');
    await window.page.keyboard.press('Control+Space');
    await offered(window, 'away').waitFor();
    // Behind them come the snippets, which VS Code offers everywhere.
    const words = await window.page.locator('.suggest-widget .monaco-list-row').allInnerTexts();
    assert.deepEqual(
      words.slice(0, 5).map((word) => word.split('\n')[0]),
      ['away', 'even', 'lower', 'upper', 'zero'],
    );
    await window.shot('words');
    await type(window, 'ev');
    await window.page.keyboard.press('Enter');
    await line(window, 'ties = even').waitFor();
  },

  async 'a hover draws the levels of the format'(window) {
    await hover(window, token(window, 'format Typed', 'Typed'), picture(window));
    assert.ok((await picture(window).evaluate((image) => image.naturalWidth)) > 100);
    await hoverSays(window, 'largest magnitude 8').waitFor();
    await window.shot('hover');
  },

  async 'the lens evaluates on a click'(window) {
    await goTo(window, 'NF4, SF4]', 'ArrowLeft');
    await type(window, ', Ty');
    await offered(window, 'Typed').waitFor();
    await window.page.keyboard.press('Enter');
    await line(window, 'NF4, SF4, Typed]').waitFor();
    const evaluate = window.page.locator('.codelens-decoration a', { hasText: /^evaluate$/ });
    await evaluate.nth(1).waitFor();
    await window.shot('lens');
    await evaluate.nth(1).click();
    assert.match(await error(window), /^\d+\.\d\d$/);
    await window.shot('evaluated');
  },

  async 'the numbers follow an edit of a level'(window, workspace) {
    mkdirSync(join(workspace, '.vscode'));
    writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify({ 'nibble.evaluate.automatic': 'onType' }));
    const before = await error(window);
    await goTo(window, 'negative_zero = 8');
    await window.page.keyboard.press('Backspace');
    await window.page.keyboard.type('5');
    await lens(window).filter({ hasNotText: before }).first().waitFor();
    assert.notEqual(await error(window), before);
    await window.shot('followed');
  },

  async 'F2 renames a format wherever it stands'(window) {
    await token(window, 'format Typed', 'Typed').click();
    await window.page.keyboard.press('F2');
    await window.page.locator('.rename-box input:focus').waitFor();
    await window.page.keyboard.type('Renamed');
    await window.shot('rename');
    await window.page.keyboard.press('Enter');
    await line(window, 'NF4, SF4, Renamed]').waitFor();
    await line(window, 'format Renamed extends E2M1').waitFor();
    assert.ok(!(await window.text()).includes('Typed'));
  },

  async 'F2 says why a name of the library stays'(window) {
    await token(window, 'format Renamed', 'E2M1').click();
    await window.page.keyboard.press('F2');
    await window.page.locator('.monaco-editor-overlaymessage', { hasText: 'belongs to a built-in library' }).waitFor();
    await window.shot('rename-refused');
  },

  async 'the problems view lists what is wrong, with its codes'(window) {
    await window.page.keyboard.press('Control+End');
    await type(window, '\nassert sqnr(Renamed, on: tiny, scale: group128) >= 60 dB\nformat Half {\nlevels = [1, 2');
    await window.command('Problems: Focus on Problems View');
    for (const code of ['assert.failed', 'codebook.size']) {
      await window.page.locator('.markers-panel .monaco-list-row', { hasText: code }).first().waitFor();
    }
    await window.shot('problems');
  },

  async 'F12 leads into the library, which cannot be written'(window) {
    await token(window, 'format Renamed', 'E2M1').click();
    await window.page.keyboard.press('F12');
    await window.page.locator('.tab.active', { hasText: 'paper.nibble' }).waitFor();
    await line(window, 'format E2M1 {').waitFor();
    await window.page.keyboard.type('x');
    await window.page.locator('.monaco-editor-overlaymessage', { hasText: 'read-only' }).waitFor();
    await window.settle();
    await hover(window, token(window, 'format E2M1 {', 'E2M1'), picture(window));
    await window.shot('library');
  },
};

/** A line of the editor that holds a piece of text. */
const line = ({ editor }, text) => editor.locator('.view-line', { hasText: text.replaceAll(' ', '\u00a0') }).first();

/** A word of that line. */
const token = (window, text, word) => line(window, text).locator('span span', { hasText: word }).first();

const offered = ({ page }, label) => page.locator('.suggest-widget.visible .monaco-list-row', { hasText: label }).first();

const hoverSays = ({ page }, text) => page.locator('.monaco-hover', { hasText: text }).first();

/** The number line of the hover that is shown; one that was shown before may still be there, hidden. */
const picture = ({ page }) => page.locator('.monaco-hover img[src^="data:image/svg+xml"]').filter({ visible: true });

/** Rests the pointer on a word until what it should show is there. A text that still moves, as lenses come in, takes the hover away again. */
async function hover({ page }, word, shown) {
  for (let nLeft = 5; ; nLeft--) {
    await word.hover();
    try {
      return await shown.waitFor({ timeout: 4000 });
    } catch (error) {
      if (nLeft === 0) throw error;
      await page.mouse.move(700, 450);
    }
  }
}

/** The lens that says an error. */
const lens = ({ page }) => page.locator('.codelens-decoration', { hasText: 'SQNR' }).filter({ hasText: 'dB' });

/** The error in the lens of the format that is typed: the only one that is evaluated, or the last. */
async function error(window) {
  await lens(window).last().waitFor();
  return /SQNR (\S+) dB/.exec(await lens(window).last().innerText())?.[1];
}

/** Puts the cursor at the end of a line, and from there where the keys lead. */
async function goTo(window, text, ...keys) {
  await line(window, text).click();
  await window.page.keyboard.press('End');
  for (const key of keys) await window.page.keyboard.press(key);
}

/** Types as a person does, a key at a time. */
const type = ({ page }, text) => page.keyboard.type(text, { delay: 15 });
