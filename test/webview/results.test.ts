import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPanel, type Panel, startChromium } from './host.ts';
import { document, few, results, row, status, uri } from './messages.ts';

let browser: Browser;
let panel: Panel;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  panel = await openPanel(browser);
  await panel.page.getByRole('tab', { name: 'Results' }).click();
});
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.page.context().close();
});

const say = async (...messages: readonly unknown[]): Promise<void> => {
  for (const message of messages) await panel.tell(message);
};
const formats = (): Promise<string[]> => panel.page.locator('.results tbody th bdi').allInnerTexts();
const stateText = (): Promise<string> => panel.page.locator('.state').innerText();
const spoken = (): Promise<string> => panel.page.locator('.spoken').innerText();

describe('results', () => {
  test('stand in a table, with the chart above it and the best marked in words', async () => {
    await say(document(), results(few));
    const { page } = panel;
    expect(await page.locator('h1').innerText()).toBe('Results of paper.nibble');
    expect(await page.locator('.results h2').innerText()).toBe('paper tiny, block128');
    expect(await page.locator('.results thead th').allInnerTexts()).toEqual([
      'Format',
      'SQNR (dB)',
      'NSR',
      'Relative MAE',
      'Bits per weight',
      'Clipped',
      'Entropy (bits)',
    ]);
    expect(await page.locator('.results tbody tr').first().locator('td').allInnerTexts()).toEqual([
      '19.46',
      '1.13 %',
      '10.6 %',
      '4.25',
      '0.900 %',
      '3.750',
    ]);
    expect(await page.locator('.results tbody tr', { hasText: 'best' }).locator('th').innerText()).toBe('NF4 best');
    expect(await page.locator('.results canvas').getAttribute('aria-label')).toMatch(
      /^Dot plot of the SQNR of 5 rows on tiny, block128; the most is 20\.35 dB/,
    );
    expect(await page.locator('.results caption').innerText()).toMatch(/^paper on tiny, block128: error of each format/);
    expect(await stateText()).toBe('5 rows evaluated');
  });

  test('have a section for each scale', async () => {
    await say(document(), results([...few, ...few.map((one) => ({ ...one, scale: 'block32' }))]));
    expect(await panel.page.locator('.results h2').allInnerTexts()).toEqual(['paper tiny, block128', 'paper tiny, block32']);
    await say(document(2), results(few, 2));
    expect(await panel.page.locator('.results h2').allInnerTexts()).toEqual(['paper tiny, block128']);
  });

  test('are read out when they have come in, and not before', async () => {
    await say(document());
    expect(await spoken()).toBe('');
    await say(status('evaluating', 'Evaluating 5 rows', 1, 5));
    expect(await spoken()).toBe('');
    await say(status('idle'), results(few));
    expect(await spoken()).toBe('5 rows evaluated; NF4 is best, with 20.35 dB');
  });

  test('stay in sight during the next evaluation, with how much of it is done', async () => {
    await say(document(), results(few), status('evaluating', 'Evaluating 5 rows', 2, 5));
    expect(await stateText()).toBe('Evaluating 5 rows, 40 %');
    expect(await panel.page.getByRole('progressbar').getAttribute('value')).toBe('0.4');
    expect((await formats()).length).toBe(5);
    await say(status('idle'));
    expect(await panel.page.getByRole('progressbar').isVisible()).toBe(false);
  });

  test('stay in sight after an error, which is shown and read out', async () => {
    await say(document(), results(few), status('error', 'The language server has stopped'));
    expect(await stateText()).toBe('The language server has stopped');
    expect(await spoken()).toBe('The language server has stopped');
    expect((await formats()).length).toBe(5);
  });
});

describe('where there is nothing', () => {
  test('the panel asks to be told as soon as it runs', async () => {
    expect(await panel.heard()).toEqual([{ protocol: 2, kind: 'ready' }]);
    expect(await panel.page.locator('.empty').innerText()).toBe('Open a Nibble document to see how its formats do.');
  });

  test('to evaluate, it says what to write', async () => {
    await say(document(), results([]));
    expect(await panel.page.locator('.empty pre').innerText()).toMatch(/^compare mine \{\n {2}formats = \[/);
    await say(results(few));
    expect(await panel.page.locator('.empty').innerText()).toBe('');
  });

  test('evaluated yet, a button asks for it', async () => {
    await say(document(), results([], 1, 44));
    expect(await stateText()).toBe('0 of 44 rows evaluated');
    await panel.page.getByRole('button', { name: 'Evaluate' }).click();
    expect((await panel.heard()).at(-1)).toEqual({ protocol: 2, kind: 'evaluate', uri });
  });
});

describe('sorting', () => {
  const head = (name: string) => panel.page.getByRole('columnheader', { name });

  test('by mouse goes round, and says so to assistive technology', async () => {
    await say(document(), results(few));
    const button = panel.page.getByRole('button', { name: 'SQNR (dB)' });
    expect(await head('SQNR (dB)').getAttribute('aria-sort')).toBe('none');
    await button.click();
    expect(await formats()).toEqual(['NF4', 'SF(10)', 'SF(9)', 'INT4', 'E2M1']);
    expect(await head('SQNR (dB)').getAttribute('aria-sort')).toBe('descending');
    await button.click();
    expect(await formats()).toEqual(['E2M1', 'INT4', 'SF(9)', 'SF(10)', 'NF4']);
    await button.click();
    expect(await formats()).toEqual(['INT4', 'E2M1', 'NF4', 'SF(10)', 'SF(9)']);
  });

  test('by keyboard keeps the focus where it was', async () => {
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'Format' }).focus();
    await panel.page.keyboard.press('Enter');
    expect(await formats()).toEqual(['E2M1', 'INT4', 'NF4', 'SF(9)', 'SF(10)']);
    await panel.page.keyboard.press('Tab');
    await panel.page.keyboard.press('Space');
    expect(await formats()).toEqual(['NF4', 'SF(10)', 'SF(9)', 'INT4', 'E2M1']);
  });

  test('by keyboard keeps the focus when other tables come, before and behind', async () => {
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'NSR' }).focus();
    const others = ['first', 'last'].map((compare) => few.map((one) => ({ ...one, compare })));
    await say(results([...others[0]!, ...few, ...others[1]!]));
    expect(await panel.page.locator('.results h2 .title').allInnerTexts()).toEqual(['first', 'paper', 'last']);
    expect(await panel.page.evaluate(() => globalThis.document.activeElement?.textContent)).toBe('NSR');
    await panel.page.keyboard.press('Enter');
    expect(await head('NSR').nth(1).getAttribute('aria-sort')).toBe('ascending');
  });

  test('holds for results that come later', async () => {
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'NSR' }).click();
    await say(document(2), results([...few, row('New', 30)], 2));
    expect(await formats()).toEqual(['New', 'NF4', 'SF(10)', 'SF(9)', 'INT4', 'E2M1']);
  });
});

