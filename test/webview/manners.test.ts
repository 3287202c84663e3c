import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
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
      expect(await page.locator('section').count()).toBe(hostile.length);
      expect(await page.locator('img, svg, main script, iframe, a, [onerror], [onload]').count()).toBe(0);
      const text = await page.locator('main').evaluate((main) => main.textContent);
      expect(text).not.toMatch(/[\p{Cf}\u2028]|(?!\n)\p{Cc}/u);
      expect(text).toContain('evil\\u{202e}GNP');
      await page.locator('tbody button', { hasText: '__proto__' }).first().click();
      // Asked for as it is, so that the document can find it.
      expect((await heard()).at(-1)).toMatchObject({ kind: 'reveal', format: '__proto__' });
      expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
    });
  });
});

describe('the content security policy', () => {
  test('is held by the panel, in all it does', async () => {
    await withPanel({}, [document(), results([]), status('evaluating', 'Evaluating', 1, 2), results(few, 2)], async (panel) => {
      await panel.page.locator('canvas').hover();
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

test('the chart takes on new colours while it is shown', async () => {
  await withPanel({ theme: 'vscode-light' }, [document(), results(few)], async (panel) => {
    const seen: string[] = [];
    for (const theme of themeNames) {
      await panel.theme(theme);
      const inFirstBar = { x: 90, y: 20 };
      const pixel = await panel.page
        .locator('canvas')
        .evaluate((canvas, { x, y }) => [...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(x, y, 1, 1).data], inFirstBar);
      seen.push(
        `#${pixel
          .slice(0, 3)
          .map((part) => part.toString(16).padStart(2, '0'))
          .join('')}`,
      );
    }
    expect(seen).toEqual(themeNames.map((theme) => themes[theme]['--vscode-charts-blue']));
    expect(new Set(seen).size).toBeGreaterThan(1);
  });
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
      const canvas = (await page.locator('canvas').boundingBox())!;
      expect(canvas.x + canvas.width).toBeLessThanOrEqual(width);
      // The table is the only part that scrolls sideways, and does so by keyboard.
      const table = page.locator('.scroll');
      await table.focus();
      await page.keyboard.press('End');
      await page.locator('tbody td').last().scrollIntoViewIfNeeded();
      expect(await page.locator('tbody td').last().isVisible()).toBe(true);
    });
  });
});

test('the bundles are small', async () => {
  const options = { bundle: true, minify: true, write: false, platform: 'browser', format: 'iife' } as const;
  const { outputFiles } = await build({ ...options, entryPoints: ['webview/main.ts'] });
  expect(outputFiles[0]!.contents.length).toBeLessThan(250_000);
  expect(readFileSync('webview/style.css').length).toBeLessThan(20_000);
});
