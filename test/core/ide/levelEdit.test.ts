import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelEdit } from '../../../core/ide/levelEdit.ts';
import { levelGrid, levelText } from '../../../core/ide/levelText.ts';
import { writtenLevels } from '../../../core/ide/writtenLevels.ts';
import { parse } from '../../../core/syntax/parser.ts';
import { analysed, formatOf } from '../../support/analysed.ts';

/** The document after a level of `F` was moved; undefined where it cannot be. */
function moved(text: string, code: number, level: number, others: Readonly<Record<string, string>> = {}): string | undefined {
  const analysis = analysed(text, others);
  const edit = levelEdit('F', { code }, level, analysis);
  return edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}

/** What is written for each code, in a file; a dot for what is computed. */
function written(text: string, others: Readonly<Record<string, string>> = {}): string {
  const analysis = analysed(text, others);
  return writtenLevels(formatOf(analysis, 'F'), analysis)
    .map((level) => level?.text ?? '.')
    .join(' ');
}

const eight = (levels: string): string => `format F {\n  bits = 3\n  ${levels}\n}\n`;

describe('a level is written', () => {
  test.each([
    ['in a list of levels', eight('levels = [-3, -2.5, -1, 0, 1, 2, 3, 4]'), '-3 -2.5 -1 0 1 2 3 4'],
    ['in an order of its own', eight('codes = [0, 1, 2, 3, -0, -1, -2, -3]'), '0 1 2 3 -0 -1 -2 -3'],
    ['in no order, and gets its code by its size', eight('levels = [3, 1, -1, 0, 2, -2, -3, 4]'), '-3 -2 -1 0 1 2 3 4'],
    ['beside unused codes', eight('levels = [-2, -1, 0, 1, 2, 3, none, none]'), '-2 -1 0 1 2 3 . .'],
    ['as a fraction', eight('levels = [-1, -2/3, -1/3, 0, 1/3, 2/3, 1, 2]'), '-1 -2/3 -1/3 0 1/3 2/3 1 2'],
    ['in a constant', `let all = [-3, -2, -1, 0, 1, 2, 3, 4]\n${eight('levels = all')}`, '-3 -2 -1 0 1 2 3 4'],
    ['beside what is computed', `let x = 3\n${eight('levels = [-3..-1, 0, 1, sqrt(4), x, 4]')}`, '. . . 0 1 . . 4'],
    [
      'where it is inherited',
      `format Base {\n  bits = 3\n  levels = [0, 1, 2, 3, 4, 5, 6, 7]\n}\nformat F extends Base {}`,
      '0 1 2 3 4 5 6 7',
    ],
    ['as the meaning of -0', 'use std.paper\nformat F extends E2M1 { negative_zero = 5 }', '. . . . . . . . 5 . . . . . . .'],
    ['with codes of its own', eight('levels = [0, 1, 2, 3, 4, 5, 6, 7], encoding = [7, 6, 5, 4, 3, 2, 1, 0]'), '7 6 5 4 3 2 1 0'],
  ])('%s', (_, text, expected) => {
    expect(written(text)).toBe(expected);
  });

  test('nowhere, where it is computed', () => {
    expect(written(eight('levels = int()'))).toBe('. . . . . . . .');
    expect(written(eight('levels = [0, 1, 2, 3, 4, 5, 6, 7] * 2'))).toBe('. . . . . . . .');
  });

  test('in brackets of its own, which stay', () => {
    expect(moved(eight('levels = [-3, -(2), -1, 0, (1), 2, 3, 4]'), 4, 1.5)).toContain('(2)');
    expect(moved(eight('levels = [-3, -(2), -1, 0, 1, 2, 3, 4]'), 1, -1.5)).toBeUndefined();
  });
});

