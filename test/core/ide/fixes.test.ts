import { describe, expect, test } from 'vitest';
import type { Fix } from '../../../core/lang/finding.ts';
import { analysed } from '../../support/analysed.ts';

const applied = (text: string, { edits }: Fix): string =>
  edits.toSorted((a, b) => b.start - a.start).reduce((now, { start, end, text: by }) => now.slice(0, start) + by + now.slice(end), text);

/** A spec with one finding that has fixes, and what it becomes by each of them. */
type Example = readonly [code: string, text: string, ...results: (readonly [title: string, text: string])[]];

const examples: readonly Example[] = [
  ['syntax.comma-expected', 'let a = [1 2]', ['Insert `,`', 'let a = [1, 2]']],
  ['syntax.comma-expected', 'format A { bits = 4 levels = int() }', ['Insert `,`', 'format A { bits = 4, levels = int() }']],
  ['syntax.in-expected', 'let a = [k for k 1..3]', ['Insert `in`', 'let a = [k for k in  1..3]']],
  ['syntax.unclosed', 'let a = [1, 2', ['Insert `]`', 'let a = [1, 2]']],
  ['syntax.unclosed', 'format A { levels = int()\n', ['Insert `}`', 'format A { levels = int()}\n']],
  [
    'syntax.argument-colon',
    'format A { levels = minifloat(e = 2, m: 1) }',
    ['Change to `:`', 'format A { levels = minifloat(e: 2, m: 1) }'],
  ],
  ['name.unknown', 'format A { levels = itn() }', ['Change to `int`', 'format A { levels = int() }']],
  ['name.unknown', 'format A extends E2M1 {}', ['Add `use std.paper`', 'use std.paper\n\nformat A extends E2M1 {}']],
  ['use.missing', 'use std.papr', ['Change to `std.paper`', 'use std.paper']],
  ['property.unknown', 'format A { levels = int(), tie = even }', ['Change to `ties`', 'format A { levels = int(), ties = even }']],
  [
    'argument.unknown',
    'format A { levels = int(symetric: true) }',
    ['Change to `symmetric`', 'format A { levels = int(symmetric: true) }'],
  ],
  ['unit.unknown', 'let x = 19 db', ['Change to `dB`', 'let x = 19 dB']],
  ['unit.mismatch', 'let x = 19 dB + 1', ['Add the unit dB', 'let x = 19 dB + 1 dB']],
  ['unit.mismatch', 'let x = 19 + 1 dB', ['Add the unit dB', 'let x = 19 dB + 1 dB']],
  ['unit.mismatch', 'let x = 19 dB + 1 bits', ['Change the unit to dB', 'let x = 19 dB + 1 dB']],
  ['codebook.size', 'format A {\n  levels = [-8..6]\n}', ['Leave one code unused', 'format A {\n  levels = [-8..6, none]\n}']],
  [
    'codebook.size',
    'format A {\n  levels = [1, 2, 3, 4, 5, 6, 7, 8]\n}',
    ['Leave 8 codes unused', `format A {\n  levels = [1, 2, 3, 4, 5, 6, 7, 8${', none'.repeat(8)}]\n}`],
    ['Set `bits = 3`', 'format A {\n  bits = 3\n  levels = [1, 2, 3, 4, 5, 6, 7, 8]\n}'],
  ],
  [
    'codebook.size',
    'format A {\n  bits = 3\n  levels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n}',
    ['Remove the last 2 levels', 'format A {\n  bits = 3\n  levels = [1, 2, 3, 4, 5, 6, 7, 8]\n}'],
  ],
  ['codebook.size', 'format A {\n  bits = 3\n  levels = [-8..7]\n}', ['Set `bits = 4`', 'format A {\n  bits = 4\n  levels = [-8..7]\n}']],
  [
    'codebook.size',
    'format A { levels = [-4..3] }',
    ['Leave 8 codes unused', `format A { levels = [-4..3${', none'.repeat(8)}] }`],
    ['Set `bits = 3`', 'format A { bits = 3, levels = [-4..3] }'],
  ],
  [
    'codebook.unordered',
    'format A { bits = 3, levels = [0, 1, 2, 3, -4, -3, -2, none] }',
    ['Sort the levels', 'format A { bits = 3, levels = [-4, -3, -2, 0, 1, 2, 3, none] }'],
  ],
  [
    'codebook.wasted-code',
    'format A {\n  levels = minifloat(e: 2, m: 1)\n}',
    ['Set `negative_zero = 5`', 'format A {\n  levels = minifloat(e: 2, m: 1)\n  negative_zero = 5\n}'],
    ['Set `negative_zero = 8`', 'format A {\n  levels = minifloat(e: 2, m: 1)\n  negative_zero = 8\n}'],
  ],
  [
    'codebook.wasted-code',
    'format A { levels = minifloat(e: 2, m: 1), negative_zero = keep }',
    ['Set `negative_zero = 5`', 'format A { levels = minifloat(e: 2, m: 1), negative_zero = 5 }'],
    ['Set `negative_zero = 8`', 'format A { levels = minifloat(e: 2, m: 1), negative_zero = 8 }'],
  ],
  [
    'scale.rounding-missing',
    'scale s { block = 32, axis = last, anchor = max_power, type = e8m0 }',
    ['Add `rounding = floor`', 'scale s { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = floor }'],
    ['Add `rounding = even`', 'scale s { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = even }'],
    ['Add `rounding = ceil`', 'scale s { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = ceil }'],
  ],
  [
    'scale.rounding-missing',
    'scale s { block = 32, axis = last, anchor = absmax, type = e8m0 }',
    ['Add `rounding = ceil`', 'scale s { block = 32, axis = last, anchor = absmax, type = e8m0, rounding = ceil }'],
    ['Add `rounding = nearest`', 'scale s { block = 32, axis = last, anchor = absmax, type = e8m0, rounding = nearest }'],
    ['Add `rounding = floor`', 'scale s { block = 32, axis = last, anchor = absmax, type = e8m0, rounding = floor }'],
  ],
];

describe('each fix mends its finding, and breaks nothing', () => {
  test.each(examples.map(([code, text, ...results]) => [code, text, results] as const))('%s in %j', (code, text, results) => {
    const { findings } = analysed(text);
    const broken = findings.find((finding) => finding.code === code);
    expect(broken?.fixes.map((fix) => [fix.title, applied(text, fix)])).toEqual(results);
    for (const fix of broken!.fixes) {
      const after = analysed(applied(text, fix));
      expect(after.findings.map((finding) => finding.code)).not.toContain(code);
      expect(after.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});

test('a fix of an unknown name that is two slips away offers the nearest of what may stand there', () => {
  const [finding] = analysed('scale s { block = 32, axis = last, anchor = absmx }').findings;
  expect(finding!.fixes.map(({ title }) => title)).toEqual(['Change to `absmax`']);
});