describe('a format', () => {
  const reveal = (format: string): unknown => ({ protocol: 2, kind: 'reveal', uri, format, code: null, library: null });

  test('is asked for by a click on its row, once', async () => {
    await say(document(), results(few));
    await panel.page.locator('.results tbody tr').nth(2).locator('td').first().click();
    await panel.page.getByRole('button', { name: 'INT4' }).click();
    expect((await panel.heard()).filter(({ kind }) => kind === 'reveal')).toEqual([reveal('NF4'), reveal('INT4')]);
  });

  test('is asked for by keyboard', async () => {
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'SF(10)' }).focus();
    await panel.page.keyboard.press('Enter');
    expect((await panel.heard()).at(-1)).toEqual(reveal('SF(10)'));
  });

  test('is asked for by a click on its dot', async () => {
    await say(document(), results(few));
    const firstDot = { x: 90, y: 20 };
    await panel.page.locator('.results canvas').click({ position: firstDot });
    // Chart.js handles events with the next frame.
    await expect.poll(async () => (await panel.heard()).at(-1)).toEqual(reveal('INT4'));
  });

  test('is asked for by a click that results come into', async () => {
    await say(document(), results(few));
    const { x, y } = (await panel.page.locator('.results tbody tr').nth(2).locator('td').nth(1).boundingBox())!;
    await panel.page.mouse.move(x + 4, y + 4);
    await panel.page.mouse.down();
    await say(results(few.map((one) => ({ ...one, bitsPerWeight: 4.5 }))));
    expect(await panel.page.locator('.results tbody td').nth(3).innerText()).toBe('4.5');
    await panel.page.mouse.up();
    expect((await panel.heard()).at(-1)).toEqual(reveal('NF4'));
  });

  test('keeps the focus when results come in, and when they are sorted', async () => {
    const focused = (): Promise<string | null | undefined> => panel.page.evaluate(() => globalThis.document.activeElement?.textContent);
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'SF(10)' }).focus();
    await say(results([row('First', 10), ...few]));
    expect(await focused()).toBe('SF(10)');
    await say(results([...few].reverse()));
    expect(await focused()).toBe('SF(10)');
  });

  test('has the mark of the best only as long as it is', async () => {
    const best = (): Promise<string[]> => panel.page.locator('.results tbody tr.is-best th').allInnerTexts();
    await say(document(), results(few));
    expect(await best()).toEqual(['NF4 best']);
    await say(results([...few, row('New', 30)]));
    expect(await best()).toEqual(['New best']);
    expect(await panel.page.locator('.results .best').count()).toBe(1);
    await say(results(few));
    expect(await best()).toEqual(['NF4 best']);
  });
});

describe('hidden and shown again', () => {
  test('the panel is as it was before anybody tells it anything', async () => {
    await say(document(), results(few));
    await panel.page.getByRole('button', { name: 'SQNR (dB)' }).click();
    const before = await formats();
    await panel.hideAndShow();
    expect(await formats()).toEqual(before);
    expect(await stateText()).toBe('5 rows evaluated');
    expect((await panel.heard()).filter(({ kind }) => kind === 'ready').length).toBe(2);
  });

  test('it does not take up what the server was doing then', async () => {
    await say(document(), results(few), status('evaluating', 'Evaluating 5 rows'));
    await panel.hideAndShow();
    expect(await stateText()).toBe('5 rows evaluated');
  });
});

describe('what is ignored:', () => {
  test('results of an earlier version, or of another document', async () => {
    await say(document(2), results(few, 2));
    const stale = results([row('Old', 1)], 1);
    const other = { ...stale, results: { ...stale.results, version: 9, uri: 'file:///w/other.nibble' } };
    await say(stale, other);
    expect(await formats()).not.toContain('Old');
    expect(await stateText()).toBe('5 rows evaluated');
  });

  test('messages that are not ours', async () => {
    await say(document(), results(few));
    const before = await panel.page.content();
    const kept = await panel.state();
    await say(undefined, null, 7, 'results', [], {}, { protocol: 1, kind: 'results' }, { ...results([]), results: null });
    await say({ ...results([]), results: { uri, version: 5, nRows: 1, rows: [{ format: '<b>' }] } }, { __proto__: null, kind: 'document' });
    expect(await panel.page.content()).toBe(before);
    expect(await panel.state()).toEqual(kept);
  });
});
