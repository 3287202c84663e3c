import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FormatsData, ParetoData, PictureAnswer, PictureName, TensorsData } from '../../protocol/pictures.ts';
import { openPanel, type Panel, startChromium, themeNames } from './host.ts';
import { document, picture, type RealPictures, realPictures, spec, uri, wishFor, withRealPanel } from './realPictures.ts';

// The pictures of a real evaluation, in a real browser.

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
const dataOf = <T>(name: PictureName): T => answerOf(name).data as T;
const withPanel = (options: Parameters<typeof openPanel>[1], work: (panel: Panel) => Promise<void>) =>
  withRealPanel(browser, real, options, work);

const tab = (panel: Panel, name: string) => panel.page.getByRole('tab', { name });
const heardOf = async (panel: Panel, kind: string) => (await panel.heard()).filter((message) => message.kind === kind);

describe('every view is drawn from real results', () => {
  test('the Pareto front, with its table', async () => {
    await withPanel({}, async (panel) => {
      const { page } = panel;
      const { designs } = dataOf<ParetoData>('pareto');
      expect(designs.length).toBe(8);
      expect(await page.locator('.pareto canvas').getAttribute('aria-label')).toMatch(
        /SQNR \(dB\) over Bits per weight on four, on tiny.*: of 8 designs \d are on the Pareto front/,
      );
      const painted = await page.locator('.pareto canvas').evaluate((canvas) =>
        (canvas as HTMLCanvasElement)
          .getContext('2d')!
          .getImageData(0, 0, 400, 200)
          .data.some((part) => part > 0),
      );
      expect(painted).toBe(true);
      await page.locator('.pareto summary').click();
      await expect.poll(() => page.locator('.pareto tbody tr').count()).toBe(8);
      await page.locator('.pareto tbody button', { hasText: 'NF4' }).first().click();
      expect((await heardOf(panel, 'reveal')).at(-1)).toMatchObject({ uri, format: 'NF4', code: null });
    });
  });

  test('the Pareto front over other axes, which are wished for nowhere', async () => {
    await withPanel({}, async ({ page, heard }) => {
      const before = (await heard()).length;
      await page.getByLabel('Error').selectOption('nsr');
      expect(await page.locator('.pareto canvas').getAttribute('aria-label')).toMatch(/^NSR over Bits per weight/);
      expect((await heard()).length).toBe(before);
    });
  });

  test('the distribution, with the levels of chosen formats', async () => {
    await withPanel({}, async (panel) => {
      const { page } = panel;
      await tab(panel, 'Distribution').click();
      expect((await heardOf(panel, 'want')).at(-1)).toMatchObject({ uri, wish: wishFor('distribution') });
      const titles = (): Promise<string[]> => page.locator('.distribution .figure-box svg g > text').allTextContents();
      expect((await titles()).filter((text) => ['INT4', 'E2M1', 'NF4', 'Mine'].includes(text)).length).toBe(2);
      await page.locator('.checklist summary').click();
      await page.locator('.checklist label', { hasText: 'Mine' }).click();
      expect(await titles()).toContain('Mine');
      await page.getByLabel('Counts').selectOption('log');
      expect(await page.locator('.distribution svg').textContent()).toContain('logarithmic');
      await page.getByLabel('Picture', { exact: true }).selectOption('quantiles');
      expect(await page.locator('.distribution svg title').first().textContent()).toMatch(/^Quantiles of the normalised weights of tiny/);
    });
  });

  test('a tensor of the distribution is wished for by its key', async () => {
    await withPanel({}, async (panel) => {
      await tab(panel, 'Distribution').click();
      const { tensors } = dataOf<{ tensors: readonly { key: string }[] }>('distribution');
      await panel.page.getByLabel('Tensor', { exact: true }).selectOption(tensors[1]!.key);
      expect((await heardOf(panel, 'want')).at(-1)).toMatchObject({ wish: { picture: 'distribution', tensor: tensors[1]!.key } });
    });
  });

  test('a row of the tensors leads to the distribution, by the key that the tensor has there', async () => {
    await withPanel({}, async (panel) => {
      await tab(panel, 'Tensors').click();
      await panel.page.locator('.grid-body .grid-row').nth(1).getByRole('rowheader').click();
      const { tensors } = dataOf<{ tensors: readonly { key: string }[] }>('distribution');
      expect((await heardOf(panel, 'want')).at(-1)).toMatchObject({ wish: { picture: 'distribution', tensor: tensors[1]!.key } });
    });
  });

  test('the formats, a line each, with a mark for each level', async () => {
    await withPanel({}, async (panel) => {
      await tab(panel, 'Formats').click();
      const { formats } = dataOf<FormatsData>('formats');
      expect(await panel.page.locator('.format-name button').allTextContents()).toEqual(formats.map(({ label }) => label));
      const distinct = formats.map(({ levels }) => new Set(levels.filter((level) => level !== null).map((level) => level + 0)).size);
      expect(await panel.page.locator('.format').evaluateAll((rows) => rows.map((row) => row.querySelectorAll('.level').length))).toEqual(
        distinct,
      );
      // Those of the library are in another file, and computed.
      expect(await panel.page.getByRole('slider').count()).toBe(8);
      expect(await panel.page.locator('.format').last().locator('.figures').textContent()).toMatch(/^SQNR \d\d\.\d\d dB/);
    });
  });

  test('the tensors, with the best of each row marked', async () => {
    await withPanel({}, async (panel) => {
      await tab(panel, 'Tensors').click();
      const { tensors, formats } = dataOf<TensorsData>('tensors');
      const rows = panel.page.locator('.grid-body .grid-row');
      expect(await rows.count()).toBe(tensors.length);
      expect(await rows.locator('.is-winner').count()).toBeGreaterThanOrEqual(tensors.length);
      const { sqnr } = tensors[0]!;
      expect((await rows.first().getByRole('gridcell').allTextContents()).slice(3)).toEqual(sqnr.map((x) => (x as number).toFixed(2)));
      const most = Math.max(...sqnr.map((x) => x as number));
      const best = `${formats[sqnr.indexOf(most)]} ${most.toFixed(2)}`;
      expect(await rows.first().getByRole('gridcell').first().textContent()).toBe(best);
      await panel.page.getByRole('columnheader', { name: formats[0]! }).click();
      const first = await rows.first().getByRole('gridcell').nth(3).textContent();
      expect(Number(first)).toBeCloseTo(Math.max(...tensors.map((one) => one.sqnr[0] as number)), 2);
    });
  });
});

