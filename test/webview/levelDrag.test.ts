import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DragLevel } from '../../protocol/panel.ts';
import type { PlainFormat } from '../../protocol/pictures.ts';
import { openPanel, type Panel, startChromium } from './host.ts';
import { document, uri } from './messages.ts';
import { picture, wishFor } from './realPictures.ts';

// Levels that are dragged while answers come, and lines that the editor asks for. No server stands behind: a test says what each answer has.

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
}, 60_000);
afterAll(() => browser?.close());

/** A format of levels in the order of its text, as a server has it: codes are in the order of the levels. */
function format(name: string, written: readonly number[]): PlainFormat {
  const order = [...written.keys()].sort((a, b) => written[a]! - written[b]!);
  return {
    name,
    label: name,
    bits: 2,
    ties: 'even',
    levels: order.map((at) => written[at]!),
    usage: null,
    places: order.map((at) => ({ uri, range: { start: { line: 1, character: 8 * at }, end: { line: 1, character: 8 * at + 4 } } })),
    steps: order.map(() => 0.01),
    figures: [],
  };
}

const groups = [
  { key: 'g', title: 'g' },
  { key: 'h', title: 'h' },
];
const answer = (formats: readonly PlainFormat[], group = 'g') =>
  picture({ uri, version: 1, wish: wishFor('formats', { group }), groups, data: { picture: 'formats', formats }, notes: [] });

async function withFormats(formats: readonly PlainFormat[], work: (panel: Panel) => Promise<void>): Promise<void> {
  const panel = await openPanel(browser);
  try {
    await panel.tell(document());
    await panel.page.getByRole('tab', { name: 'Formats' }).click();
    await panel.tell(answer(formats));
    await work(panel);
    expect(panel.troubles).toEqual([]);
  } finally {
    await panel.page.context().close();
  }
}

const mark = ({ page }: Panel, code: number) => page.locator('.format').first().locator(`.level[data-code="${code}"]`);
const lineOf = async (panel: Panel, code: number): Promise<number> => Number(await mark(panel, code).locator('line').getAttribute('x1'));
const frame = ({ page }: Panel) => page.evaluate(() => new Promise(requestAnimationFrame));
const steps = async (panel: Panel): Promise<DragLevel[]> => (await panel.heard()).filter((message) => message.kind === 'drag');
/** By code, as they are drawn. */
const shown = ({ page }: Panel) =>
  page.locator('.level').evaluateAll((all) =>
    all
      .map((one) => [Number(one.getAttribute('data-code')), Number(one.getAttribute('aria-valuenow'))] as const)
      .sort(([a], [b]) => a - b)
      .map(([, level]) => level),
  );
const focused = ({ page }: Panel) => page.evaluate(() => globalThis.document.activeElement?.getAttribute('aria-valuenow'));

/** Presses a mark, and moves the pointer over it by so many pixels. */
async function grabbed(panel: Panel, code: number): Promise<(by: number) => Promise<void>> {
  const box = (await mark(panel, code).locator('.hit').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 4];
  await panel.page.mouse.move(x, y);
  await panel.page.mouse.down();
  return async (by) => {
    await panel.page.mouse.move(x + by, y);
    await frame(panel);
  };
}

describe.each(['over the largest', 'as they are'])('the outermost level, with levels %s,', (mode) => {
  test('stays under a pointer that holds still, and the others where they are, until the drag has settled', async () => {
    await withFormats([format('A', [-1, 0, 0.5, 1])], async (panel) => {
      await panel.page.getByLabel('Levels', { exact: true }).selectOption({ label: mode });
      const before = await lineOf(panel, 2);
      const move = await grabbed(panel, 3);
      const levels: number[] = [];
      for (const by of [12, 13, 12, 13, 12, 13]) {
        await move(by);
        levels.push((await steps(panel)).at(-1)!.level);
        await panel.tell(answer([format('A', [-1, 0, 0.5, levels.at(-1)!])]));
        expect(await lineOf(panel, 2)).toBe(before);
      }
      expect(levels[0]).toBeGreaterThan(1);
      expect(levels.slice(2)).toEqual([levels[0], levels[1], levels[0], levels[1]]);
      await panel.page.mouse.up();
      await panel.tell(answer([format('A', [-1, 0, 0.5, levels.at(-1)!])]));
      expect(await lineOf(panel, 2)).toBeLessThan(before);
    });
  });

  test('leaves the lines as the text has them when its drag is cancelled', async () => {
    await withFormats([format('A', [-1, 0, 0.5, 1])], async (panel) => {
      await panel.page.getByLabel('Levels', { exact: true }).selectOption({ label: mode });
      const before = await lineOf(panel, 2);
      await (await grabbed(panel, 3))(12);
      await panel.tell(answer([format('A', [-1, 0, 0.5, 2])]));
      expect(await lineOf(panel, 2)).toBe(before);
      await panel.page.keyboard.press('Escape');
      expect(await lineOf(panel, 2)).toBeLessThan(before);
      await panel.tell(answer([format('A', [-1, 0, 0.5, 1])]));
      expect(await lineOf(panel, 2)).toBe(before);
    });
  });
});

