import { expect, test } from 'vitest';
import { shortNames } from '../../../core/view/shortNames.ts';

const names = ['model.layers.0.q_proj.weight', 'model.layers.1.q_proj.weight', 'model.layers.1.mlp.up.weight'];

test('names that have room are shown in full', () => {
  expect(shortNames(names, 1000)).toEqual({ labels: names, note: '' });
  expect(shortNames([], 0)).toEqual({ labels: [], note: '' });
});

test('where they have none, what all begin and end with is left out and said', () => {
  expect(shortNames(names, 50)).toEqual({
    labels: ['0.q_proj', '1.q_proj', '1.mlp.up'],
    note: 'Names are without model.layers. and .weight',
  });
});

test('something is left of each name', () => {
  expect(shortNames(['a.b', 'a.b.c', 'a.b.d.c'], 1).labels).toEqual(['b', 'b.c', 'b.d.c']);
  expect(shortNames(['only.one'], 1).labels).toEqual(['only.one']);
});
