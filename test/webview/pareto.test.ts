import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SaveExport } from '../../protocol/panel.ts';
import type { ParetoData, PictureAnswer } from '../../protocol/pictures.ts';
import type { Zoom } from '../../webview/choices.ts';
import { type Panel, startChromium } from './host.ts';
import { picture, type RealPictures, realPictures, spec, uri, wishFor, withRealPanel } from './realPictures.ts';

// What the user does on the Pareto front while answers come in.

let browser: Browser;
let real: RealPictures;
beforeAll(async () => {
  [browser, real] = await Promise.all([startChromium(), realPictures(uri, spec, [wishFor('pareto')])]);
}, 60_000);
afterAll(() => browser?.close());

const withPanel = (work: (panel: Panel, answer: PictureAnswer, data: ParetoData) => Promise<void>) =>
  withRealPanel(browser, real, {}, (panel) => work(panel, real.pictures[0]!, real.pictures[0]!.data as ParetoData));

/** The zoom that the panel would save now. */
const zoomOf = async (panel: Panel): Promise<Zoom | null> => ((await panel.state()) as { choices: { zoom: Zoom | null } }).choices.zoom;
const width = (zoom: Zoom | null): number => (zoom ? zoom.x.max - zoom.x.min : Number.POSITIVE_INFINITY);
const reset = (panel: Panel) => panel.page.getByRole('button', { name: 'Reset the zoom' });

test('a zoom by the wheel is not undone by an answer that comes before it ends', async () => {
  await withPanel(async (panel, answer) => {
    await panel.page.getByRole('button', { name: 'Zoom in' }).click();
    const first = width(await zoomOf(panel));
    const box = (await panel.page.locator('.pareto canvas').boundingBox())!;
    await panel.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await panel.page.keyboard.down('Control');
    await panel.page.mouse.wheel(0, -100);
    await panel.tell(picture({ ...answer, data: structuredClone(answer.data) }));
    await panel.tell({ protocol: 2, kind: 'select', uri, format: 'Mine', code: null });
    await panel.page.keyboard.up('Control');
    await expect.poll(async () => width(await zoomOf(panel))).toBeLessThan(first);
  });
});

test('a pan is not undone by answers that come meanwhile', async () => {
  await withPanel(async (panel, answer) => {
    await panel.page.getByRole('button', { name: 'Zoom in' }).click();
    const first = (await zoomOf(panel))!;
    const box = (await panel.page.locator('.pareto canvas').boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await panel.page.mouse.move(x, y);
    await panel.page.mouse.down();
    for (let by = 10; by <= 100; by += 10) {
      await panel.page.mouse.move(x - by, y);
      await panel.tell(picture({ ...answer, data: structuredClone(answer.data) }));
    }
    await panel.page.mouse.up();
    const moved = async () => ((await zoomOf(panel))!.x.min - first.x.min) / width(first);
    // Of 100 pixels of a plot that is no wider than 700.
    await expect.poll(moved).toBeGreaterThan(0.1);
  });
});

test('a zoom is of its own axes: it does not hold for others that come in', async () => {
  await withPanel(async (panel, answer, data) => {
    await panel.page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => reset(panel).isEnabled()).toBe(true);
    const designs = data.designs.map((design, i) => ({ ...design, figures: { ...design.figures, areaRatio: 10 + i } }));
    await panel.tell(picture({ ...answer, data: { ...data, designs, axes: ['areaRatio', ...data.axes] } }));
    expect(await panel.page.getByLabel('Over', { exact: true }).inputValue()).toBe('areaRatio');
    expect(await reset(panel).isEnabled()).toBe(false);
    await panel.page.getByLabel('Over', { exact: true }).selectOption('bitsPerWeight');
    expect(await reset(panel).isEnabled()).toBe(false);
  });
});

test('a series that is hidden can be shown again where it is all there is', async () => {
  await withPanel(async (panel, answer, data) => {
    const entry = panel.page.getByRole('group', { name: 'Series' }).getByRole('button', { name: 'block32' });
    await entry.click();
    await panel.tell(picture({ ...answer, data: { ...data, designs: data.designs.filter(({ series }) => series === 'block32') } }));
    expect(await panel.page.locator('.pareto canvas').getAttribute('aria-label')).toContain('no format has both figures');
    await entry.click();
    expect(await panel.page.locator('.pareto canvas').getAttribute('aria-label')).toContain('of 4 designs');
  });
});

test('a click on the legend counts, whatever comes between press and release', async () => {
  await withPanel(async (panel, answer) => {
    const box = (await panel.page.getByRole('button', { name: 'block128' }).boundingBox())!;
    await panel.page.mouse.move(box.x + 5, box.y + 5);
    await panel.page.mouse.down();
    await panel.tell(picture({ ...answer, data: structuredClone(answer.data) }));
    await panel.page.mouse.up();
    expect(await panel.page.getByRole('button', { name: 'block128' }).getAttribute('aria-pressed')).toBe('false');
  });
});

test('a series of the Pareto front is hidden by its entry in the legend: on the canvas, in the table, in files, and after a reload', async () => {
  await withPanel(async (panel) => {
    const { page } = panel;
    const entry = page.getByRole('group', { name: 'Series' }).getByRole('button', { name: 'block128' });
    const label = () => page.locator('.pareto canvas').getAttribute('aria-label');
    const rows = page.locator('.pareto .twin tbody tr');
    await page.locator('.pareto summary').click();
    await rows.first().waitFor();
    expect(await entry.getAttribute('aria-pressed')).toBe('true');
    expect(await label()).toContain('of 8 designs');
    expect(await rows.count()).toBe(8);
    await entry.focus();
    await page.keyboard.press('Enter');
    expect(await label()).toContain('of 4 designs');
    expect(await rows.count()).toBe(4);
    expect(await entry.getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate(() => globalThis.document.activeElement?.getAttribute('data-series'))).toBe('block128');
    // A row of the table still leads to its own format.
    await rows.nth(1).getByRole('button').click();
    expect((await panel.heard()).at(-1)).toMatchObject({ kind: 'reveal', format: await rows.nth(1).getByRole('button').textContent() });
    await page.getByRole('button', { name: 'Save the table as CSV' }).click();
    const saved = (await panel.heard()).find((message): message is SaveExport => message.kind === 'export');
    expect(saved!.content.trim().split('\r\n')).toHaveLength(5);
    expect(saved!.content).not.toContain('block128');
    await panel.hideAndShow();
    expect(await label()).toContain('of 4 designs');
    await entry.click();
    expect(await label()).toContain('of 8 designs');
  });
});