describe('a level that passes its neighbour', () => {
  const passed = (level: number) => answer([format('A', [-1, level, 0.5, 1])]);

  test('by pointer hides nothing, and keeps the focus when it is dropped', async () => {
    await withFormats([format('A', [-1, 0, 0.5, 1])], async (panel) => {
      const [from, to] = [await lineOf(panel, 1), await lineOf(panel, 2)];
      const move = await grabbed(panel, 1);
      await move(to - from + 40);
      const { level } = (await steps(panel)).at(-1)!;
      expect(level).toBeGreaterThan(0.5);
      expect(await focused(panel)).toBe(String(level));
      await panel.tell(passed(level));
      expect(await shown(panel)).toEqual([-1, 0.5, level, 1]);
      expect(await focused(panel)).toBe(String(level));
      // Back again, and on.
      await move(20);
      const back = (await steps(panel)).at(-1)!.level;
      await panel.tell(passed(back));
      expect(await shown(panel)).toEqual([-1, back, 0.5, 1]);
      await move(to - from + 60);
      await panel.page.mouse.up();
      const end = (await steps(panel)).at(-1)!;
      expect(end.phase).toBe('end');
      expect(new Set((await steps(panel)).map(({ drag }) => drag)).size).toBe(1);
      await panel.tell(passed(end.level));
      expect(await shown(panel)).toEqual([-1, 0.5, end.level, 1]);
      await panel.page.keyboard.press('Alt+ArrowRight');
      await frame(panel);
      expect((await steps(panel)).at(-1)).toMatchObject({ drag: end.drag + 1, code: 2 });
      expect((await steps(panel)).at(-1)!.level).toBeCloseTo(end.level + 0.01, 9);
    });
  });

  test('by keys goes on from where it is', async () => {
    await withFormats([format('A', [-1, 0.4, 0.5, 1])], async (panel) => {
      await mark(panel, 1).focus();
      for (let i = 0; i < 2; i++) await panel.page.keyboard.press('Shift+ArrowRight');
      await frame(panel);
      expect((await steps(panel)).at(-1)).toMatchObject({ code: 1, level: 0.6 });
      await panel.tell(passed(0.6));
      expect(await shown(panel)).toEqual([-1, 0.5, 0.6, 1]);
      await panel.page.keyboard.press('ArrowRight');
      await frame(panel);
      expect((await steps(panel)).at(-1)).toMatchObject({ phase: 'move', code: 2, level: 0.61 });
      expect(new Set((await steps(panel)).map(({ drag }) => drag)).size).toBe(1);
      await panel.page.keyboard.press('ArrowUp');
      expect(await focused(panel)).toBe('1');
      await panel.tell(passed(0.61));
      expect(await shown(panel)).toEqual([-1, 0.5, 0.61, 1]);
      expect(await focused(panel)).toBe('1');
    });
  });

  test('is found after its end too, by an answer that comes late', async () => {
    await withFormats([format('A', [-1, 0, 0.5, 1])], async (panel) => {
      const [from, to] = [await lineOf(panel, 1), await lineOf(panel, 2)];
      await (await grabbed(panel, 1))(to - from + 40);
      await panel.page.mouse.up();
      const { level } = (await steps(panel)).at(-1)!;
      await panel.tell(answer([format('A', [-1, 0, 0.5, 1])]));
      expect(await focused(panel)).toBe(String(level));
      await panel.tell(passed(level));
      expect(await shown(panel)).toEqual([-1, 0.5, level, 1]);
      expect(await focused(panel)).toBe(String(level));
    });
  });

  test('is on a level for a while without losing the focus', async () => {
    await withFormats([format('A', [-1, 0.49, 0.5, 1])], async (panel) => {
      await mark(panel, 1).focus();
      await panel.page.keyboard.press('Alt+ArrowRight');
      await frame(panel);
      // Of two equal ones a server may know but the first place.
      const equal = format('A', [-1, 0.5, 0.5, 1]);
      await panel.tell(answer([{ ...equal, places: equal.places.map((place, code) => equal.places[code === 1 ? 2 : code] ?? place) }]));
      expect(await focused(panel)).toBe('0.5');
      await panel.page.keyboard.press('Alt+ArrowRight');
      await frame(panel);
      await panel.tell(passed(0.51));
      expect(await shown(panel)).toEqual([-1, 0.5, 0.51, 1]);
      expect(await focused(panel)).toBe('0.51');
    });
  });
});

