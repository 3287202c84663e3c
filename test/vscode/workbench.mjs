import { join } from 'node:path';
import { out } from './harness.mjs';

/** VS Code's window as a person uses it: what can be done in it, and what can be seen. */
export function workbench(page, name) {
  let nShots = 0;
  const row = (text) => page.locator('.explorer-folders-view .monaco-list-row', { hasText: text }).first();
  const quickPick = page.locator('.quick-input-widget');
  const editor = page.locator('.editor-instance .monaco-editor').first();

  return {
    page,
    editor,
    /** Waits for the explorer, which is there once the folder is open. */
    ready: () => row('sample.nibble').waitFor({ timeout: 60_000 }),

    async open(file) {
      await row(file).dblclick();
      await page.locator('.tab.active', { hasText: file }).waitFor();
      await editor.locator('.view-line').first().waitFor();
    },

    /** Runs a command of the palette, by its full title. */
    async command(title) {
      // A webview that is just being shown may take the key.
      for (let i = 0; i < 3 && !(await quickPick.isVisible()); i++) {
        await page.keyboard.press('F1');
        await page.waitForTimeout(i === 0 ? 100 : 1000);
      }
      await quickPick.locator('input').fill(`>${title}`);
      await quickPick.locator('.monaco-list-row', { hasText: title }).first().waitFor();
      await page.keyboard.press('Enter');
    },

    /** Chooses an entry of the list that is open. */
    async pick(label) {
      await quickPick.locator('.monaco-list-row', { hasText: label }).first().click();
    },

    /** Chooses from the context menu of a file in the explorer; folders on the way are opened. */
    async explorerMenu(path, item) {
      const names = path.split('/');
      for (const folder of names.slice(0, -1)) if (!(await row(names.at(-1)).isVisible())) await row(folder).click();
      await row(names.at(-1)).click({ button: 'right' });
      // By key: a menu takes no click in its first moments.
      await page.locator('.context-view .action-item', { hasText: item }).hover();
      await page.keyboard.press('Enter');
    },

    /** The text of the editor as far as it is in view. */
    async text() {
      const lines = await editor
        .locator('.view-line')
        .evaluateAll((all) =>
          all.map((line) => [Number.parseFloat(line.style.top), line.textContent.replaceAll('\u00a0', ' ')]).sort(([a], [b]) => a - b),
        );
      return lines.map(([, text]) => text).join('\n');
    },

    /** The colour in which a word is shown, on the first line that holds it. */
    colourOf: (word) =>
      editor
        .locator('.view-line span span', { hasText: new RegExp(`^\\s*${word}\\s*$`) })
        .first()
        .evaluate((span) => getComputedStyle(span).color),

    /** Waits until the language status, opened by hovering its symbol in the status bar, says something. */
    async languageStatusSays(pattern) {
      await page.locator('#status\\.languageStatus').hover();
      await page.locator('.monaco-hover .hover-language-status', { hasText: pattern }).first().waitFor();
    },

    /** The page inside the webview that is shown: VS Code puts it into a frame within a frame. */
    webview: () => page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame'),

    /** A line of the panel below the editor, which holds the output. */
    panelLine: (text) => page.locator('.panel .view-line', { hasText: text }).first(),

    /** A message in the corner, of an error or of something that goes on. */
    notification: (text) => page.locator('.notification-toast', { hasText: text }).first(),

    /** Closes whatever is in front, so that the next step begins from a quiet window. */
    async settle() {
      await page.keyboard.press('Escape');
      await page.mouse.move(700, 450);
    },

    /** Keeps a picture in out/vscode, numbered in order. */
    async shot(what) {
      nShots++;
      await page.screenshot({ path: join(out, `${name}-${String(nShots).padStart(2, '0')}-${what}.png`) });
    },
  };
}
