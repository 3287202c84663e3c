import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codebook } from '../../../../core/format/codebook.ts';
import { studentTQuantile } from '../../../../core/numeric/studentT.ts';
import { distribution } from '../../../../core/view/distribution.ts';
import { formatLines } from '../../../../core/view/formatLines.ts';
import { type Design, pareto } from '../../../../core/view/pareto.ts';
import { chartColours } from '../../../../core/view/svg/colours.ts';
import { distributionSvg } from '../../../../core/view/svg/distributionSvg.ts';
import { formatLinesSvg } from '../../../../core/view/svg/formatLinesSvg.ts';
import { paretoSvg } from '../../../../core/view/svg/paretoSvg.ts';
import type { Drawing } from '../../../../core/view/svg/plot.ts';
import { quantilesSvg } from '../../../../core/view/svg/quantilesSvg.ts';
import { tensorsSvg } from '../../../../core/view/svg/tensorsSvg.ts';
import { tensorTable } from '../../../../core/view/tensorTable.ts';
import { profileOf } from '../../../support/profileOf.ts';
import { startChromium } from '../../../webview/host.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await startChromium();
  page = await browser.newPage();
});
afterAll(() => browser?.close());

const usual = ['NF4', 'SF4', 'INT4', 'E2M1', 'E2M1_SP', 'E2M1_I', 'APoT4', 'APoT4_SP', 'E3M0'];
const hostile = [
  '<script>alert(1)</script>',
  '"><image href="http://example.org/x"/>',
  "'; drop --",
  ']]>&amp;&lt;!--',
  'evil\u202eGNP\u0000\u0007\u200b',
  'lone \ud800 surrogate',
  'no character \ufffe\uffff',
  '中文名字很长的格式',
  'M'.repeat(10_000),
  '',
];

const e2m1 = codebook([0, 0.5, 1, 1.5, 2, 3, 4, 6, Number.NaN, -0.5, -1, -1.5, -2, -3, -4, -6], 'even', 4);
const weights = Float32Array.from({ length: 8192 }, (_, i) => studentTQuantile((((i * 7919) % 8192) + 0.5) / 8192, 4));
const profile = (of: Float32Array) => profileOf(of, [1, of.length], { block: 32, axis: 'last', over: { kind: 'absmax' } });

/** Every picture with these names of formats, tensors and weights. */
function pictures(names: readonly string[], of: Float32Array): Readonly<Record<string, (drawing: Drawing) => string>> {
  const subject = names[0] ?? 'nothing';
  const designs = names.flatMap((name, i): Design[] => [
    {
      key: `${i}`,
      name,
      series: names[0]!,
      origin: 'measured',
      figures: { area: 100 + (i % 5), sqnr: 20 + Math.sin(i) },
      intervals: { sqnr: { low: 19, high: 22 } },
    },
    {
      key: `${i}p`,
      name,
      series: 'published',
      origin: 'published',
      figures: { area: 100.02 + (i % 5), sqnr: 20 + Math.sin(i) },
      intervals: {},
    },
  ]);
  const counts = Float64Array.from({ length: 16 }, (_, code) => code);
  const view = distribution(
    profile(of),
    names.map((name) => ({ name, format: name, codebook: e2m1, target: 6 })),
    81,
    subject,
  );
  const lines = formatLines(
    names.map((name) => ({ name, codebook: e2m1, usage: counts })),
    'normalised',
    subject,
  );
  const columns = names.map((name, i) => ({
    name,
    tensors: names.map((tensor, k) => ({
      name: `model.${tensor}.weight`,
      file: tensor,
      n: k,
      sqnr: i === k ? Number.POSITIVE_INFINITY : 20 + i + k,
      effect: null,
    })),
  }));
  const tensors = tensorTable(columns, new Map([[`model.${names[0]}.weight`, Number.POSITIVE_INFINITY]]), subject);
  const front = pareto(designs, 'area', 'sqnr', subject);
  return {
    pareto: (drawing) => paretoSvg(front, `Front of ${subject}`, drawing),
    distribution: (drawing) => distributionSvg(view, 'linear', `Weights of ${subject}`, drawing),
    'distribution, logarithmic': (drawing) => distributionSvg(view, 'log', `Weights of ${subject}`, drawing),
    quantiles: (drawing) => quantilesSvg(view, `Quantiles of ${subject}`, drawing),
    'format lines': (drawing) => formatLinesSvg(lines, `Levels of ${subject}`, drawing),
    tensors: (drawing) => tensorsSvg(tensors, `Tensors of ${subject}`, drawing),
  };
}

