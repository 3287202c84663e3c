import { describe, expect, test } from 'vitest';
import type { ToPanel } from '../../protocol/panel.ts';
import type { DistributionData, PictureAnswer, PictureData, PictureWish } from '../../protocol/pictures.ts';
import { choicesFrom, firstChoices } from '../../webview/choices.ts';
import { contrast, hexColour, mixed, parsedColour, readable } from '../../webview/contrast.ts';
import { fileName } from '../../webview/exports.ts';
import { onGrid } from '../../webview/levelDrag.ts';
import { toPanel } from '../../webview/shapes.ts';
import { nothingKnown, type PanelState, pictureOf, restored, saved, told, wishOf } from '../../webview/state.ts';
import { document, uri } from './messages.ts';

const distribution: DistributionData = {
  picture: 'distribution',
  tensors: [
    { key: 'a', label: 'a' },
    { key: 'b', label: 'b' },
  ],
  nTensors: 2,
  subject: 'tiny',
  normalisedBy: 'its block',
  n: 4,
  nNonFinite: 0,
  bins: [{ from: -1, to: 1, count: 4 }],
  curves: [{ kind: 'normal', label: 'normal', points: [{ x: 0, count: 1 }], quantiles: [{ share: 0.5, expected: 0, observed: 0 }] }],
  formats: [
    { name: 'A', format: 'A', label: 'A', nsr: null, intervals: [{ code: 0, level: 0, at: 0, from: null, to: null, count: 4, nsr: 0 }] },
  ],
};

const answer = (data: PictureData | null, wish: Partial<PictureWish> = {}, version = 1): PictureAnswer => ({
  uri,
  version,
  wish: { picture: data?.picture ?? 'pareto', group: 'g', tensor: null, backdrop: null, ...wish },
  groups: [
    { key: 'g', title: 'g' },
    { key: 'h', title: 'h' },
  ],
  data,
  notes: [],
});

const message = (one: PictureAnswer): ToPanel => ({ protocol: 2, kind: 'picture', answer: one });
const stateWith = (choices: Partial<PanelState['choices']>, ...messages: readonly ToPanel[]): PanelState =>
  messages.reduce(told, { ...told(nothingKnown, document()), choices: { ...firstChoices, ...choices } });

describe('a picture', () => {
  test('is read as it was sent', () => {
    const sent = message(answer(distribution));
    expect(toPanel(structuredClone(sent))).toEqual(sent);
    expect(toPanel(structuredClone(message(answer(null))))).toEqual(message(answer(null)));
  });

  test.each([
    ['no bins', { ...distribution, bins: [] }],
    ['a curve of no kind', { ...distribution, curves: [{ ...distribution.curves[0], kind: 'laplace' }] }],
    ['a count below 0', { ...distribution, bins: [{ from: -1, to: 1, count: -4 }] }],
    [
      'a code beyond 8 bits',
      { ...distribution, formats: [{ ...distribution.formats[0], intervals: [{ ...distribution.formats[0]!.intervals[0], code: 256 }] }] },
    ],
    ['an unknown picture', { ...distribution, picture: 'html' }],
  ])('with %s is none', (_what, data) => {
    expect(toPanel({ protocol: 2, kind: 'picture', answer: { ...answer(distribution), data } })).toBeUndefined();
  });

  test('of a choice that is there and was not taken is stale', () => {
    const late = message(answer(distribution));
    for (const choices of [{ group: 'h' }, { tensor: 'b' }]) {
      const state = stateWith({ tab: 'distribution', ...choices });
      expect(told(state, late)).toBe(state);
    }
    const unasked = stateWith({ tab: 'distribution', group: 'h', tensor: null });
    expect(told(unasked, message(answer(distribution, { group: 'h', tensor: 'a' })))).toBe(unasked);
  });

  test('of another choice is taken where what was chosen is there no more', () => {
    const state = stateWith({ tab: 'distribution', group: 'gone', tensor: 'gone' }, message(answer(distribution)));
    expect(pictureOf(state, 'distribution')).toEqual(distribution);
  });

  test('of an earlier version is stale, until the document is opened again', () => {
    const state = stateWith({ tab: 'distribution' }, document(7), message(answer(distribution, {}, 7)));
    expect(told(state, message(answer(distribution, {}, 6)))).toBe(state);
    expect(told(told(state, document(1)), message(answer(null, { picture: 'distribution' }, 1))).pictures.distribution?.version).toBe(1);
  });

  test('that was made before the document was opened again comes late, and the next one replaces it', () => {
    const state = stateWith({ tab: 'distribution' }, document(1), message(answer(distribution, {}, 7)));
    expect(state.pictures.distribution?.version).toBe(0);
    expect(told(state, message(answer(distribution, {}, 1))).pictures.distribution?.version).toBe(1);
  });

  test('is kept with the state, and comes back with the choices', () => {
    const state = stateWith({ tab: 'distribution', counts: 'log', over: ['A'] }, message(answer(distribution)));
    expect(restored(JSON.parse(JSON.stringify(saved(state))))).toEqual(state);
  });

  test('is gone with its document; how to look at things stays', () => {
    const state = stateWith(
      { tab: 'distribution', counts: 'log', group: 'g', tensor: 'a' },
      message(answer(distribution, { tensor: 'a' })),
    );
    const next = told(state, document(1, 'file:///w/other.nibble'));
    expect(next.pictures).toEqual({});
    expect(next.choices).toMatchObject({ tab: 'distribution', counts: 'log', group: null, tensor: null });
  });
});

