import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DragLevel, SaveExport } from '../../protocol/panel.ts';
import type { FormatsData, ParetoData, PictureAnswer, PictureName, PlainTensor, TensorsData } from '../../protocol/pictures.ts';
import { openPanel, type Panel, startChromium } from './host.ts';
import { document, picture, type RealPictures, realPictures, spec, uri, wishFor, withRealPanel } from './realPictures.ts';

// What the user can do with pictures, and what messages cannot.

const names = ['pareto', 'distribution', 'formats', 'tensors'] as const satisfies readonly PictureName[];

let browser: Browser;
let real: RealPictures;
beforeAll(async () => {
  [browser, real] = await Promise.all([
    startChromium(),
    realPictures(
      uri,
      spec,
      names.map((name) => wishFor(name)),
    ),
  ]);
}, 60_000);
afterAll(() => browser?.close());

const answerOf = (name: PictureName): PictureAnswer => real.pictures.find(({ wish }) => wish.picture === name)!;
const withPanel = (work: (panel: Panel) => Promise<void>) => withRealPanel(browser, real, {}, work);
const tab = (panel: Panel, name: string) => panel.page.getByRole('tab', { name });

const heardOf = async <T>(panel: Panel, kind: string): Promise<T[]> =>
  (await panel.heard()).filter((message) => message.kind === kind) as unknown as T[];

describe('a level that is dragged', () => {
  const opened = (work: (panel: Panel) => Promise<void>) =>
    withPanel(async (panel) => {
      await tab(panel, 'Formats').click();
      await work(panel);
    });
  const level = (panel: Panel, code: string) => panel.page.locator(`.level[aria-label^="Mine, ${code}:"]`);

  test('by pointer sends its way, and where it ends', async () => {
    await opened(async (panel) => {
      const box = (await level(panel, '100').locator('.hit').boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height - 4];
      await panel.page.mouse.move(x, y);
      await panel.page.mouse.down();
      for (const by of [10, 20, 30]) {
        await panel.page.mouse.move(x + by, y);
        await panel.page.evaluate(() => new Promise(requestAnimationFrame));
      }
      expect(await level(panel, '100').getAttribute('aria-valuenow')).not.toBe('0.2');
      await panel.page.mouse.up();
      const steps = await heardOf<DragLevel>(panel, 'drag');
      expect(steps.map(({ phase }) => phase).filter((phase) => phase !== 'move')).toEqual(['end']);
      expect(new Set(steps.map(({ drag }) => drag)).size).toBe(1);
      const levels = steps.map((step) => step.level);
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      expect(levels.at(-1)).toBeGreaterThan(0.2);
      expect(steps.at(-1)).toMatchObject({ uri, format: 'Mine', code: 4 });
      // With the digits that a pixel tells, and at most one more.
      expect(String(levels.at(-1)).length).toBeLessThanOrEqual(5);
    });
  });

  test('by pointer is taken back by Escape', async () => {
    await opened(async (panel) => {
      const box = (await level(panel, '100').locator('.hit').boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height - 4];
      await panel.page.mouse.move(x, y);
      await panel.page.mouse.down();
      await panel.page.mouse.move(x + 25, y);
      await panel.page.keyboard.press('Escape');
      await panel.page.mouse.move(x + 40, y);
      await panel.page.mouse.up();
      expect((await heardOf<DragLevel>(panel, 'drag')).at(-1)?.phase).toBe('cancel');
      expect(await level(panel, '100').getAttribute('aria-valuenow')).toBe('0.2');
      expect(await heardOf(panel, 'reveal')).toEqual([]);
    });
  });

  test('by arrow keys moves by steps, all of one drag until the focus goes', async () => {
    await opened(async (panel) => {
      await level(panel, '011').focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('Shift+ArrowRight');
      await panel.page.keyboard.press('ArrowDown');
      const steps = await heardOf<DragLevel>(panel, 'drag');
      expect(steps.at(-1)).toMatchObject({ phase: 'end', format: 'Mine', code: 3 });
      expect(new Set(steps.map(({ drag }) => drag)).size).toBe(1);
      // Literals have one decimal, which they keep.
      expect(steps.at(-1)!.level).toBeCloseTo(1.2, 9);
      expect(await panel.page.evaluate(() => globalThis.document.activeElement?.getAttribute('aria-label'))).toMatch(/^Mine, 111/);
    });
  });

  test('does not jump back when an answer comes that was on its way when the drag ended', async () => {
    await opened(async (panel) => {
      await level(panel, '100').focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('ArrowUp');
      const before = answerOf('formats');
      await panel.tell(picture({ ...before, data: structuredClone(before.data) }));
      expect(await level(panel, '100').getAttribute('aria-valuenow')).toBe('0.3');
      // The second one is of the text after the drag: nothing was moved.
      await panel.tell(picture({ ...before, data: structuredClone(before.data) }));
      expect(await level(panel, '100').getAttribute('aria-valuenow')).toBe('0.2');
    });
  });

  test('is where the text says once that has followed', async () => {
    await opened(async (panel) => {
      await level(panel, '100').focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.keyboard.press('ArrowUp');
      expect(await level(panel, '100').getAttribute('aria-valuenow')).toBe('0.3');
      const answer = answerOf('formats');
      const { formats } = answer.data as FormatsData;
      const followed = formats.map((format) =>
        format.name === 'Mine' ? { ...format, levels: [...format.levels.slice(0, 4), 0.35, ...format.levels.slice(5)] } : format,
      );
      await panel.tell(picture({ ...answer, data: { picture: 'formats', formats: followed } }));
      expect(await level(panel, '100').getAttribute('aria-valuenow')).toBe('0.35');
    });
  });

  test('that is computed cannot be moved, and leads to the text', async () => {
    await opened(async (panel) => {
      const computed = panel.page.locator('.level[aria-label^="NF4, 0111:"]');
      await computed.focus();
      await panel.page.keyboard.press('ArrowRight');
      expect(await panel.page.evaluate(() => globalThis.document.activeElement?.getAttribute('aria-label'))).toMatch(/^NF4, 0001/);
      await computed.click();
      expect(await heardOf(panel, 'drag')).toEqual([]);
      expect((await heardOf(panel, 'reveal')).at(-1)).toMatchObject({ format: 'NF4', code: 7 });
    });
  });
});

