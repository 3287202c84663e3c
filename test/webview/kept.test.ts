import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ToPanel } from '../../protocol/panel.ts';
import type { FormatsData, PictureAnswer, PlainFormat } from '../../protocol/pictures.ts';
import { isKeptAlike, nothingKnown, type PanelState, saved, told } from '../../webview/state.ts';
import { openPanel, startChromium } from './host.ts';
import { document, few, results, row, status, uri } from './messages.ts';

// What VS Code keeps of a panel while it is hidden.

const nCodes = 16;
const format = (name: string): PlainFormat => ({
  name,
  label: name,
  bits: 4,
  ties: 'even',
  levels: Array.from({ length: nCodes }, (_, code) => code - 8),
  usage: Array(nCodes).fill(1 / nCodes),
  places: Array(nCodes).fill({ uri, range: { start: { line: 7, character: 12 }, end: { line: 7, character: 16 } } }),
  steps: Array(nCodes).fill(0.001),
  figures: ['SQNR 19.46 dB'],
});

function picture(nFormats: number, version = 1): ToPanel {
  const data: FormatsData = { picture: 'formats', formats: Array.from({ length: nFormats }, (_, i) => format(`F${i}`)) };
  const answer: PictureAnswer = {
    uri,
    version,
    wish: { picture: 'formats', group: 'g', tensor: null, backdrop: null },
    groups: [{ key: 'g', title: 'g' }],
    data,
    notes: [],
  };
  return { protocol: 2, kind: 'picture', answer };
}

const atFormats: PanelState = { ...nothingKnown, choices: { ...nothingKnown.choices, tab: 'formats' } };
const stateAfter = (...messages: readonly ToPanel[]): PanelState => messages.reduce(told, atFormats);

describe('what is kept', () => {
  test.each([
    [20, 'is'],
    [500, 'is not'],
  ])('of %i formats the picture %s', (n, is) => {
    const state = stateAfter(document(), results(few), picture(n));
    expect(saved(state).picture).toEqual(is === 'is' ? state.pictures.formats : null);
    expect(JSON.stringify(saved(state)).length).toBeLessThan(200_000);
  });

  const before = stateAfter(document(), results(few), picture(3));
  const isAlike = (...messages: readonly ToPanel[]): boolean => isKeptAlike(saved(before), saved(messages.reduce(told, before)));

  test('is the same after a key, a status, a selection and an answer that was dropped', () => {
    expect(isAlike(document(2), status('evaluating', 'Evaluating 5 rows', 1, 5), picture(2, 0))).toBe(true);
    expect(isAlike({ protocol: 2, kind: 'select', uri, format: 'F1', code: null })).toBe(true);
  });

  test.each<[string, ToPanel]>([
    ['results', results([row('A', 20)])],
    ['another picture', picture(2)],
    ['another document', document(1, 'file:///w/other.nibble')],
    ['a pin', { protocol: 2, kind: 'pinned', isPinned: true }],
    ['another tab', { protocol: 2, kind: 'open', picture: 'pareto' }],
  ])('is another after %s', (_what, message) => {
    expect(isAlike(message)).toBe(false);
  });
});

describe('a panel', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test('gives VS Code its state only when something of it has changed', async () => {
    const panel = await openPanel(browser);
    await panel.page.evaluate(() => {
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) {
        if (key === 'state') window.name += '.';
        setItem.call(this, key, value);
      };
    });
    const nKept = (): Promise<number> => panel.page.evaluate(() => window.name.length);
    await panel.tell(document());
    await panel.tell(results(few));
    const n = await nKept();
    for (let i = 1; i <= 5; i++) {
      await panel.tell(document(1 + i));
      await panel.tell(status('evaluating', 'Evaluating 5 rows', i, 5));
      await panel.tell({ protocol: 2, kind: 'select', uri, format: `F${i}`, code: null });
    }
    expect([n, await nKept()]).toEqual([2, 2]);
    await panel.page.getByRole('tab', { name: 'Results' }).click();
    expect(await nKept()).toBe(3);
    await panel.hideAndShow();
    await panel.page.getByRole('tab', { name: 'Results', selected: true }).waitFor();
    expect(panel.troubles).toEqual([]);
    await panel.page.context().close();
  });
});
