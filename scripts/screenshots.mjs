// Takes the pictures of the README in a real VS Code, in every kind of theme: `npm run screenshots`. Look at them before they are committed.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser, vsix } from '../test/vscode/harness.mjs';
import { workbench } from '../test/vscode/workbench.mjs';
import { startCodeServer, workbenchAddress } from './codeServer.mjs';
import { openPanel, panelScenes, panelSpec } from './panelScenes.mjs';
import { root } from './run.mjs';

const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  contrast: 'Default High Contrast',
  'contrast-light': 'Default High Contrast Light',
};
const images = join(root, 'docs/images');
const others = join(root, 'out/screenshots');
for (const folder of [images, others]) mkdirSync(folder, { recursive: true });
/** Themes and scenes by name, where not all are wanted. */
const wanted = process.argv.slice(2);
const wantedThemes = wanted.filter((one) => Object.hasOwn(themes, one));
const wantedScenes = wanted.filter((one) => !Object.hasOwn(themes, one));
const isWanted = (scene) => wantedScenes.length === 0 || wantedScenes.includes(scene);

/** The pictures that the README and the docs show, besides those of the dark theme. All others are for whoever changes what is drawn. */
const shownInLight = ['hover', 'panel-pareto'];
const shownNowhere = ['fixed', 'renamed', 'panel-results'];

const pathOf = (scene, theme, width) =>
  width === 'wide' && !shownNowhere.includes(scene) && (theme === 'dark' || (theme === 'light' && shownInLight.includes(scene)))
    ? join(images, `${scene}-${theme}.png`)
    : join(others, `${scene}-${theme}-${width}.png`);

/** A spec of hardware alone, whose areas are synthesised for the picture. */
const silicon = `use std.paper

hardware asic {
  cells  = nangate45
  budget = 230 um2
}

/// E2M1 with a supernormal value in place of -0.
format Mine extends E2M1 {
  negative_zero = 5
}

format Wide {
  levels = [-6, -4, -3, -2, -1, -0.5, 0, 0.0625, 0.5, 1, 2, 3, 4, 5, 6, 8]
}

assert area(Mine, on: asic) < 230 um2
assert overhead(Mine, on: asic) < 1 %
`;

const widths = { wide: { width: 900, height: 640 }, narrow: { width: 460, height: 640 } };

const settings = {
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'editor.cursorBlinking': 'solid',
  'editor.lineNumbersMinChars': 3,
  'files.autoSave': 'off',
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.activityBar.location': 'hidden',
  'workbench.statusBar.visible': false,
};

/** A spec with something to mend, beside the example that has nothing. */
const draft = `use std.paper

weights tiny = "tiny-lm/tiny.safetensors" { include = ["*_proj.weight"] }

scale group128 {
  block  = 128
  axis   = last
  anchor = absmax
  type   = fp16
}

/// E2M1 with a supernormal value in place of -0.
format Mine extends E2M1 {
  negative_zero = 5
}

format Uneven {
  levels = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6]
}

compare frontier {
  formats = [INT4, E2M1, Mine, NF4, SF4, SF(3)]
  on      = tiny
  scale   = group128
}

assert sqnr(Mine, on: tiny, scale: group128) >= 19.5 dB
assert sqnr(NF4, on: tiny, scale: group128) >= 21 dB
`;

/** The cursor may stand where the click goes, and does not blink. */
const overCursor = { force: true };

/** Each begins from the same text, saved and evaluated. */
const scenes = {
  async lens({ page }) {
    await page.keyboard.press('Control+End');
  },
  async hover({ page, editor }) {
    await token(editor, 'format Mine', 'Mine').hover();
    await page.locator('.monaco-hover', { hasText: 'SQNR' }).first().waitFor();
  },
  async weights({ page, editor }) {
    // Distributions are fitted last, and a hover shows what is known when it opens.
    const shown = page.locator('.monaco-hover', { hasText: 'KS-Δ' }).first();
    for (let nLeft = 10; nLeft > 0 && !(await shown.isVisible()); nLeft--) {
      await page.mouse.move(400, 600);
      await page.keyboard.press('Escape');
      await token(editor, 'weights tiny', 'tiny').hover();
      await page.waitForTimeout(1000);
    }
    await shown.waitFor();
  },
  async diagnostic({ page, editor }) {
    await token(editor, 'levels = [', '1.5').hover();
    await page.locator('.monaco-hover', { hasText: 'this codebook has 15' }).first().waitFor();
  },
  fix: ({ page, editor }) => openFixes(page, editor),
  async fixed({ page, editor }) {
    await openFixes(page, editor);
    await page.keyboard.press('Enter');
    await page.locator('.codelens-decoration', { hasText: '15 levels' }).first().waitFor();
  },
  async completion({ page, editor }) {
    await editor.locator('.view-line', { hasText: 'negative_zero' }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.type('\nties = ', { delay: 30 });
    await page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'even' }).first().waitFor();
    // Once it is open, the same keys that open it show what the word means, or hide it: VS Code remembers which.
    const meaning = page.locator('.suggest-details', { hasText: 'farther from zero' });
    if (!(await meaning.isVisible())) await page.keyboard.press('Control+Space');
    await meaning.waitFor();
  },
  async rename({ page, editor }) {
    await token(editor, 'format Mine', 'Mine').click(overCursor);
    await page.keyboard.press('F2');
    await page.locator('.rename-box input:focus').waitFor();
    await page.keyboard.type('Supernormal');
  },
  async renamed({ page, editor }) {
    await token(editor, 'format Mine', 'Mine').click(overCursor);
    await page.keyboard.press('F2');
    await page.locator('.rename-box input:focus').waitFor();
    await page.keyboard.type('Supernormal');
    await page.keyboard.press('Enter');
    await editor.locator('.view-line', { hasText: 'sqnr(Supernormal' }).first().waitFor();
    await page.locator('.codelens-decoration', { hasText: 'Holds' }).first().waitFor();
  },
};