describe('an export', () => {
  test.each(['Pareto', 'Distribution', 'Formats', 'Tensors', 'Results'])('of %s parses: SVG, PNG and CSV', async (name) => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await tab(panel, name).click();
      const press = async (label: string): Promise<SaveExport> => {
        const before = (await heardOf(panel, 'export')).length;
        // Results have a section for each scale, with buttons of its own.
        await page.getByRole('button', { name: label, exact: true }).first().click();
        await expect.poll(async () => (await heardOf(panel, 'export')).length, { timeout: 10_000 }).toBe(before + 1);
        return (await heardOf<SaveExport>(panel, 'export')).at(-1)!;
      };
      const svg = await press('Save as SVG');
      expect(svg).toMatchObject({ to: 'file', type: 'svg', name: expect.stringMatching(/^panel-[\w.-]+\.svg$/) });
      const parsed = await page.evaluate((text) => {
        const made = new DOMParser().parseFromString(text, 'image/svg+xml');
        return {
          root: made.documentElement.localName,
          nErrors: made.querySelectorAll('parsererror').length,
          width: made.documentElement.getAttribute('width'),
        };
      }, svg.content);
      expect(parsed).toEqual({ root: 'svg', nErrors: 0, width: '760' });
      const png = Buffer.from((await press('Save as PNG')).content, 'base64');
      expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      expect(png.readUInt32BE(16)).toBe(1520);
      expect(png.readUInt32BE(20)).toBeGreaterThan(300);
      const lines = (await press('Save the table as CSV')).content.trimEnd().split('\r\n');
      expect(lines.length).toBeGreaterThan(4);
      expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
      expect(await press('Copy table as CSV')).toMatchObject({ to: 'clipboard', type: 'csv' });
    });
  });

  test('of the Pareto front has its figures in full', async () => {
    await withPanel(async (panel) => {
      await panel.page.getByRole('button', { name: 'Save the table as CSV' }).click();
      const [{ content }] = (await heardOf<SaveExport>(panel, 'export')) as [SaveExport];
      const { designs } = answerOf('pareto').data as ParetoData;
      const rows = content
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(','));
      expect(rows.map(([name, series, x, y]) => [name, series, Number(x), Number(y)])).toEqual(
        designs.map(({ name, series, figures }) => [name, series, figures.bitsPerWeight, figures.sqnr]),
      );
    });
  });

  test('to the clipboard is text where the page may not write an image', async () => {
    await withPanel(async (panel) => {
      await panel.page.getByRole('button', { name: 'Copy the picture' }).click();
      await expect.poll(async () => (await heardOf<SaveExport>(panel, 'export')).at(-1)).toMatchObject({ to: 'clipboard', type: 'svg' });
      await expect.poll(() => panel.page.locator('.pareto .said').textContent()).toBe('Copied as SVG text');
    });
  });
});

