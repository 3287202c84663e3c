// The panel of pictures and results, in the webview of a real VS Code.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What VS Code calls a theme's kind, by the name of the theme. */
const themes = {
  'Dark Modern': 'vscode-dark',
  'Default High Contrast': 'vscode-high-contrast:not(.vscode-high-contrast-light)',
  'Default High Contrast Light': 'vscode-high-contrast-light',
  'Light Modern': 'vscode-light',
};

/** The table of results and its chart. */
const resultsIn = (window) => window.webview().getByRole('tabpanel', { name: 'Results' });

export const steps = {
  async 'a panel beside the editor shows the pictures of the document'(window) {
    await window.open('sample.nibble');
    await window.languageStatusSays(/Nibble: ready/);
    await window.settle();
    await window.command('Nibble: Open Pictures and Results');
    const panel = window.webview();
    await panel.getByRole('heading', { name: 'Results of sample.nibble' }).waitFor();
    for (const name of ['Pareto', 'Distribution', 'Formats', 'Tensors']) {
      await panel.getByRole('tab', { name }).click();
      await panel.getByRole('tabpanel', { name }).locator('canvas, svg, [role=grid]').first().waitFor();
      await window.shot(name.toLowerCase());
    }
  },

  async 'one tab of it has the results'(window) {
    const panel = window.webview();
    await panel.getByRole('tab', { name: 'Results' }).click();
    await panel.getByText('5 rows evaluated').first().waitFor();
    const rows = await resultsIn(window).locator('tbody tr').allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.split('\t')[0]),
      ['INT4', 'E2M1', 'Mine', 'NF4 best', 'SF4'],
    );
    for (const row of rows) assert.match(row, /\t\d\d\.\d\d\t\d\.\d+ %\t\d+\.\d+ %\t4\.\d+\t\d\S* %\t3\.\d{3}$/);
    assert.match(
      await panel.getByRole('img').getAttribute('aria-label'),
      /^Dot plot of the SQNR of 5 rows on tiny, group128; the most is 2\d\.\d\d dB, of NF4/,
    );
    await window.shot('light');
  },

  async 'it takes on the colours of every theme while it is shown'(window, workspace) {
    mkdirSync(join(workspace, '.vscode'));
    for (const [name, className] of Object.entries(themes)) {
      writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify({ 'workbench.colorTheme': name }));
      await window.webview().locator(`body.${className}`).waitFor();
      await window.shot(name.replaceAll(' ', '-').toLowerCase());
    }
  },

  async 'the head of a column sorts the rows'(window) {
    const panel = window.webview();
    await panel.getByRole('button', { name: 'SQNR (dB)' }).click();
    assert.equal(await resultsIn(window).locator('tbody th').first().innerText(), 'NF4 best');
    assert.equal(await panel.getByRole('columnheader', { name: 'SQNR (dB)' }).getAttribute('aria-sort'), 'descending');
  },

  async 'a format leads to its declaration'(window) {
    await window.webview().getByRole('button', { name: 'Mine' }).click();
    await window.page.locator('.statusbar-item', { hasText: 'Ln 15, Col 12 (4 selected)' }).waitFor();
    await window.shot('declaration');
  },

  async 'a bar leads to its declaration, in a library too'(window) {
    const canvas = resultsIn(window).locator('canvas');
    // The first bar is that of NF4, by the order of the step before.
    await canvas.click({ position: { x: 100, y: 20 } });
    await window.page.locator('.tab.active', { hasText: 'paper.nibble' }).waitFor();
    await window.editor.locator('.view-line', { hasText: /format.NF4/ }).waitFor();
    // The library has no results, so the panel stays with the document.
    await window.webview().getByRole('heading', { name: 'Results of sample.nibble' }).waitFor();
    await window.shot('library');
  },

  async 'a level that is dragged changes its number in the text, and one undo restores it'(window) {
    await window.page.locator('.tab', { hasText: 'sample.nibble' }).first().click();
    await window.webview().getByRole('tab', { name: 'Formats' }).click();
    await dragLevel(window, -80);
    await window.editor.locator('.view-line', { hasText: /negative_zero.=.[^5]/ }).waitFor();
    await window.shot('dragged');
    await window.page.locator('.tab', { hasText: 'sample.nibble' }).first().click();
    await window.page.keyboard.press('Control+z');
    await window.editor.locator('.view-line', { hasText: /negative_zero.=.5$/ }).waitFor();
  },

  async 'undo pressed in the panel takes back the last of two drags, and no more'(window) {
    const line = () => window.editor.locator('.view-line', { hasText: /negative_zero.=/ }).textContent();
    const whole = await line();
    await dragLevel(window, -60);
    const first = await changed(line, whole);
    await dragLevel(window, -60);
    await changed(line, first);
    await window.page.keyboard.press('Control+z');
    await window.editor.locator('.view-line', { hasText: new RegExp(`^${first.replaceAll('.', '\\.').replace(/\s/g, '.')}$`) }).waitFor();
    // Now in the editor, which has the focus.
    await window.page.keyboard.press('Control+z');
    await window.editor.locator('.view-line', { hasText: /negative_zero.=.5$/ }).waitFor();
  },

  async 'the cursor in the text selects the level in the panel'(window) {
    await window.editor.locator('.view-line', { hasText: /negative_zero.=.5/ }).click();
    await window.page.keyboard.press('End');
    await window.webview().locator('svg .is-selected').waitFor({ state: 'attached' });
    await window.shot('selected');
  },

  async 'a pinned panel stays with its document'(window, workspace) {
    const panel = window.webview();
    await panel.getByRole('button', { name: 'Pin to this document' }).click();
    await window.page.locator('.tab', { hasText: /^sample.nibble/ }).click();
    writeFileSync(join(workspace, 'other.nibble'), 'use std.paper\nformat Other extends E2M1 {}\n');
    await window.open('other.nibble');
    await panel.getByRole('heading', { name: 'Results of sample.nibble' }).waitFor();
    await panel.getByRole('tab', { name: 'Results' }).click();
  },

  async 'it is as it was after it was hidden'(window) {
    const tab = window.page.locator('.tab', { hasText: 'Results of sample.nibble' });
    await tab.click();
    await window.command('File: New Untitled Text File');
    await window.webview().locator('h1').waitFor({ state: 'hidden' });
    await tab.click();
    assert.equal(await resultsIn(window).locator('tbody th').first().innerText(), 'NF4 best');
  },

  async 'it is there again when the window is opened again'(window) {
    // By the command, which saves all state first.
    await window.command('Developer: Reload Window');
    await window.page.waitForEvent('load');
    const panel = window.webview();
    await panel.getByText('5 rows evaluated').first().waitFor();
    assert.equal(await resultsIn(window).locator('tbody tr').count(), 5);
    assert.equal(await panel.getByRole('button', { name: 'Pin to this document' }).getAttribute('aria-pressed'), 'true');
    await window.shot('again');
  },
};

/** Drags the only level with a handle by so many pixels. */
async function dragLevel(window, by) {
  const level = window.webview().getByRole('slider');
  await level.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await level.boundingBox();
  const { mouse } = window.page;
  await mouse.move(x + width / 2, y + height / 2);
  await mouse.down();
  for (let i = 1; i <= 8; i++) await mouse.move(x + width / 2 + (by * i) / 8, y + height / 2);
  await mouse.up();
}

/** What is read once it is another text, and stays so for a moment: the last of a drag's moves may be on its way. */
async function changed(read, from) {
  let last = from;
  for (let i = 0; i < 100; i++) {
    await new Promise((done) => setTimeout(done, 300));
    const now = await read();
    if (now !== from && now === last) return now;
    last = now;
  }
  throw new Error(`"${from}" did not change`);
}
