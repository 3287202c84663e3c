// How long a panel takes to be seen in VS Code, from the click on its button. What VS Code itself takes for the frame of any extension's page is in it,
// so that of its own Markdown preview stands beside it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCodeServer, workbenchAddress } from '../scripts/codeServer.mjs';
import { copyWorkspace, startBrowser, vsix } from '../test/vscode/harness.mjs';
import { workbench } from '../test/vscode/workbench.mjs';

const RUNS = 15;

/** What is opened: the file beside which, the button, and the tab that is closed again. */
const nibble = {
  file: 'sample.nibble',
  button: '[aria-label^="Nibble: Open Pictures"], [aria-label^="Open Pictures"]',
  tab: /^Results of/,
};
const markdown = { file: 'notes.md', button: '[aria-label^="Open Preview to the Side"]', tab: /^Preview/ };

/** Needs dist/nibble.vsix, and what scripts/setup-vscode.sh installs. */
export async function measureOpenings() {
  const server = await startCodeServer({ vsix });
  try {
    const folder = copyWorkspace(server);
    writeFileSync(join(folder, markdown.file), '# Notes\n\nA line.\n');
    return { panel: await openedOften(server, folder, nibble), preview: await openedOften(server, folder, markdown) };
  } finally {
    await server.stop();
  }
}

/** A window of its own, in which the page is opened and closed: the first time, and all times after it. */
async function openedOften(server, folder, { file, button, tab }) {
  const browser = await startBrowser();
  try {
    const { page } = browser;
    await page.addInitScript(noteTimes);
    const window = workbench(page, 'opening');
    await page.goto(workbenchAddress(server.origin, folder));
    await window.ready();
    await window.open(nibble.file);
    await window.languageStatusSays(/Nibble: ready/);
    await window.open(file);
    const found = [];
    for (let run = 0; run <= RUNS; run++) {
      await page.locator('.tab', { hasText: file }).first().click();
      const opener = page.locator(button).first();
      await opener.waitFor();
      await window.settle();
      await opener.click();
      found.push(await timesOf(page, window.webview(), file === nibble.file));
      await page.locator('.tab', { hasText: tab }).click({ button: 'middle' });
    }
    const [first, ...later] = found;
    return { first, later };
  } finally {
    await browser.close();
  }
}

/** Runs in each frame of the page, before all else. A frame that VS Code writes into loses its listeners, but not its timers. */
function noteTimes() {
  const now = () => performance.timeOrigin + performance.now();
  globalThis.noted = { frame: now() };
  addEventListener('click', () => Object.assign(globalThis.noted, { click: now() }), true);
  const look = setInterval(() => {
    const canvas = document.querySelector('canvas');
    // Larger than one that nothing was drawn on.
    if (canvas === null || canvas.width <= 300) return;
    clearInterval(look);
    requestAnimationFrame(() => setTimeout(() => Object.assign(globalThis.noted, { canvas: now() })));
  }, 4);
}

/** From the click, in milliseconds. */
async function timesOf(page, webview, hasCanvas) {
  await webview.locator('h1').first().waitFor();
  const body = webview.locator('body');
  const read = () =>
    body.evaluate(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return { ...globalThis.noted, paint: paint && performance.timeOrigin + paint.startTime };
    });
  const { click } = await page.evaluate(() => globalThis.noted);
  for (let i = 0; i < 200; i++) {
    const { frame, paint, canvas } = await read();
    if (paint !== undefined && (canvas !== undefined || !hasCanvas))
      return { frame: frame - click, paint: paint - click, canvas: (canvas ?? Number.NaN) - click };
    await page.waitForTimeout(25);
  }
  throw new Error('The page was not drawn within five seconds');
}
