import { expect, test } from 'vitest';
import { formatAt } from '../../../core/ide/formatAt.ts';
import { marked } from '../../support/marked.ts';

const spec = (text: string) => `use std.paper
weights w = "w.npy"
scale s { block = 4, axis = last, anchor = absmax }
${text}`;

function at(text: string): readonly unknown[] | undefined {
  const { analysis, offset } = marked(spec(text));
  const found = formatAt(analysis, offset);
  return found && [found.format.name, found.code];
}

test.each([
  ['for¦mat F { bits = 3, levels = [0, 1, 2, 3, 4, 5, 6, 7] }', ['F', null]],
  ['format F { bits = 3, levels = [0, 1, ¦2, 3, 4, 5, 6, 7] }', ['F', 2]],
  ['format F { bits = 3, levels = [0, 1, 2, 3, 4, 5, 6, 75¦] }', ['F', 7]],
  ['format F { bits = 3, levels = [7, 6, 5, 4, 3, 2, 1¦, 0] }', ['F', 1]],
  ['format F extends E2¦M1 { negative_zero = 5 }', ['F', null]],
  ['format F extends E2M1 { negative_zero = ¦5 }', ['F', 8]],
  ['compare c { formats = [INT4, NF¦4], on = w, scale = s }', ['NF4', null]],
  ['compare c { formats = [INT4, SF(¦6)], on = w, scale = s }', ['SF(6)', null]],
  ['compare c { formats = [INT4, S¦F(4..6)], on = w, scale = s }', ['SF(4)', null]],
  ['format F(k) extends SF(k) { ¦ties = even }\ncompare c { formats = [F(3)], on = w, scale = s }', ['F(3)', null]],
  ['compare c { formats = [INT4], on = ¦w, scale = s }', undefined],
  ['¦', undefined],
  ['let x = ¦nothing', undefined],
])('%s', (text, expected) => {
  expect(at(text)).toEqual(expected);
});
