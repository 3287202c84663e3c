import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluated, nibble } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { startChromium } from '../webview/host.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => nibble(['report', ...args], { cwd: folder.path });
const hostile = [
  '<script>trouble(1)</script>',
  '"><img src=http://example.org/x onerror=trouble(2)>',
  'evil\u202eGNP\u0007',
  'x'.repeat(1000),
  '=1+1',
];
const wave = Float32Array.from({ length: 2048 }, (_, i) => Math.tan(((((i * 617) % 2048) + 0.5) / 2048 - 0.5) * 2.6));

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
  folder.put(
    'w.safetensors',
    safetensorsFile(Object.fromEntries(hostile.map((name, i) => [name, { type: 'F32', shape: [2 ** i, 2048 / 2 ** i], weights: wave }]))),
  );
  folder.put(
    'sound.nibble',
    `use std.paper
/// <b>Weights</b> & "more"
weights w = "w.safetensors"
scale block32 { block = 32, axis = last, anchor = absmax, type = fp32 }
scale block64 extends block32 { block = 64 }
scale affine { block = 32, axis = last, anchor = minmax, type = fp16 }
compare main { formats = [NF4, E2M1, INT4], on = w, scale = [block32, block64, affine] }
assert sqnr(NF4, on: w, scale: block32) > 5 dB
`,
  );
});
afterAll(() => browser?.close());

/** The page in a browser that may reach nothing else, and what it complained of. */
async function opened(file: string, width: number): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const troubles: string[] = [];
  await context.route('**', (route) => {
    const url = route.request().url();
    if (url === folder.uri(file)) return route.continue();
    troubles.push(url);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', (message) => troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => troubles.push(dialog.message()));
  await page.goto(folder.uri(file));
  return { page, troubles };
}

describe('the page of a spec', () => {
  test('has its assertions, its figures with their data, hashes and versions', async () => {
    const { code, stdout, stderr } = await run('sound.nibble', '--out', 'page.html');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { page, troubles } = await opened('page.html', 900);
    const nFigures = await page.locator('figure').count();
    expect(stdout).toBe(`page.html: ${nFigures} figures\n`);
    expect(nFigures).toBe(1 + 2 * 3 + 1 + 3);
    expect(await page.locator('header').innerText()).toContain('1 of 1 assertions hold; 0 errors');
    const text = (await page.locator('main').textContent())!;
    expect(text).toContain(
      'NF4 under affine, E2M1 under affine, INT4 under affine are not drawn over the weights: With `minmax` a block has a zero point of its own',
    );
    for (const file of ['sound.nibble', 'w.safetensors'])
      expect(text).toContain(
        createHash('sha256')
          .update(readFileSync(folder.at(file)))
          .digest('hex'),
      );
    expect(text).toMatch(/Nibble \d+\.\d+\.\d+, Node\.js 2\d/);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('shows the SQNR that `nibble eval` prints', async () => {
    const rows = await evaluated(folder.path, 'sound.nibble');
    const { page } = await opened('page.html', 900);
    const cells = await page
      .locator('table')
      .first()
      .locator('tbody tr')
      .evaluateAll((lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent)));
    expect(cells.map(([format, series, , sqnr]) => [format, series, sqnr])).toEqual(
      rows.map(({ format, scale, total }) => [format, scale, total.sqnr!.toFixed(2).replace('-', '−')]),
    );
    await page.context().close();
  });

  test('is the same to the last byte each time', async () => {
    await run('sound.nibble', '--out', 'again.html');
    expect(readFileSync(folder.at('again.html'), 'utf8')).toBe(readFileSync(folder.at('page.html'), 'utf8'));
  });

  test('takes nothing of a file for HTML, and shows nothing unseen', async () => {
    const { page, troubles } = await opened('page.html', 900);
    expect(await page.locator('script, img, iframe, object, link, form, [onerror], [onload], [style]').count()).toBe(0);
    const html = readFileSync(folder.at('page.html'), 'utf8');
    expect(html).toContain('&lt;script&gt;trouble(1)&lt;/script&gt;');
    expect(html).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
    expect(html).not.toContain('x'.repeat(300));
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('has a policy that refuses a script, a style and an address', async () => {
    const { page, troubles } = await opened('page.html', 900);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      const image = document.createElement('img');
      image.src = 'http://example.org/x';
      document.body.append(script, style, image);
    });
    await expect.poll(() => troubles.length).toBeGreaterThanOrEqual(3);
    expect(troubles.join('\n')).toMatch(/script-src.*|style-src/);
    expect(troubles).not.toContain('http://example.org/x');
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    await page.context().close();
  });

  test.each([360, 900, 1600])('needs no scrolling to the side at %i pixels', async (width) => {
    const { page } = await opened('page.html', width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await page.locator('svg:visible').count()).toBe(await page.locator('figure').count());
    await page.context().close();
  });
});

test.each([
  ['light', 900],
  ['dark', 900],
  ['print', 360],
])(
  'axe finds nothing wrong in the theme %s at %i pixels',
  async (theme, width) => {
    expect((await run('sound.nibble', '--out', `${theme}.html`, '--theme', theme)).code).toBe(0);
    const { page } = await opened(`${theme}.html`, width);
    await page.locator('details').evaluateAll((all) => {
      for (const one of all) (one as HTMLDetailsElement).open = true;
    });
    // By the debugger, which the content security policy does not bind.
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 300)}`)).toEqual([]);
    await page.context().close();
  },
  60_000,
);

test('--svg writes each figure with its tables, which any CSV reader takes', async () => {
  const { code } = await run('sound.nibble', '--out', 'x.html', '--svg', 'figures');
  expect(code).toBe(0);
  const names = readdirSync(folder.at('figures'));
  expect(names.filter((name) => name.endsWith('.svg'))).toHaveLength(11);
  expect(names.filter((name) => /[^a-z0-9.-]/.test(name))).toEqual([]);
  const table = names.find((name) => /tensors-block32\.csv$/.test(name))!;
  const script = 'import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8")))))';
  const rows = JSON.parse(execFileSync('python3', ['-c', script, folder.at(`figures/${table}`)], { encoding: 'utf8' })) as string[][];
  expect(rows[0]!.slice(0, 5)).toEqual(['tensor', 'file', 'n', 'nu', 'NF4']);
  expect(rows.slice(1).map(([name]) => name)).toEqual(hostile.map((name) => (name.startsWith('=') ? `'${name}` : name)));
});

