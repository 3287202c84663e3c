import { statSync } from 'node:fs';
import type { Page } from 'playwright-core';
import type { ParetoData, PictureAnswer, PictureData, PictureWish, TensorsData } from '../protocol/pictures.ts';
import { openPanel, type Panel, startChromium } from '../test/webview/host.ts';
import { toPanel } from '../webview/shapes.ts';
import { random, Stopwatch, type Timing, timing } from './timing.ts';

/** A table of durations, as bench/main.ts prints it. */
export interface PanelFigures {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const uri = 'file:///w/bench.nibble';
const RUNS = 9;

/** The panel of dist/ in Chromium: how long it takes to be seen, to draw what comes, and to draw anew as one moves in it. */
export async function panelFigures(): Promise<PanelFigures> {
  const browser = await startChromium();
  try {
    const fewTensors = answerWith(tensors(1000, 4));
    const rows: (readonly string[])[] = [
      row(
        'reopened with 1 000 saved tensors: navigation to first contentful paint',
        await firstPaints(() => openPanel(browser), fewTensors),
      ),
      row('reopened with 200 saved designs: the same', await firstPaints(() => openPanel(browser), answerWith(designs(200)))),
    ];
    for (const [what, data] of [
      ['5 000 designs', designs(5000)],
      ['5 000 tensors by 12 formats', tensors(5000, 12)],
      ['10 000 tensors by 12 formats', tensors(10_000, 12)],
    ] as const) {
      const answer = answerWith(data);
      rows.push(row(`${what}: read and checked`, checked(answer)));
      const panel = await shown(await openPanel(browser), answer);
      rows.push(row(`${what}: message to the second frame after it`, await drawn(panel, answer)));
      if (data.picture === 'pareto') rows.push(row(`${what}: frame while zoomed by the wheel`, await zoomed(panel.page)));
      else rows.push(row(`${what}: frame while scrolled by 40 rows each`, await scrolled(panel.page)));
      await panel.page.context().close();
    }
    const kilobytes = (statSync('dist/webview.js').size / 1000).toFixed(0);
    return { title: `The panel in Chromium, a bundle of ${kilobytes} kB`, head: ['', 'median ms', 'p95 ms'], rows };
  } finally {
    await browser.close();
  }
}

const row = (what: string, { median, p95 }: Timing): readonly string[] => [what, median.toFixed(1), p95.toFixed(1)];

function answerWith(data: PictureData): PictureAnswer {
  const wish: PictureWish = { picture: data.picture, group: 'g', tensor: null, backdrop: null };
  return { uri, version: 1, wish, groups: [{ key: 'g', title: 'bench, on w' }], data, notes: [] };
}

function designs(n: number): ParetoData {
  const next = random(1);
  const made = Array.from({ length: n }, (_, i) => {
    const area = 200 + 300 * next();
    const sqnr = 14 + Math.log2(area / 100) * 2 + 3 * next();
    return {
      key: `k${i}`,
      name: `F${i}`,
      series: `block${i % 4}`,
      origin: 'measured' as const,
      errorOf: null,
      figures: { area, sqnr },
      intervals: {},
    };
  });
  return { picture: 'pareto', designs: made, axes: ['area', 'sqnr'], backdrops: [] };
}

function tensors(n: number, nFormats: number): TensorsData {
  const next = random(2);
  const made = Array.from({ length: n }, (_, i) => {
    const name = `model.layers.${i}.self_attn.q_proj.weight`;
    const sqnr = Array.from({ length: nFormats }, () => 18 + 3 * next());
    return { key: `k${i}`, name, file: 'model.safetensors', n: 4096, nu: 5 + 20 * next(), sqnr };
  });
  return {
    picture: 'tensors',
    formats: Array.from({ length: nFormats }, (_, i) => `F${i}`),
    tensors: made,
    effects: Array(nFormats).fill(null),
  };
}

const message = (answer: PictureAnswer) => ({ protocol: 2, kind: 'picture', answer });

/** The panel with the tab of a picture open, and the picture on it. */
async function shown(panel: Panel, answer: PictureAnswer): Promise<Panel> {
  await panel.tell({ protocol: 2, kind: 'document', document: { uri, name: 'bench.nibble', version: 1 } });
  await panel.page.locator(`#tab-${answer.wish.picture}`).click();
  await panel.tell(message(answer));
  return panel;
}

async function firstPaints(open: () => Promise<Panel>, answer: PictureAnswer): Promise<Timing> {
  const panel = await shown(await open(), answer);
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    await panel.hideAndShow();
    const paint = await panel.page.evaluate(
      () =>
        new Promise<number>((done) => {
          const observer = new PerformanceObserver((list) => {
            const found = list.getEntriesByName('first-contentful-paint')[0];
            if (found) done(found.startTime);
          });
          observer.observe({ type: 'paint', buffered: true });
        }),
    );
    // The first one warms up.
    if (run > 0) times.push(paint);
  }
  await panel.page.context().close();
  return timing(times);
}

function checked(answer: PictureAnswer): Timing {
  const watch = new Stopwatch();
  for (let run = 0; run <= RUNS; run++) {
    const copy = structuredClone(message(answer));
    watch.time(() => {
      if (toPanel(copy) === undefined) throw new Error('The panel refuses what the bench sends');
    });
  }
  return watch.after(1).processor;
}

/** From `postMessage` in the page to the second frame, when what the first one drew is seen. */
async function drawn({ page }: Panel, answer: PictureAnswer): Promise<Timing> {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const took = await page.evaluate(
      (data) =>
        new Promise<number>((done) => {
          const start = performance.now();
          addEventListener('message', () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start))), {
            once: true,
          });
          postMessage(data);
        }),
      message(answer),
    );
    if (run > 0) times.push(took);
  }
  return timing(times);
}

const scrolled = (page: Page): Promise<Timing> =>
  framesOf(page, () => {
    document.querySelector('.grid')!.scrollTop += 960;
  });

const zoomed = (page: Page): Promise<Timing> =>
  framesOf(page, () => {
    const canvas = document.querySelector('.pareto canvas')!;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2, ctrlKey: true, bubbles: true, cancelable: true };
    canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -10 }));
  });

/** The time of each of 60 frames, before each of which a step is made. */
async function framesOf(page: Page, step: () => void): Promise<Timing> {
  const handle = await page.evaluateHandle(`(${step.toString()})`);
  const times = await page.evaluate(
    (make) =>
      new Promise<number[]>((done) => {
        const found: number[] = [];
        let last = performance.now();
        const frame = (): void => {
          const now = performance.now();
          found.push(now - last);
          last = now;
          if (found.length > 60) done(found.slice(1));
          else {
            (make as () => void)();
            requestAnimationFrame(frame);
          }
        };
        requestAnimationFrame(frame);
      }),
    handle,
  );
  return timing(times);
}
