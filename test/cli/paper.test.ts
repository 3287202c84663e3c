import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluated, nibble, type Ran } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startChromium } from '../webview/host.ts';

const folder = temporaryFolder();
/** Heavy tails, so that there is something to fit. */
const wave = Float32Array.from({ length: 4096 }, (_, i) => Math.tan(((((i * 617) % 4096) + 0.5) / 4096 - 0.5) * 2.6));
/** What a page measures and synthesises anew takes a while. */
const limitMs = 240_000;

let browser: Browser;
let html: Ran;
beforeAll(async () => {
  browser = await startChromium();
  folder.put('w.npy', npyFile(wave, [4, 1024]));
  folder.put(
    'page.nibble',
    `weights w = "w.npy"
weights hostile = "<script>alert(1)</script>.npy"
model tiny = ${JSON.stringify(resolve('examples/tiny-lm'))} { tokens = 256 }
`,
  );
  folder.put('plain.nibble', 'weights w = "w.npy"\n');
  html = await nibble(['paper', 'page.nibble', '--out', 'page.html'], { cwd: folder.path, limitMs });
}, limitMs);
afterAll(() => browser?.close());

describe('the page of the paper', () => {
  test('says what could not be read, and goes on', () => {
    expect(html.code).toBe(1);
    expect(html.stderr).toMatch(/<script>/);
    expect(html.stdout).toMatch(/^page\.html: 18 claims\. \d+ agree, /);
  });

  test('opens in a browser without a script, an address or a violation', async () => {
    const context = await browser.newContext({ viewport: { width: 900, height: 900 } });
    const troubles: string[] = [];
    await context.route('**', (route) => {
      if (route.request().url() === folder.uri('page.html')) return route.continue();
      troubles.push(route.request().url());
      return route.abort();
    });
    const page = await context.newPage();
    page.on('console', (message) => troubles.push(message.text()));
    await page.goto(folder.uri('page.html'));
    expect(await page.locator('script, img, iframe, [style]').count()).toBe(0);
    expect(await page.locator('section').count()).toBe(19);
    expect(await page.locator('main').textContent()).toContain('<script>alert(1)</script>.npy');
    const table = page.getByRole('region', { name: /^Table 15: MAC units/ });
    await page
      .getByText(/^Table 15: MAC units/)
      .first()
      .click();
    expect(await table.locator('tbody tr').count()).toBe(10);
    expect(troubles).toEqual([]);
    const bare = await browser.newContext({ viewport: { width: 900, height: 900 }, bypassCSP: true });
    const checked = await bare.newPage();
    await checked.goto(folder.uri('page.html'));
    await checked.evaluate(axe.source);
    const { violations } = await checked.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await context.close();
    await bare.close();
  });

  test(
    'is Markdown where the file is one, with the figures that eval prints',
    async () => {
      folder.put(
        'eval.nibble',
        'use std.paper\nweights w = "w.npy"\nscale s { block = 128, axis = last, anchor = max_level, type = fp32 }\ncompare c { formats = [NF4], on = w, scale = s }\n',
      );
      const ran = await nibble(['paper', 'plain.nibble', '--out', 'page.md'], { cwd: folder.path, limitMs });
      expect(ran.stderr).toBe('');
      expect(ran.code).toBe(0);
      const text = readFileSync(folder.at('page.md'), 'utf8');
      const row = /^\| NF4 \| (.*) \|$/m.exec(text.slice(text.indexOf('SQNR in dB of weights w')))![1]!.split(' | ');
      const [measured] = await evaluated(folder.path, 'eval.nibble');
      expect(row[3]).toBe(measured!.total.sqnr!.toFixed(2));
      expect(text).toContain('The spec declares no model');
    },
    limitMs,
  );

  test('does not write over its spec', async () => {
    const before = readFileSync(folder.at('plain.nibble'), 'utf8');
    const ran = await nibble(['paper', 'plain.nibble', '--out', 'plain.nibble'], { cwd: folder.path });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('is the spec itself');
    expect(readFileSync(folder.at('plain.nibble'), 'utf8')).toBe(before);
  });
});
