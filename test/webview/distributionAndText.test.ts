import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RevealFormat, SaveExport } from '../../protocol/panel.ts';
import type { DistributionData } from '../../protocol/pictures.ts';
import { type Panel, startChromium } from './host.ts';
import { type RealPictures, realPictures, spec, uri, wishFor, withRealPanel } from './realPictures.ts';

// The ways between a distribution and the text, and its tables as files.

let browser: Browser;
let real: RealPictures;
beforeAll(async () => {
  [browser, real] = await Promise.all([startChromium(), realPictures(uri, spec, [wishFor('distribution')])]);
}, 60_000);
afterAll(() => browser?.close());

const opened = (work: (panel: Panel, data: DistributionData) => Promise<void>) =>
  withRealPanel(browser, real, {}, async (panel) => {
    await panel.page.getByRole('tab', { name: 'Distribution' }).click();
    await work(panel, real.pictures[0]!.data as DistributionData);
  });
const revealed = async (panel: Panel) => (await panel.heard()).filter((message): message is RevealFormat => message.kind === 'reveal');
const strips = (panel: Panel) => panel.page.locator('.distribution [data-format]');
const nameOf = (panel: Panel, at: number) => strips(panel).nth(at).locator('text').first().textContent();

test('a click on an interval leads to its level, one on a name to the format', async () => {
  await opened(async (panel, { formats }) => {
    const name = (await nameOf(panel, 1))!;
    const { intervals } = formats.find((format) => format.label === name)!;
    await strips(panel).nth(1).locator('g[data-interval="3"] rect').first().click();
    await strips(panel).nth(1).locator('text').first().click();
    expect(await revealed(panel)).toMatchObject([
      { format: name, code: intervals[3]!.code },
      { format: name, code: null },
    ]);
  });
});

test('rows of levels lead to them by keyboard, bins lead nowhere', async () => {
  await opened(async (panel, { formats }) => {
    await panel.page.locator('.distribution summary', { hasText: 'Table' }).click();
    const [levels, bins] = [
      panel.page.locator('.distribution .twin table').first(),
      panel.page.locator('.distribution .twin table').last(),
    ];
    const lead = levels.getByRole('button').nth(17);
    await lead.focus();
    await panel.page.keyboard.press('Enter');
    const name = (await nameOf(panel, 1))!;
    const { intervals } = formats.find((format) => format.label === name)!;
    expect(await revealed(panel)).toMatchObject([{ format: name, code: intervals[17 - 16]!.code }]);
    expect(await bins.getByRole('button').count()).toBe(0);
  });
});

test('the format and the level that the cursor is on are there and stand out', async () => {
  await opened(async (panel, { formats }) => {
    const shown = await strips(panel).locator('text:first-of-type').allTextContents();
    const other = formats.find(({ label }) => !shown.includes(label))!;
    expect(await strips(panel).count()).toBe(2);
    const [level] = other.intervals.slice(2);
    await panel.tell({ protocol: 2, kind: 'select', uri, format: other.name, code: level!.code });
    expect(await strips(panel).count()).toBe(3);
    const selected = panel.page.locator('.distribution [data-format].is-selected');
    expect(await selected.locator('text').first().textContent()).toBe(other.label);
    expect(await selected.locator('line.is-selected').getAttribute('data-interval')).toBe('2');
    await panel.tell({ protocol: 2, kind: 'select', uri, format: null, code: null });
    expect(await strips(panel).count()).toBe(2);
  });
});

test('levels and bins are a file each', async () => {
  await opened(async (panel, { bins }) => {
    await panel.page.getByRole('button', { name: 'Save the table as CSV' }).click();
    await panel.page.getByRole('button', { name: 'Save CSV of bins' }).click();
    await expect.poll(async () => (await panel.heard()).filter(({ kind }) => kind === 'export').length).toBe(2);
    const [levels, counted] = (await panel.heard()).filter((message): message is SaveExport => message.kind === 'export');
    expect(levels!.content).toMatch(/^format,level,/);
    expect(counted!.name).toBe('panel-distribution-tiny-bins.csv');
    expect(counted!.content.trim().split('\r\n')).toHaveLength(bins.length + 1);
  });
});