describe('a spec that is not sound', () => {
  test('has a page that says so, and the exit code 1', async () => {
    folder.put('fails.nibble', 'use std.paper\nassert 1 > 2\nformat Mine extends Nothing {}\n');
    const { code, stdout } = await run('fails.nibble', '--out', 'fails.html');
    expect(code).toBe(1);
    expect(stdout).toBe('fails.html: 0 figures\n');
    const html = readFileSync(folder.at('fails.html'), 'utf8');
    expect(html).toContain('0 of 1 assertions hold');
    expect(html).toContain('fails.nibble:3:21');
  });

  test('whose weights are missing says which', async () => {
    folder.put(
      'missing.nibble',
      'use std.paper\nweights w = "nowhere.npy"\nscale s { block = 4, axis = last, anchor = absmax }\ncompare c { formats = [NF4], on = w, scale = s }\n',
    );
    const { code, stderr } = await run('missing.nibble', '--out', 'missing.html');
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere.npy');
  });

  test.each([
    ['of one weight', Float32Array.of(0.5)],
    ['of no weights', new Float32Array(0)],
    ['of zeros', new Float32Array(8)],
    ['of infinities and NaN', Float32Array.of(Number.POSITIVE_INFINITY, Number.NaN, 1, -1)],
  ])('%s has a page all the same', async (_, weights) => {
    folder.put('few.npy', npyFile(weights));
    folder.put(
      'few.nibble',
      'use std.paper\nweights w = "few.npy"\nscale s { block = 4, axis = last, anchor = absmax, type = fp32 }\ncompare c { formats = [NF4, INT4], on = w, scale = s }\n',
    );
    const { stdout } = await run('few.nibble', '--out', 'few.html');
    expect(stdout).toMatch(/^few\.html: \d+ figures\n$/);
    expect(readFileSync(folder.at('few.html'), 'utf8')).not.toMatch(/NaN|undefined/);
  });
});

test('weights that cannot be drawn are said so, with the reason', async () => {
  folder.put('double.npy', npyFile(Float64Array.of(1, 2, 3)));
  folder.put(
    'double.nibble',
    'use std.paper\nweights w = "double.npy"\nscale s { block = 4, axis = last, anchor = absmax, type = fp64 }\ncompare c { formats = [NF4], on = w, scale = s }\n',
  );
  expect((await run('double.nibble', '--out', 'double.html')).code).toBe(0);
  expect(readFileSync(folder.at('double.html'), 'utf8')).toContain(
    'The weights under s are not drawn: 1 tensor is left out: empty, of float64, or in blocks down a column.',
  );
});

describe('what cannot be written', () => {
  test('is said, with the exit code 1', async () => {
    const { code, stderr } = await run('sound.nibble', '--out', 'no/such/folder.html');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: no\/such\/folder\.html cannot be written: /)]);
  });

  test('the spec itself is never replaced', async () => {
    const before = readFileSync(folder.at('sound.nibble'), 'utf8');
    const { code, stderr } = await run('sound.nibble', '--out', './sound.nibble');
    expect([code, stderr]).toEqual([2, 'error: --out ./sound.nibble is the spec itself; name another file\n']);
    expect(readFileSync(folder.at('sound.nibble'), 'utf8')).toBe(before);
  });
});
