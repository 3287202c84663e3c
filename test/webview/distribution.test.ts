import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DistributionData } from '../../protocol/pictures.ts';
import { openPanel, type Panel, startChromium } from './host.ts';
import { document, uri } from './messages.ts';
import { picture, wishFor } from './realPictures.ts';

let browser: Browser;
let panel: Panel;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  panel = await openPanel(browser);
  await panel.page.getByRole('tab', { name: 'Distribution' }).click();
  await panel.tell(document());
});
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.page.context().close();
});

/** The distribution of weights of so many tensors, `x0` to `x4`, then `y5` and so on. */
const distribution = (nTensors: number, subject = 'weights') => {
  const data: DistributionData = {
    picture: 'distribution',
    tensors: Array.from({ length: nTensors }, (_, i) => ({ key: `key ${i}`, label: `${i < 5 ? 'x' : 'y'}${i}` })),
    nTensors,
    subject,
    normalisedBy: 'the largest magnitude of its block of 32',
    n: 10,
    nNonFinite: 0,
    bins: [{ from: -1, to: 1, count: 10 }],
    curves: [],
    formats: [],
  };
  return picture({ uri, version: 1, wish: wishFor('distribution'), groups: [], data, notes: [] });
};
const title = (): Promise<string | null> => panel.page.locator('.distribution svg > title').textContent();
const options = (): Promise<string[]> => panel.page.getByLabel('Tensor', { exact: true }).locator('option').allTextContents();

test('a name with characters that XML forbids is drawn, with their codes in it', async () => {
  await panel.tell(distribution(1, 'plain'));
  expect(await title()).toBe('Normalised weights of plain');
  await panel.tell(distribution(1, 'a\ufffeb\uffff'));
  expect(await title()).toBe('Normalised weights of a\\u{fffe}b\\u{ffff}');
});

test('where nothing was fitted and nobody says why, the words say no more than that', async () => {
  await panel.tell(distribution(1));
  expect(await panel.page.locator('.distribution svg > desc').textContent()).toMatch(/; not fitted$/);
});

test('a filter that is not shown filters nothing, and works again where it is', async () => {
  const filter = panel.page.getByLabel('Filter tensors');
  await panel.tell(distribution(20));
  await filter.fill('y');
  expect((await options()).length).toBe(16);
  await panel.tell(distribution(5));
  expect(await filter.isVisible()).toBe(false);
  expect(await options()).toEqual(['all 5', 'x0', 'x1', 'x2', 'x3', 'x4']);
  await panel.tell(distribution(20));
  expect(await filter.inputValue()).toBe('y');
  expect((await options()).length).toBe(16);
});

test('an export that fails at once says so', async () => {
  await panel.tell(distribution(1));
  await panel.page.evaluate(() => {
    String.prototype.replaceAll = () => {
      throw new Error('no room');
    };
  });
  await panel.page.getByRole('button', { name: 'Save as SVG' }).click();
  await expect.poll(() => panel.page.locator('.distribution .said').textContent()).toBe('Not exported: Error: no room');
});
