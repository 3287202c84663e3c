import { expect, test } from 'vitest';
import type { Evaluation } from '../../core/lang/spec.ts';
import { zero } from '../../core/measure/errorSums.ts';
import { isEnough, type KnownOfFile, type KnownOfTensor, KnownSums } from '../../node/knownSums.ts';
import { books, ruleOf } from '../core/profile/rules.ts';

const known: KnownOfTensor = { sums: zero(4), noiseBound: 0, reached: 'sums' };

/** What sums are of: no more of an evaluation is looked at. */
const evaluation = (book: string, block = 32): Evaluation =>
  ({ format: { codebook: books[book]! }, scale: { rule: ruleOf({ block }) } }) as unknown as Evaluation;

function filled(sums: KnownSums, of: Evaluation, state: string, n: number): KnownOfFile {
  const file = sums.of(of, state);
  for (let i = 0; i < n; i++) file.set(`${state} ${i}`, known);
  return file;
}

test('sums are those of a codebook, a scale rule and a state of a file', () => {
  const sums = new KnownSums();
  const nf4 = filled(sums, evaluation('nf4'), 'a', 3);
  expect(sums.of(evaluation('nf4'), 'a')).toBe(nf4);
  for (const other of [sums.of(evaluation('nf4'), 'b'), sums.of(evaluation('sf4'), 'a'), sums.of(evaluation('nf4', 64), 'a')])
    expect(other.size).toBe(0);
});

test('what was not asked for longest is forgotten first, and what is in use never', () => {
  const sums = new KnownSums();
  const [first, second, third] = ['nf4', 'sf4', 'int4'].map((book) => filled(sums, evaluation(book), 'a', 10));
  expect(sums.of(evaluation('nf4'), 'a')).toBe(first);
  sums.trim(new Set(), 20);
  expect(sums.of(evaluation('sf4'), 'a')).not.toBe(second);
  expect(sums.of(evaluation('nf4'), 'a')).toBe(first);
  sums.trim(new Set([third!]), 0);
  expect(sums.of(evaluation('int4'), 'a')).toBe(third);
  expect(sums.of(evaluation('nf4'), 'a')).not.toBe(first);
});

test('sums that go further than is wanted are enough', () => {
  expect(isEnough(undefined, 'sums')).toBe(false);
  expect(isEnough({ ...known, reached: 'maximum' }, 'sums')).toBe(true);
  expect(isEnough({ ...known, reached: 'maximum' }, 'exact')).toBe(false);
});