test('a wish says what the tab needs, and no more', () => {
  const choices = { group: 'g', tensor: 'a', backdrop: 'std.paper' };
  expect(wishOf(stateWith({ ...choices, tab: 'pareto' }))).toEqual({ picture: 'pareto', group: 'g', tensor: null, backdrop: 'std.paper' });
  expect(wishOf(stateWith({ ...choices, tab: 'distribution' }))).toEqual({
    picture: 'distribution',
    group: 'g',
    tensor: 'a',
    backdrop: null,
  });
  expect(wishOf(stateWith({ ...choices, tab: 'results' }))).toBeNull();
});

describe('saved choices', () => {
  test('that cannot be read are the first ones', () => {
    expect(choicesFrom(undefined)).toEqual(firstChoices);
    const broken = {
      tab: '__proto__',
      x: 'constructor',
      zoom: { x: { min: 1, max: 0 }, y: { min: 0, max: 1 } },
      over: [1],
      hiddenSeries: ['block32', 1],
      tensorSort: { column: 'sqnr' },
    };
    expect(choicesFrom(broken)).toEqual(firstChoices);
  });

  test('of a zoom without its axes are none', () => {
    const zoom = { x: { min: 0, max: 1 }, y: { min: 0, max: 1 } };
    expect(choicesFrom({ ...firstChoices, zoom }).zoom).toBeNull();
    const whole = { axes: { x: 'area', y: 'sqnr' }, ...zoom };
    expect(choicesFrom({ ...firstChoices, zoom: whole }).zoom).toEqual(whole);
  });

  test('that can be read are taken', () => {
    const choices = { ...firstChoices, tab: 'tensors', x: 'area', hiddenSeries: ['block32'] };
    for (const [column, format] of [
      ['sqnr', 'NF4'],
      ['loss', 'NF4'],
      ['best', null],
    ]) {
      const sorted = { ...choices, tensorSort: { column, format, direction: 'descending' } };
      expect(choicesFrom(JSON.parse(JSON.stringify(sorted)))).toEqual(sorted);
    }
  });
});

describe('colours', () => {
  // The examples of WCAG 2.2 and of its errata: black on white, and two greys.
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#949494', '#ffffff', 3.03],
  ])('%s on %s have a contrast of %f', (a, b, expected) => {
    expect(contrast(parsedColour(a)!, parsedColour(b)!)).toBeCloseTo(expected, 2);
  });

  test('are read in every form that a style sheet computes', () => {
    expect(parsedColour('#0af')).toEqual([0, 170, 255, 1]);
    expect(parsedColour('#00aaff80')).toEqual([0, 170, 255, 128 / 255]);
    expect(parsedColour('rgb(0, 170, 255)')).toEqual([0, 170, 255, 1]);
    expect(parsedColour('rgba(0 170 255 / 0.5)')).toEqual([0, 170, 255, 0.5]);
    for (const other of ['red', 'rgb(1)', '#12', 'url(x)']) expect(parsedColour(other)).toBeUndefined();
  });

  test('that are too faint become readable, and others stay', () => {
    const [ground, text] = [parsedColour('#ffffff')!, parsedColour('#000000')!];
    const yellow = parsedColour('#ffee00')!;
    expect(contrast(readable(yellow, ground, text, 3), ground)).toBeGreaterThanOrEqual(3);
    expect(hexColour(readable(parsedColour('#0063d3')!, ground, text, 3))).toBe('#0063d3');
    expect(hexColour(mixed(text, ground, 0.5))).toBe('#808080');
  });
});

test.each([
  [0.3372, 0.01, 0.34],
  [-0.04, 0.1, 0],
  [1.23456789, 1e-7, 1.2345679],
  [7.4, 0.5, 7.5],
  [3, 0, 3],
])('%f on a grid of %f is %f', (level, step, expected) => {
  expect(onGrid(level, step)).toBe(expected);
});

test('a file is named in letters, digits, dots and hyphens', () => {
  expect(fileName('my model.nibble', 'pareto', '../../etc/passwd')).toBe('my-model-pareto-etc-passwd');
  expect(fileName('', '\u202e<b>')).toBe('b');
  expect(fileName('a'.repeat(500)).length).toBe(120);
});