describe('axe finds nothing wrong', () => {
  test.each(themeNames)(
    'in any view in the theme %s',
    async (theme) => {
      await withPanel({ theme }, async (panel) => {
        await panel.page.evaluate(axe.source);
        for (const name of ['Pareto', 'Distribution', 'Formats', 'Tensors', 'Results']) {
          await tab(panel, name).click();
          const summary = panel.page.locator('details.twin:visible summary');
          if ((await summary.count()) > 0) {
            await summary.click();
            await panel.page.locator('details.twin:visible table').first().waitFor();
          }
          const { violations } = await panel.page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
          expect(
            violations.map(
              ({ id, nodes }) =>
                `${id}: ${nodes
                  .slice(0, 3)
                  .map(({ html }) => html)
                  .join(' ')}`,
            ),
            name,
          ).toEqual([]);
        }
      });
    },
    60_000,
  );
});

test.each([
  { width: 320, zoom: 1 },
  { width: 450, zoom: 2 },
])('in a column of $width pixels at zoom $zoom no view is cut off', async (options) => {
  await withPanel(options, async (panel) => {
    for (const name of ['Pareto', 'Distribution', 'Formats', 'Tensors', 'Results']) {
      await tab(panel, name).click();
      const overflow = await panel.page.evaluate(() => globalThis.document.documentElement.scrollWidth - innerWidth);
      expect(overflow, name).toBeLessThanOrEqual(0);
    }
  });
});

