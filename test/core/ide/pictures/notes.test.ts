import { expect, test } from 'vitest';
import { byReason, firstNotes, someOf } from '../../../../core/ide/pictures/notes.ts';
import { placedGroups, whyNoProfile } from '../../../../core/ide/pictures/overWeights.ts';
import { zero } from '../../../../core/measure/errorSums.ts';
import { analysed } from '../../../support/analysed.ts';

const numbers = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => String(i));

test('what has a reason in common is one note, which counts the names that it does not list', () => {
  const all = [
    ...numbers(1002).map((name) => ({ name, why: 'too wide' })),
    { name: 'last', why: 'no zero' },
    { name: '3', why: 'too wide' },
  ];
  const notes = byReason(all).map(({ names, why }) => `${someOf(names)}: ${why}`);
  expect(notes).toEqual(['0, 1, 2, 3, 4, 5, 6, 7 and 994 more: too wide', 'last: no zero']);
});

test.each([
  [0, 0],
  [20, 20],
  [21, 20],
  [1000, 20],
])('of %i notes there are %i', (n, shown) => {
  const notes = firstNotes(numbers(n));
  expect(notes).toHaveLength(shown);
  // Those that are listed, and those that are counted.
  const [, left = '0'] = /^(\d+) more notes are left out$/.exec(notes.at(-1) ?? '') ?? [];
  expect(notes.filter((note) => !note.includes('more')).length + Number(left)).toBe(n);
});

test('formats that have no place among the weights are told of together', () => {
  const names = numbers(500).map((i) => `F${i}`);
  const { comparisons } = analysed(`use std.paper
weights w = "w.npy"
scale s { block = 4, axis = last, anchor = minmax, type = fp32 }
${names.map((name) => `format ${name} extends NF4 {}`).join('\n')}
compare c { formats = [${names.join(', ')}], on = w, scale = s }
`);
  const result = { tensors: [], total: zero(4), noiseBound: 0, estimates: undefined };
  const { groups, unplaced } = placedGroups(comparisons[0]!.rows.map((evaluation) => ({ evaluation, result })));
  expect(groups).toEqual([]);
  expect(unplaced).toHaveLength(1);
  expect(unplaced[0]).toMatch(/^F0 under s, F1 under s, .* F7 under s and 492 more are not drawn over the weights: With `minmax` /);
});

test('the reasons that there is no profile are as few', () => {
  const problems = numbers(300).map((i) => ({
    code: 'weights.unreadable' as const,
    file: `${i}.npy`,
    tensor: undefined,
    message: `${i}.npy cannot be read`,
  }));
  expect(whyNoProfile({ profile: undefined, nTensors: 0, nLeftOut: 0, problems })).toMatch(/; 281 more notes are left out$/);
});
