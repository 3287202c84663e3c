import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SaveExport } from '../../protocol/panel.ts';
import type { PictureAnswer, PlainEffect, TensorsData } from '../../protocol/pictures.ts';
import { type Panel, startChromium } from './host.ts';
import { picture, type RealPictures, realPictures, spec, uri, wishFor, withRealPanel } from './realPictures.ts';

// What formats do to a language model, in the table of tensors.

let browser: Browser;
let real: RealPictures;
beforeAll(async () => {
  [browser, real] = await Promise.all([startChromium(), realPictures(uri, spec, [wishFor('tensors')])]);
}, 60_000);
afterAll(() => browser?.close());

describe('tensors with effects on a loss', () => {
  /** Of the second format, on all tensors but the first: the loss grows from tensor to tensor, and the last has no interval. */
  const answer = (): PictureAnswer => {
    const known = real.pictures[0]!;
    const data = known.data as TensorsData;
    const effects = data.tensors.map((_, i): PlainEffect | null => {
      if (i === 0) return null;
      const alone = {
        loss: (i - 2) / 1000,
        interval: i === data.tensors.length - 1 ? null : { low: (i - 3) / 1000, high: i / 1000 },
        divergence: 0.002,
      };
      return { alone, saved: { ...alone, loss: 0.005 } };
    });
    return { ...known, data: { ...data, effects: data.formats.map((_, i) => (i === 1 ? effects : null)) } };
  };
  const opened = (work: (panel: Panel, data: TensorsData, column: number) => Promise<void>) =>
    withRealPanel(browser, real, {}, async (panel) => {
      await panel.page.getByRole('tab', { name: 'Tensors' }).click();
      const told = answer();
      await panel.tell(picture(told));
      const data = told.data as TensorsData;
      await work(panel, data, 4 + data.formats.length);
    });

  test('have a column behind those of the formats, with intervals', async () => {
    await opened(async ({ page }, { formats, tensors }, column) => {
      const heads = page.getByRole('columnheader');
      expect(await heads.count()).toBe(column + 1);
      expect(await heads.last().textContent()).toBe(`Δloss ${formats[1]}`);
      expect(await page.getByRole('grid').getAttribute('aria-colcount')).toBe(String(column + 1));
      expect(await page.locator(`#cell-0-${column}`).textContent()).toBe('');
      expect(await page.locator(`#cell-1-${column}`).textContent()).toBe('−1.00 (−2.00 to 1.00)');
      expect(await page.locator(`#cell-${tensors.length - 1}-${column}`).textContent()).toBe(`${tensors.length - 3}.00`);
      expect(await page.locator(`#cell-1-${column}`).getAttribute('title')).toContain('all others are quantized it saves 5.00');
      // Heads stand above their columns, and nothing is cut off.
      const [head, cell] = await Promise.all([heads.last().boundingBox(), page.locator(`#cell-1-${column}`).boundingBox()]);
      expect([head!.x, head!.width]).toEqual([cell!.x, cell!.width]);
      const widths = await page.locator(`#cell-1-${column}`).evaluate((one) => [one.scrollWidth, one.clientWidth]);
      expect(widths[0]).toBeLessThanOrEqual(widths[1]!);
    });
  });

  test('are sorted by their head, what is not known last, and give way to another order', async () => {
    await opened(async (panel, { tensors }, column) => {
      const { page } = panel;
      const last = page.getByRole('columnheader').last();
      const first = () => page.locator('#cell-0-0').getAttribute('title');
      const name = (i: number): string => tensors.at(i)!.name;
      await page.getByRole('grid').focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      expect(await last.getAttribute('aria-sort')).toBe('descending');
      expect(await first()).toContain(name(-1));
      expect(await panel.state()).toMatchObject({ choices: { tensorSort: { column: 'loss', direction: 'descending' } } });
      expect(await page.locator(`#cell-${tensors.length - 1}-${column}`).textContent()).toBe('');
      await page.keyboard.press('Enter');
      expect(await last.getAttribute('aria-sort')).toBe('ascending');
      expect(await first()).toContain(name(1));
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      expect(await last.getAttribute('aria-sort')).toBe('none');
      expect(await page.getByRole('columnheader', { name: 'Tensor' }).getAttribute('aria-sort')).toBe('ascending');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      expect(await last.getAttribute('aria-sort')).toBe('none');
      expect(await first()).toContain(name(0));
    });
  });

  test('are in the exported table in full', async () => {
    await opened(async (panel, { formats }) => {
      await panel.page.getByRole('button', { name: 'Save the table as CSV' }).click();
      const [saved] = (await panel.heard()).filter((message): message is SaveExport => message.kind === 'export');
      const [head, none, some] = saved!.content.split('\r\n');
      expect(
        head!.endsWith(
          `loss_change ${formats[1]},loss_change_low ${formats[1]},loss_change_high ${formats[1]},divergence ${formats[1]},saved ${formats[1]},saved_low ${formats[1]},saved_high ${formats[1]}`,
        ),
      ).toBe(true);
      expect(none!.endsWith(',,,,,,,')).toBe(true);
      expect(some!.endsWith(',-0.001,-0.002,0.001,0.002,0.005,-0.002,0.001')).toBe(true);
    });
  });

  test('that are not whole are refused with all of the picture', async () => {
    await opened(async (panel, data) => {
      const before = await panel.page.content();
      const loss = { loss: 1, interval: null, divergence: 1 };
      const others = data.formats.slice(1).map(() => null);
      const rest = data.tensors.slice(1).map(() => null);
      const broken: readonly unknown[] = [
        {},
        others,
        [[], ...others],
        [[{ alone: loss }, ...rest], ...others],
        [[{ alone: loss, saved: { ...loss, loss: '1' } }, ...rest], ...others],
        [[{ alone: { ...loss, interval: { low: 1 } }, saved: loss }, ...rest], ...others],
      ];
      for (const effects of broken) await panel.tell(picture({ ...answer(), data: { ...data, effects } as TensorsData }));
      expect(await panel.page.content()).toBe(before);
      // A client that knows of no effects says none.
      const { effects: _, ...plain } = data;
      await panel.tell(picture({ ...answer(), data: plain as TensorsData }));
      expect(await panel.page.getByRole('columnheader').count()).toBe(4 + data.formats.length);
    });
  });
});
