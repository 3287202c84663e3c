import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RevealFormat } from '../../protocol/panel.ts';
import type { FormatsData } from '../../protocol/pictures.ts';
import { openPanel, type Panel, startChromium } from './host.ts';
import { document, uri } from './messages.ts';
import { picture, wishFor } from './realPictures.ts';

// The table under a picture, while answers come in.

let browser: Browser;
let panel: Panel;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  panel = await openPanel(browser, { width: 320 });
  await panel.page.getByRole('tab', { name: 'Formats' }).click();
  await panel.tell(document());
  await panel.tell(formats('A', 'B', 'C'));
  await panel.page.locator('.formats summary').click();
  await lead('B').waitFor();
});
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.page.context().close();
});

/** Formats of four levels: in the table under them each has a row for each level. */
const formats = (...names: readonly string[]) => {
  const data: FormatsData = {
    picture: 'formats',
    formats: names.map((name) => ({
      name,
      label: name,
      bits: 2,
      ties: 'even',
      levels: [-1, 0, 0.5, 1],
      usage: [0.1, 0.5, 0.3, 0.1],
      places: [null, null, null, null],
      steps: [null, null, null, null],
      figures: [],
    })),
  };
  return picture({ uri, version: 1, wish: wishFor('formats'), groups: [], data, notes: [] });
};
const select = (format: string) => ({ protocol: 2, kind: 'select', uri, format, code: null });
/** The button in the first row of a format. */
const lead = (format: string) => panel.page.locator('.formats .twin tbody button', { hasText: format }).first();
const focused = (): Promise<string | null | undefined> => panel.page.evaluate(() => globalThis.document.activeElement?.textContent);
const revealed = async (): Promise<unknown[]> =>
  (await panel.heard()).filter((message): message is RevealFormat => message.kind === 'reveal').map(({ format }) => format);

test('a row keeps the focus when the cursor goes to another format, and when rows come and go before it', async () => {
  await lead('B').focus();
  await panel.tell(select('C'));
  expect(await focused()).toBe('B');
  await panel.tell(formats('New', 'A', 'B', 'C'));
  expect(await focused()).toBe('B');
  await panel.tell(formats('C', 'B'));
  expect(await focused()).toBe('B');
  await panel.page.keyboard.press('Enter');
  expect(await revealed()).toEqual(['B']);
});

test('what was scrolled to stays in sight', async () => {
  await panel.page.setViewportSize({ width: 200, height: 900 });
  const region = panel.page.locator('.formats .twin .scroll');
  const scrolled = (): Promise<number> => region.evaluate((one) => one.scrollLeft);
  await region.evaluate((one) => {
    one.scrollLeft = 20;
  });
  expect(await scrolled()).toBe(20);
  await panel.tell(select('A'));
  await panel.tell(formats('A', 'B', 'C', 'D'));
  expect(await scrolled()).toBe(20);
});

test('a click that an answer comes into leads to its row', async () => {
  await lead('B').scrollIntoViewIfNeeded();
  const { x, y } = (await lead('B').boundingBox())!;
  await panel.page.mouse.move(x + 4, y + 4);
  await panel.page.mouse.down();
  await panel.tell(formats('New', 'B', 'C'));
  expect((await lead('B').boundingBox())!.y).toBeCloseTo(y, 0);
  await panel.page.mouse.up();
  expect(await revealed()).toEqual(['B']);
});