/** Of the spec of hardware. */
const siliconScenes = {
  async 'area-lens'({ page }) {
    await page.locator('.codelens-decoration', { hasText: 'Holds' }).nth(1).waitFor({ timeout: 120_000 });
  },
  async area({ page, editor }) {
    // The reference MAC comes last, and a hover shows what is known when it opens.
    const shown = page.locator('.monaco-hover', { hasText: 'reference MAC' }).first();
    for (let nLeft = 60; nLeft > 0 && !(await shown.isVisible()); nLeft--) {
      await page.mouse.move(400, 620);
      await page.keyboard.press('Escape');
      await token(editor, 'format Mine', 'Mine').hover();
      await page.waitForTimeout(1000);
    }
    await shown.locator('li', { hasText: 'reference MAC' }).last().scrollIntoViewIfNeeded();
  },
};

for (const [name, theme] of Object.entries(themes)) {
  if (wantedThemes.length > 0 && !wantedThemes.includes(name)) continue;
  const server = await startCodeServer({ vsix, settings: { ...settings, 'workbench.colorTheme': theme } });
  const browser = await startBrowser();
  try {
    const folder = join(server.dir, 'workspace');
    cpSync(join(root, 'examples'), folder, { recursive: true });
    writeFileSync(join(folder, 'sample.nibble'), draft);
    writeFileSync(join(folder, 'silicon.nibble'), silicon);
    writeFileSync(join(folder, 'frontier.nibble'), panelSpec);
    const window = workbench(browser.page, name);
    await browser.page.goto(workbenchAddress(server.origin, folder));
    await window.ready();
    await window.open('sample.nibble');
    await browser.page.keyboard.press('Control+B');
    for (const [width, size] of Object.entries(widths)) {
      await browser.page.setViewportSize(size);
      for (const [scene, act] of Object.entries(scenes)) {
        if (!isWanted(scene)) continue;
        await shoot(window, scene, act, pathOf(scene, name, width), 'SQNR');
      }
    }
    await browser.page.setViewportSize(widths.wide);
    await browser.page.keyboard.press('Control+B');
    await window.open('silicon.nibble');
    await browser.page.keyboard.press('Control+B');
    for (const [scene, act] of Object.entries(siliconScenes)) {
      if (!isWanted(scene)) continue;
      await shoot(window, scene, act, pathOf(scene, name, scene === 'area' ? 'wide' : 'other'), 'x INT4');
    }
    if (!Object.keys(panelScenes).some(isWanted)) continue;
    await window.command('View: Close All Editors');
    await browser.page.keyboard.press('Control+B');
    await window.open('frontier.nibble');
    await browser.page.keyboard.press('Control+B');
    await openPanel(window);
    for (const [scene, { size, of, act }] of Object.entries(panelScenes)) {
      if (!isWanted(scene)) continue;
      await browser.page.setViewportSize(size);
      await act(window);
      keep(pathOf(scene, name, 'wide'), await stillPicture(of(window)));
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Acts, takes the picture when all is still, and puts the text back. A scene that fails keeps its old picture. */
async function shoot(window, scene, act, path, ready) {
  const { page } = window;
  try {
    await page.locator('.codelens-decoration', { hasText: ready }).first().waitFor({ timeout: 120_000 });
    await act(window);
    keep(path, await stillPicture(page.locator('.part.editor')));
  } catch (error) {
    console.error(`${scene}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
  await window.settle();
  await page.keyboard.press('Escape');
  await window.command('File: Revert File');
  await page.locator('.tab.active:not(.dirty)').waitFor();
  await page.keyboard.press('Control+Home');
}

function keep(path, picture) {
  writeFileSync(path, picture);
  console.log(`${path}: ${Math.round(picture.length / 1024)} kB`);
}

/** The editor once nothing in it moves any more: widgets fade in, and numbers come when they are there. */
async function stillPicture(editor) {
  let last = Buffer.alloc(0);
  for (let nAlike = 0; nAlike < 3; ) {
    const next = await editor.screenshot();
    nAlike = next.equals(last) ? nAlike + 1 : 0;
    last = next;
  }
  return last;
}

/** The menu of the quick fixes of the codebook; asked for again where the first time came before the diagnostic. */
async function openFixes(page, editor) {
  await page.locator('.squiggly-error').first().waitFor();
  for (let nLeft = 3; ; nLeft--) {
    await token(editor, 'levels = [', '1.5').click(overCursor);
    await page.keyboard.press('Control+.');
    try {
      return await page.locator('.action-widget', { hasText: 'Leave one code unused' }).first().waitFor({ timeout: 5000 });
    } catch (error) {
      if (nLeft === 0) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** A word of a line, as the editor shows it. */
function token(editor, line, word) {
  return editor
    .locator('.view-line', { hasText: line.replaceAll(' ', '\u00a0') })
    .first()
    .locator('span span', { hasText: word })
    .first();
}