describe('a table of 10 000 tensors', () => {
  const keyOf = (i: number): string => JSON.stringify(['a.safetensors', `model.layers.${i}.weight`]);
  const answer = (): PictureAnswer => {
    const tensors = Array.from(
      { length: 10_000 },
      (_, i): PlainTensor => ({
        key: keyOf(i),
        name: `model.layers.${i}.weight`,
        file: 'a.safetensors',
        n: i,
        nu: i % 3 === 0 ? 'normal' : null,
        sqnr: [20 + (i % 7), 'lossless'],
      }),
    );
    const data: TensorsData = { picture: 'tensors', formats: ['A', 'B'], tensors, effects: [null, null] };
    return { ...answerOf('tensors'), data };
  };

  test('has only the rows in sight on the page, and is gone through by keyboard', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await tab(panel, 'Tensors').click();
      await panel.tell(picture(answer()));
      const rows = page.locator('.grid-body .grid-row');
      expect(await rows.count()).toBeLessThan(60);
      const grid = page.getByRole('grid');
      expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
      await grid.focus();
      await page.keyboard.press('Control+End');
      expect(await grid.getAttribute('aria-activedescendant')).toBe('cell-9999-5');
      expect(await page.locator('#cell-9999-5').textContent()).toBe('∞');
      expect(await rows.count()).toBeLessThan(60);
      await page.keyboard.press('PageUp');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await tab(panel, 'Distribution').getAttribute('aria-selected')).toBe('true');
      expect((await heardOf(panel, 'want')).at(-1)).toMatchObject({ wish: { picture: 'distribution', tensor: keyOf(1) } });
    });
  });

  test('is narrowed by words and sorted by heads', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await tab(panel, 'Tensors').click();
      await panel.tell(picture(answer()));
      await page.getByLabel('Filter by name').fill('layers.99 weight');
      expect(await page.locator('.counted').textContent()).toBe('111 of 10000 tensors');
      await page.getByRole('grid').focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      expect(await page.getByRole('columnheader', { name: 'Weights' }).getAttribute('aria-sort')).toBe('descending');
      expect(await page.locator('#cell-0-2').textContent()).toBe('9\u2009999');
    });
  });

  test('in a narrow column has the best of each tensor in sight, and keeps the active cell in its column', async () => {
    await withPanel(async (panel) => {
      const { page } = panel;
      await tab(panel, 'Tensors').click();
      await panel.tell(picture(answer()));
      const grid = page.getByRole('grid');
      await grid.focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      const heads = page.getByRole('columnheader');
      expect(await heads.allTextContents()).toEqual(['Tensor', 'Best', 'Weights', 'ν', 'A', 'B']);
      await page.setViewportSize({ width: 330, height: 900 });
      await heads.last().filter({ hasText: 'Weights' }).waitFor();
      expect(await heads.allTextContents()).toEqual(['Tensor', 'Best', 'ν', 'A', 'B', 'Weights']);
      expect(await grid.getAttribute('aria-activedescendant')).toBe('cell--1-5');
      const best = page.locator('#cell-0-1');
      expect(await best.textContent()).toBe('B ∞');
      const [inner, outer] = [(await page.locator('#cell-0-2').boundingBox())!, (await grid.boundingBox())!];
      expect(inner.x + inner.width).toBeLessThanOrEqual(outer.x + outer.width);
      expect(await best.evaluate((cell) => cell.scrollWidth <= cell.clientWidth)).toBe(true);
      await heads.nth(1).click();
      expect(await heads.nth(1).getAttribute('aria-sort')).toBe('ascending');
    });
  });
});