test('a drag draws the row of its format and no other, once a frame', async () => {
  await withFormats([format('A', [-1, 0, 0.5, 1]), format('B', [-1, 0, 0.5, 1]), format('C', [-1, 0, 0.5, 1])], async (panel) => {
    await (await grabbed(panel, 2))(5);
    const drawn = await panel.page.evaluate(async () => {
      const rows = [...globalThis.document.querySelectorAll('.format')];
      const names: (string | undefined)[] = [];
      const watch = (records: readonly MutationRecord[]): void => {
        for (const { target } of records) names.push(rows.find((row) => row.contains(target))?.querySelector('button')?.textContent);
      };
      const observer = new MutationObserver(watch);
      // The thresholds are made anew whenever a row is drawn.
      for (const dots of globalThis.document.querySelectorAll('.thresholds')) observer.observe(dots, { childList: true });
      const levels = rows[0]!.querySelector('.level')!.parentElement!;
      const { left } = levels.getBoundingClientRect();
      for (let i = 0; i < 10; i++) levels.dispatchEvent(new PointerEvent('pointermove', { clientX: left + 200 + i, bubbles: true }));
      watch(observer.takeRecords());
      const atOnce = names.length;
      await new Promise(requestAnimationFrame);
      watch(observer.takeRecords());
      return { atOnce, names };
    });
    expect(drawn).toEqual({ atOnce: 0, names: ['A'] });
    await panel.page.mouse.up();
  });
});

describe('a line that the editor asks for', () => {
  const many = Array.from({ length: 80 }, (_, i) => format(`F${i}`, [-1, 0, 0.5, 1]));
  const isInSight = ({ page }: Panel) =>
    page.locator('.format.is-selected').evaluate((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  const peek = async (panel: Panel, name: string): Promise<void> => {
    await panel.tell({ protocol: 2, kind: 'select', uri, format: name, code: null });
    await panel.tell({ protocol: 2, kind: 'open', picture: 'formats' });
  };

  test('comes into sight, once', async () => {
    await withFormats(many, async (panel) => {
      await panel.tell({ protocol: 2, kind: 'select', uri, format: 'F60', code: null });
      // Not where the cursor goes alone: who looks at a line wants it to stay.
      expect(await isInSight(panel)).toBe(false);
      await peek(panel, 'F60');
      expect(await isInSight(panel)).toBe(true);
      await panel.page.evaluate(() => scrollTo(0, 0));
      await panel.tell(answer(structuredClone(many)));
      expect(await isInSight(panel)).toBe(false);
      await peek(panel, 'F60');
      expect(await isInSight(panel)).toBe(true);
    });
  });

  test('comes into sight in a panel that has just been opened', async () => {
    const panel = await openPanel(browser);
    await panel.tell(document());
    await peek(panel, 'F60');
    await panel.tell(answer(many));
    await expect.poll(() => isInSight(panel)).toBe(true);
    await panel.page.context().close();
  });

  test('is looked for in other groups', async () => {
    await withFormats(many, async (panel) => {
      await peek(panel, 'Other');
      expect((await panel.heard()).at(-1)).toMatchObject({ kind: 'want', wish: { picture: 'formats', group: 'h' } });
      await panel.tell(answer([...many, format('Other', [-1, 0, 0.5, 1])], 'h'));
      expect(await panel.page.getByLabel('Group', { exact: true }).inputValue()).toBe('h');
      expect(await isInSight(panel)).toBe(true);
    });
  });
});

test('the keys of undo and redo are passed on, but for those in a field', async () => {
  await withFormats([format('A', [-1, 0, 0.5, 1])], async (panel) => {
    const kinds = async () => (await panel.heard()).map(({ kind }) => kind).filter((kind) => kind === 'undo' || kind === 'redo');
    await mark(panel, 1).focus();
    for (const keys of ['Control+z', 'Control+Shift+z', 'Control+y', 'Control+Alt+z', 'z']) await panel.page.keyboard.press(keys);
    expect(await kinds()).toEqual(['undo', 'redo', 'redo']);
    await panel.page.getByRole('tab', { name: 'Tensors' }).click();
    await panel.page
      .locator('input.filter')
      .last()
      .evaluate((field) => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true })));
    expect(await kinds()).toHaveLength(3);
  });
});