describe('tabs', () => {
  test('go by arrow keys, and the panel says what it shows', async () => {
    await withPanel({}, async (panel) => {
      await tab(panel, 'Pareto').focus();
      await panel.page.keyboard.press('ArrowRight');
      expect(await tab(panel, 'Distribution').getAttribute('aria-selected')).toBe('true');
      await panel.page.keyboard.press('End');
      expect(await panel.page.evaluate(() => globalThis.document.activeElement?.textContent)).toBe('Results');
      expect((await heardOf(panel, 'want')).map((message) => message.kind === 'want' && message.wish?.picture)).toEqual([
        'pareto',
        'distribution',
        undefined,
      ]);
    });
  });

  test('come to the front where the editor asks for them', async () => {
    await withPanel({}, async (panel) => {
      await panel.tell({ protocol: 2, kind: 'open', picture: 'formats' });
      expect(await panel.page.getByRole('tabpanel').getAttribute('id')).toBe('panel-formats');
      await panel.tell({ protocol: 2, kind: 'open', picture: '__proto__' });
      expect(await panel.page.getByRole('tabpanel').getAttribute('id')).toBe('panel-formats');
    });
  });
});

test('the format that the cursor is on stands out in every view', async () => {
  await withPanel({}, async (panel) => {
    await panel.tell({ protocol: 2, kind: 'select', uri, format: 'Mine', code: 2 });
    await tab(panel, 'Formats').click();
    expect(await panel.page.locator('.format.is-selected button').textContent()).toBe('Mine');
    expect(await panel.page.locator('.level.is-selected').getAttribute('aria-label')).toMatch(/^Mine, 010: −0\.3/);
    await tab(panel, 'Results').click();
    expect(await panel.page.locator('tr.is-selected th').allInnerTexts()).toEqual(['Mine', 'Mine']);
    await panel.tell({ protocol: 2, kind: 'select', uri, format: null, code: null });
    expect(await panel.page.locator('.results .is-selected').count()).toBe(0);
  });
});

test('what was chosen survives a panel that is hidden and shown again', async () => {
  await withPanel({}, async (panel) => {
    const { page } = panel;
    await page.getByLabel('Error').selectOption('mse');
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Reset the zoom' }).isEnabled()).toBe(true);
    await tab(panel, 'Tensors').click();
    await page.getByLabel('Filter by name').fill('mlp up');
    await page.getByRole('columnheader', { name: 'Weights' }).click();
    await panel.hideAndShow();
    // Before anybody tells it anything.
    expect(await tab(panel, 'Tensors').getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('.counted').textContent()).toBe('1 of 7 tensors');
    expect(await page.getByRole('columnheader', { name: 'Weights' }).getAttribute('aria-sort')).toBe('descending');
    await tab(panel, 'Pareto').click();
    await panel.tell(picture(answerOf('pareto')));
    expect(await page.locator('.pareto canvas').getAttribute('aria-label')).toMatch(/^MSE over/);
    expect(await page.getByRole('button', { name: 'Reset the zoom' }).isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset the zoom' }).click();
    expect(await page.getByRole('button', { name: 'Reset the zoom' }).isEnabled()).toBe(false);
  });
});

test('nothing moves where the system asks for that', async () => {
  const panel = await openPanel(browser);
  await panel.page.emulateMedia({ reducedMotion: 'reduce' });
  await panel.tell(document(real));
  await panel.tell(picture(answerOf('pareto')));
  const data = dataOf<ParetoData>('pareto');
  const moved = data.designs.map((design) => ({
    ...design,
    figures: { ...design.figures, sqnr: design.figures.sqnr! + (design.name === 'Mine' ? -4 : 0) },
  }));
  await panel.tell(picture({ ...answerOf('pareto'), data: { ...data, designs: moved } }));
  const image = () => panel.page.locator('.pareto canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const first = await image();
  await panel.page.waitForTimeout(400);
  expect(await image()).toBe(first);
  await panel.page.context().close();
});

test('where there is no picture yet, it says why, and offers nothing to choose or to export', async () => {
  const panel = await openPanel(browser);
  await panel.tell(document(real));
  expect(await panel.page.locator('.pareto .notes').textContent()).toBe('The picture is being made');
  await panel.tell(picture({ ...answerOf('pareto'), data: null, notes: ['Nothing is measured yet'] }));
  expect(await panel.page.locator('.pareto .notes').textContent()).toBe('Nothing is measured yet');
  expect(await panel.page.locator('.controls:visible, .exports:visible, canvas:visible').count()).toBe(0);
  await panel.tell(picture(answerOf('pareto')));
  expect(await panel.page.locator('.controls:visible').count()).toBe(1);
  await panel.page.context().close();
});