describe('what is ignored:', () => {
  test('a picture of an earlier version, of another document, or of another wish', async () => {
    await withPanel(async (panel) => {
      const answer = answerOf('pareto');
      const data = { ...(answer.data as ParetoData), designs: [] };
      const label = () => panel.page.locator('.pareto canvas').getAttribute('aria-label');
      const before = await label();
      await panel.tell(picture({ ...answer, version: answer.version - 1, data }));
      await panel.tell(picture({ ...answer, uri: 'file:///other.nibble', data }));
      // The backdrop that was chosen and taken away again.
      await panel.tell(picture({ ...answer, wish: { ...answer.wish, backdrop: 'std.paper' }, data }));
      expect(await label()).toBe(before);
      await panel.tell(picture({ ...answer, data }));
      expect(await label()).not.toBe(before);
    });
  });

  test('pictures that are not whole', async () => {
    await withPanel(async (panel) => {
      const answer = answerOf('pareto');
      const data = answer.data as ParetoData;
      const before = await panel.page.content();
      const kept = await panel.state();
      const broken: readonly unknown[] = [
        null,
        { ...answer, data: { ...data, picture: 'formats' } },
        { ...answer, data: { ...data, designs: [{ ...data.designs[0], key: 7 }] } },
        { ...answer, data: { ...data, designs: [{ ...data.designs[0], figures: { sqnr: Number.NaN } }] } },
        { ...answer, data: { ...data, axes: ['__proto__'] } },
        { ...answer, notes: [{}] },
        { ...answer, wish: { ...answer.wish, picture: 'constructor' } },
        {
          ...answerOf('formats'),
          data: {
            picture: 'formats',
            formats: [
              { name: 'x', label: 'x', bits: 1, ties: 'even', levels: Array(300).fill(0), usage: null, places: [], steps: [], figures: [] },
            ],
          },
        },
        {
          ...answerOf('tensors'),
          data: { picture: 'tensors', formats: ['a', 'b'], tensors: [{ key: '', name: '', file: '', n: 1, nu: null, sqnr: [1] }] },
        },
      ];
      for (const one of broken) await panel.tell({ protocol: 2, kind: 'picture', answer: one });
      expect(await panel.page.content()).toBe(before);
      expect(await panel.state()).toEqual(kept);
    });
  });
});

test('hostile names in pictures are text in every view, and in exports', async () => {
  const bad = '<img src=x onerror="trouble(1)">"\'&\u202e</svg><script>trouble(2)</script>';
  const hostile = JSON.parse(
    JSON.stringify(real.pictures).replaceAll('"NF4"', JSON.stringify(bad)).replaceAll('self_attn', JSON.stringify(bad).slice(1, -1)),
  ) as PictureAnswer[];
  const panel = await openPanel(browser);
  await panel.tell(document(real));
  for (const answer of hostile)
    await panel.tell(picture({ ...answer, notes: [bad], groups: answer.groups.map((group) => ({ ...group, title: bad })) }));
  for (const name of ['Pareto', 'Distribution', 'Formats', 'Tensors']) {
    await tab(panel, name).click();
    for (const summary of await panel.page.locator('summary:visible').all()) await summary.click();
    await panel.page.getByRole('button', { name: 'Save as SVG' }).click();
    await panel.page.getByRole('button', { name: 'Save as PNG' }).click();
  }
  await expect.poll(async () => (await heardOf(panel, 'export')).length, { timeout: 10_000 }).toBe(8);
  expect(await panel.page.locator('img, main script, iframe, [onerror], foreignObject').count()).toBe(0);
  const svgs = (await heardOf<SaveExport>(panel, 'export')).filter(({ type }) => type === 'svg');
  for (const { content } of svgs) expect(content).not.toMatch(/<img|<script|\u202e/);
  expect(panel.troubles).toEqual([]);
  await panel.page.context().close();
});