describe('a moved level is written as a person would', () => {
  test.each([
    ['on the decimals of its list', '[-3, -2.5, -1, 0, 1, 2, 3, 4]', 7, 3.777, '[-3, -2.5, -1, 0, 1, 2, 3, 3.8]'],
    ['whole among whole numbers', '[-3, -2, -1, 0, 1, 2, 3, 4]', 0, -3.6, '[-4, -2, -1, 0, 1, 2, 3, 4]'],
    ['with its zeros', '[0.00, 0.25, 0.50, 0.75, 1.00, 1.25, 1.50, 1.75]', 1, 0.301, '[0.00, 0.30, 0.50, 0.75, 1.00, 1.25, 1.50, 1.75]'],
    [
      'no finer than a thousandth of the range',
      '[-1, -0.6961928009986877, -0.5, 0, 0.25, 0.5, 0.75, 1]',
      1,
      -0.651234567,
      '[-1, -0.651, -0.5, 0, 0.25, 0.5, 0.75, 1]',
    ],
    ['as a decimal, where it was a fraction', '[-1, -2/3, -1/3, 0, 1/3, 2/3, 1, 2]', 4, 0.35, '[-1, -2/3, -1/3, 0, 0.35, 2/3, 1, 2]'],
    [
      'without a zero before the point, where the others have none',
      '[-1, -.5, 0, .2, .4, .6, .8, 1]',
      1,
      -0.4,
      '[-1, -.4, 0, .2, .4, .6, .8, 1]',
    ],
    ['with its sign', '[-1, -0.5, 0, +0.2, +0.4, 0.6, 0.8, 1]', 3, 0.3, '[-1, -0.5, 0, +0.3, +0.4, 0.6, 0.8, 1]'],
    ['as 0 and not -0', '[-3, -2, -1, 0.5, 1, 2, 3, 4]', 2, -0.04, '[-3, -2, 0, 0.5, 1, 2, 3, 4]'],
    ['past its neighbours', '[-3, -2, -1, 0, 1, 2, 3, 4]', 4, 9, '[-3, -2, -1, 0, 9, 2, 3, 4]'],
  ])('%s', (_, before, code, level, after) => {
    expect(moved(eight(`levels = ${before}`), code, level)).toBe(eight(`levels = ${after}`));
  });

  test('only in the file that it is asked for', () => {
    const base = 'format Base {\n  bits = 3\n  levels = [0, 1, 2, 3, 4, 5, 6, 7]\n}\n';
    expect(moved('use "./base.nibble"\nformat F extends Base {}', 1, 1.5, { './base.nibble': base })).toBeUndefined();
    expect(moved(`${base}format F extends Base {}`, 1, 2)).toContain('[0, 2, 2,');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e39])('never to %f', (level) => {
    expect(moved(eight('levels = [-3, -2, -1, 0, 1, 2, 3, 4]'), 1, level)).toBeUndefined();
  });

  test.each([-1, 8, 1000, 0.5])('nor of a code %f, which the format has not', (code) => {
    expect(moved(eight('levels = [-3, -2, -1, 0, 1, 2, 3, 4]'), code, 1)).toBeUndefined();
  });

  test('nor of a format that is none', () => {
    const analysis = analysed('use std.paper\n');
    for (const name of ['', 'Absent', 'SF(', 'SF(5) }', '\u0000', 'x'.repeat(100_000)])
      expect(levelEdit(name, { code: 0 }, 1, analysis)).toBeUndefined();
  });
});

test('a level that was moved past others is found by where its number begins', () => {
  const text = eight('levels = [-3, -2, -1, 0, 9, 2, 3, 4]');
  const edit = levelEdit('F', { at: text.indexOf('9') }, 2.4, analysed(text))!;
  expect(text.slice(0, edit.start) + edit.text + text.slice(edit.end)).toBe(eight('levels = [-3, -2, -1, 0, 2, 2, 3, 4]'));
  expect(levelEdit('F', { at: text.indexOf('9') + 1 }, 2.4, analysed(text))).toBeUndefined();
});

const literal = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((x) => String(x === 0 ? 0 : x)),
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: 0, max: 4 })).map(([x, d]) => (x / 7).toFixed(d)),
  fc.constantFrom('.5', '+1', '1e-7', '2.50', '1/3', '-2/3', '1E3'),
);

test('whatever is written, a moved level reads back as the text says, within half a step of where it was moved to', () => {
  fc.assert(
    fc.property(
      fc.array(literal, { minLength: 1, maxLength: 16 }),
      fc.nat(),
      fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      (all, pick, level, extent) => {
        const grid = levelGrid(all[pick % all.length]!, all, extent);
        const text = levelText(level, grid);
        if (Object.is(level, -0)) {
          expect(text).toBeUndefined();
          return;
        }
        const file = parse(`let x = [${text}]`);
        expect(file.errors).toEqual([]);
        const { findings } = analysed(`format F {\n bits = 3\n levels = [${text}, none, none, none, none, none, none, none]\n}`);
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        const value = Number(text!.replace('+.', '0.').replace('-.', '-0.'));
        expect(Math.abs(value - level)).toBeLessThanOrEqual(grid.step * 0.5 + Math.abs(level) * 1e-15);
        expect(Object.is(value, -0)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
