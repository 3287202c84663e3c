import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { truthTableOf } from '../../../../core/hardware/liberty/logic.ts';

const abc = ['A', 'B', 'C'];

describe('a function of A, B and C', () => {
  test.each([
    ['A', 0xaan],
    ['(A)', 0xaan],
    ['!A', 0x55n],
    ["A'", 0x55n],
    ["!A'", 0xaan],
    ["(A B)'", 0x77n],
    ['A & B', 0x88n],
    ['A*B', 0x88n],
    ['A B', 0x88n],
    ['A | B', 0xeen],
    ['A+B', 0xeen],
    ['A ^ B ^ C', 0x96n],
    ['A & B | C', 0xf8n],
    ['A | B & C', 0xean],
    ['A ^ B & C', 0x60n],
    ['!(A & B) | (C & !A)', 0x77n | 0x50n],
    ['(A&B)|(A&C)|(B&C)', 0xe8n],
    ['1', 0xffn],
    ['0', 0n],
  ])('%s', (text, table) => {
    expect(truthTableOf(text, abc)).toBe(table);
  });

  test.each(['', 'D', 'A &', '& A', '(A', 'A)', 'A B)', 'A # B', '!', 'A"B'])('`%s` is none', (text) => {
    expect(truthTableOf(text, abc)).toBeUndefined();
  });

  test('thousands of brackets are none, and do no harm', () => {
    expect(truthTableOf('('.repeat(4000), abc)).toBeUndefined();
    expect(truthTableOf(`${'('.repeat(2000)}A${')'.repeat(2000)}`, abc)).toBeUndefined();
    expect(truthTableOf('A&'.repeat(100_000), abc)).toBeUndefined();
  });
});

test('any expression is what JavaScript makes of it', () => {
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(...abc, '0', '1'),
      fc.tuple(tie('expression'), fc.constantFrom('&', '|', '^'), tie('expression')).map(([a, op, b]) => `(${a}${op}${b})`),
      tie('expression').map((a) => `(!${a})`),
    ),
  }));
  fc.assert(
    fc.property(expression, (text) => {
      // `!` of JavaScript gives a boolean, which counts as a number beside `&`, `|` and `^`.
      const evaluate = new Function(...abc, `return Number(${text})`) as (...bits: number[]) => number;
      let table = 0n;
      for (let minterm = 0; minterm < 8; minterm++)
        table |= BigInt(evaluate(minterm & 1, (minterm >> 1) & 1, minterm >> 2)) << BigInt(minterm);
      expect(truthTableOf(text, abc)).toBe(table);
    }),
  );
});
