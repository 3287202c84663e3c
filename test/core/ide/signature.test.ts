import { describe, expect, test } from 'vitest';
import { signatureHelp } from '../../../core/ide/signature.ts';
import { marked } from '../../support/marked.ts';

/** The signature at the mark, with the active parameter in braces. */
function shown(text: string): string {
  const { analysis, offset } = marked(text);
  const help = signatureHelp(analysis, offset);
  if (!help) return '';
  const { label, parameters, active } = help;
  const it = parameters[active];
  return it ? `${label.slice(0, it.start)}{${label.slice(it.start, it.end)}}${label.slice(it.end)}` : label;
}

describe('the parameter that is being written is marked', () => {
  test.each([
    ['format A { levels = minifloat(¦) }', 'minifloat({e}, m, bias: 2^(e-1) - 1, subnormals: true)'],
    ['format A { levels = minifloat(2¦, 1) }', 'minifloat({e}, m, bias: 2^(e-1) - 1, subnormals: true)'],
    ['format A { levels = minifloat(2, ¦) }', 'minifloat(e, {m}, bias: 2^(e-1) - 1, subnormals: true)'],
    ['format A { levels = minifloat(e: 2, subnormals: ¦) }', 'minifloat(e, m, bias: 2^(e-1) - 1, {subnormals: true})'],
    ['format A { levels = quantiles(student_t(¦)) }', 'student_t({nu})'],
    [
      'format A { levels = quantiles(student_t(5), ¦) }',
      'quantiles(dist, {zero: true}, offset: 1 - (1/2^(bits+1) + 1/(2^(bits+1) - 2))/2, type: fp64)',
    ],
    ['format A { levels = sums([0, 1], ¦', 'sums({set...})'],
    ['scale s { anchor = mse(¦) }', 'mse({of: absmax}, grid: 200, shrink: 20 %, per: block)'],
    ['assert mse(¦', "mse({format}, on, scale: the format's own)"],
    ['use std.paper\nformat A = SF(¦)', 'SF({nu})'],
    ['format F(a, b = 2) { levels = int() }\nformat A = F(1, ¦)', 'F(a, {b = 2})'],
    ['format F(a, b = 2) { levels = int() }\nformat A = F(b: ¦)', 'F(a, {b = 2})'],
  ])('%j', (text, label) => expect(shown(text)).toBe(label));
});

test.each(['let x = ¦sqrt(2)', 'let x = sqrt¦(2)', 'let x = (1 + ¦2)', 'let x = nothing(¦)'])('there is none at %j', (text) => {
  expect(shown(text)).toBe('');
});

test('a family has its documentation, a parameter its own', () => {
  const { analysis, offset } = marked('format A { levels = minifloat(¦) }');
  expect(signatureHelp(analysis, offset)).toMatchObject({ doc: 'Sign, exponent, significand, in OCP sign-magnitude order.' });
  expect(signatureHelp(analysis, offset)!.parameters[0]!.doc).toBe('a count. Exponent bits.');
  const family = marked('/// Of mine.\nformat F(a) { levels = int() }\nformat A = F(¦)');
  expect(signatureHelp(family.analysis, family.offset)!.doc).toBe('Of mine.');
});