interface Seen {
  readonly error: string | undefined;
  /** Elements and attributes that a picture must not have. */
  readonly active: readonly string[];
  readonly overlaps: readonly string[];
  readonly outside: readonly string[];
  readonly named: string;
  readonly texts: readonly string[];
}

/** What a browser makes of a picture, as a file of its own. */
async function seen(svg: string): Promise<Seen> {
  return page.evaluate((source) => {
    const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
    const error = parsed.querySelector('parsererror')?.textContent ?? undefined;
    document.body.replaceChildren(document.importNode(parsed.documentElement, true));
    const root = document.body.firstElementChild!;
    const frame = root.getBoundingClientRect();
    const elements = [...root.querySelectorAll('*')];
    const active = elements.flatMap((one) => [
      ...(['script', 'image', 'a', 'foreignObject', 'style', 'use', 'animate'].includes(one.localName) ? [one.localName] : []),
      ...[...one.attributes].map(({ name }) => name).filter((name) => /^on|href|style/.test(name)),
    ]);
    const texts = elements
      .filter((one) => one.localName === 'text' && one.textContent !== '')
      .map((one) => ({ text: one.textContent!, box: one.getBoundingClientRect() }));
    const overlaps = texts.flatMap((a, i) =>
      texts
        .slice(i + 1)
        // Boxes have air above and below their letters.
        .filter(
          (b) =>
            a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3,
        )
        .map((b) => `${a.text} and ${b.text}`),
    );
    const outside = texts
      .filter(
        ({ box }) => box.left < frame.left - 0.5 || box.right > frame.right + 0.5 || box.top < frame.top || box.bottom > frame.bottom + 0.5,
      )
      .map(({ text }) => text);
    const named = (root.getAttribute('aria-labelledby') ?? 'none')
      .split(' ')
      .map((id) => root.querySelector(`#${id}`)?.textContent)
      .join(' | ');
    return { error, active, overlaps, outside, named, texts: texts.map(({ text }) => text) };
  }, svg);
}

describe.each([360, 520, 868])('at a width of %i pixels', (width) => {
  describe.each([
    ['usual names', usual, weights],
    ['hostile names', hostile, weights],
    ['a crowd', Array.from({ length: 70 }, (_, i) => `SF(${i})`), weights],
    ['one format and one weight', ['NF4'], Float32Array.of(0.3)],
    ['infinities', ['NF4'], Float32Array.of(Number.POSITIVE_INFINITY, Number.NaN, 1e-38, -3e38)],
    ['nothing', [], new Float32Array(0)],
  ] as const)('of %s', (_, names, of) => {
    test.each(Object.entries(pictures(names, of)))('%s is sound, can be read, and says what it shows', async (_name, draw) => {
      const { error, active, overlaps, outside, named } = await seen(draw({ width, colours: chartColours.light, id: 'p' }));
      expect(error).toBeUndefined();
      expect(active).toEqual([]);
      expect(overlaps).toEqual([]);
      expect(outside).toEqual([]);
      expect(named).toMatch(/^(Front|Weights|Quantiles|Levels|Tensors) of .* \| .{20}/s);
      expect(named).not.toMatch(/NaN|undefined|\[object/);
    });
  });
});

test('texts that overlap, or leave the picture, are noticed', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><text x="5" y="20">abc</text><text x="9" y="22">xyz</text><text x="90" y="40">out</text></svg>';
  const { overlaps, outside } = await seen(svg);
  expect(overlaps).toEqual(['abc and xyz']);
  expect(outside).toEqual(['out']);
});

test('names are text: what they say is shown letter by letter, and nothing unseen is in it', async () => {
  const draw = pictures(hostile, weights)['format lines']!;
  const svg = draw({ width: 868, colours: chartColours.dark, id: 'p' });
  const { texts } = await seen(svg);
  expect(texts.join('\n')).toContain('evil\\u{202');
  expect(svg).toContain('evil\\u{202e}GNP\\u{0}');
  expect(svg).not.toMatch(/\p{Cc}|\p{Cf}|<script|<image/u);
  expect(svg.length).toBeLessThan(200_000);
});

test('every colour of a text stands out from its ground by 4.5', () => {
  for (const colours of Object.values(chartColours)) {
    for (const text of [colours.text, colours.muted]) expect(contrast(text, colours.ground)).toBeGreaterThanOrEqual(4.5);
    for (const heat of colours.heat) expect(contrast(colours.text, heat)).toBeGreaterThanOrEqual(4.5);
    for (const mark of [colours.mark, colours.axis, colours.threshold, colours.studentT, colours.normal, ...colours.series])
      expect(contrast(mark, colours.ground)).toBeGreaterThanOrEqual(3);
  }
});

/** As WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const x = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}
