import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { build } from 'esbuild';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPanel, type Panel, startChromium, themeNames } from './host.ts';
import { document, few, results, row, status } from './messages.ts';
import themes from './themes.json' with { type: 'json' };

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

/** The panel, told these messages; it must have made no trouble in the end. */
async function withPanel(options: Parameters<typeof openPanel>[1], messages: readonly unknown[], work: (panel: Panel) => Promise<void>) {
  const panel = await openPanel(browser, options);
  await panel.page.getByRole('tab', { name: 'Results' }).click();
  try {
    for (const message of messages) await panel.tell(message);
    await work(panel);
    expect(panel.troubles).toEqual([]);
  } finally {
    await panel.page.context().close();
  }
}

describe('names from a file', () => {
  const hostile = [
    '<img src=x onerror="trouble(1)">',
    '</canvas><script>trouble(2)</script>',
    '"><svg/onload=trouble(3)>',
    'javascript:trouble(4)',
    '__proto__',
    'constructor',
    'evil\u202eGNP',
    '\u2066iso\u2069\u200b',
    'line\u2028break\nand\u0000more',
    '&lt;b&gt;',
    'a'.repeat(5000),
  ];

  test('are text, wherever they are shown', async () => {
    const rows = hostile.flatMap((name, i) => [
      row(name, 20 + i, { compare: name, weights: name, scale: name }),
      row(`${name}2`, 19, { compare: name, weights: name, scale: name }),
    ]);
    const name = hostile[0]!;
    const named = { protocol: 2, kind: 'document', document: { uri: `file:///${name}`, name, version: 1 } };
    const about = { ...results(rows), results: { uri: `file:///${name}`, version: 1, nRows: rows.length, rows } };
    const error = { ...status('error', name), status: { ...status('error', name).status, uri: `file:///${name}` } };
    await withPanel({}, [named, about, error], async ({ page, heard }) => {
      expect(await page.locator('h1').innerText()).toBe(`Results of ${name}`);
      expect(await page.locator('.state').innerText()).toBe(name);
      expect(await page.locator('.results section').count()).toBe(hostile.length);
      expect(await page.locator('img, main script, iframe, a, [onerror], [onload], main [href], main [src]').count()).toBe(0);
      const text = await page.locator('main').evaluate((main) => main.textContent);
      expect(text).not.toMatch(/[\p{Cf}\u2028]|(?!\n)\p{Cc}/u);
      expect(text).toContain('evil\\u{202e}GNP');
      await page.locator('.results tbody button', { hasText: '__proto__' }).first().click();
      // Asked for as it is, so that the document can find it.
      expect((await heard()).at(-1)).toMatchObject({ kind: 'reveal', format: '__proto__' });
      expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
    });
  });
});

describe('the content security policy', () => {
  test('is held by the panel, in all it does', async () => {
    await withPanel({}, [document(), results([]), status('evaluating', 'Evaluating', 1, 2), results(few)], async (panel) => {
      await panel.page.locator('.results canvas').hover();
      await panel.page.getByRole('button', { name: 'NSR' }).click();
      await panel.theme('vscode-high-contrast');
      await panel.page.setViewportSize({ width: 320, height: 600 });
      await panel.hideAndShow();
      expect(await panel.page.locator('main [style*="url"], main style').count()).toBe(0);
    });
  });

  test('is in force: a script in the page is refused', async () => {
    const panel = await openPanel(browser);
    await panel.page.evaluate(() => {
      const script = globalThis.document.createElement('script');
      script.textContent = 'window.ran = true';
      globalThis.document.body.append(script);
    });
    expect(await panel.page.evaluate(() => 'ran' in window)).toBe(false);
    expect(panel.troubles.join('\n')).toMatch(/script-src/);
    await panel.page.context().close();
  });
});

describe('axe finds nothing wrong', () => {
  const cases: Readonly<Record<string, readonly unknown[]>> = {
    'no document': [],
    'nothing to evaluate': [document(), results([])],
    results: [results([...few, ...few.map((one) => ({ ...one, scale: 'block32' }))])],
    'an evaluation': [results(few, 1, 44), status('evaluating', 'Evaluating 44 rows', 5, 44)],
    'an error': [results([], 1, 44), status('error', 'Cannot read tiny.safetensors')],
  };
  test.each(themeNames)('in the theme %s', async (theme) => {
    await withPanel({ theme }, [], async ({ page, tell }) => {
      // By the debugger, which the content security policy does not bind.
      await page.evaluate(axe.source);
      for (const [name, messages] of Object.entries(cases)) {
        for (const message of messages) await tell(message);
        const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
        expect(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          name,
        ).toEqual([]);
      }
    });
  });
});

test('the dots take on new colours while they are shown', async () => {
  await withPanel({ theme: 'vscode-light' }, [document(), results(few)], async (panel) => {
    for (const theme of themeNames) {
      await panel.theme(theme);
      const canvas = panel.page.locator('.results canvas');
      await expect.poll(() => coloursOn(canvas)).toContain(themes[theme]['--vscode-charts-blue']);
      const strangers = themeNames
        .map((other) => themes[other]['--vscode-charts-blue'])
        .filter((blue) => blue !== themes[theme]['--vscode-charts-blue']);
      expect(await coloursOn(canvas)).not.toEqual(expect.arrayContaining(strangers));
    }
  });
});

/** Every colour of which a canvas has an opaque pixel. */
const coloursOn = (canvas: Locator): Promise<string[]> =>
  canvas.evaluate((one) => {
    const { data } = (one as HTMLCanvasElement)
      .getContext('2d')!
      .getImageData(0, 0, (one as HTMLCanvasElement).width, (one as HTMLCanvasElement).height);
    const found = new Set<string>();
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255) found.add(`#${[0, 1, 2].map((part) => data[i + part]!.toString(16).padStart(2, '0')).join('')}`);
    return [...found];
  });

describe('in a narrow column', () => {
  test.each([
    { width: 320, zoom: 1 },
    { width: 320, zoom: 2 },
    { width: 700, zoom: 2 },
  ])('of $width pixels at zoom $zoom nothing is cut off', async ({ width, zoom }) => {
    await withPanel({ width, zoom }, [document(), results([...few, row('a_format_with_a_name_that_is_long', 20)])], async ({ page }) => {
      const overflow = await page.evaluate(() => globalThis.document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      const canvas = (await page.locator('.results canvas').boundingBox())!;
      expect(canvas.x + canvas.width).toBeLessThanOrEqual(width);
      // The table is the only part that scrolls sideways, and does so by keyboard.
      const table = page.locator('.results .scroll');
      await table.focus();
      await page.keyboard.press('End');
      await page.locator('.results tbody td').last().scrollIntoViewIfNeeded();
      expect(await page.locator('.results tbody td').last().isVisible()).toBe(true);
    });
  });
});

test('the bundles are small', async () => {
  const options = { bundle: true, minify: true, write: false, platform: 'browser', format: 'iife' } as const;
  const { outputFiles } = await build({ ...options, entryPoints: ['webview/main.ts'] });
  expect(outputFiles[0]!.contents.length).toBeLessThan(400_000);
  expect(readFileSync('dist/webview.css').length).toBeLessThan(20_000);
});
