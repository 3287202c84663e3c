import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../../core/weights/visibleName.ts';

test('an ordinary name is shown as it is', () => {
  for (const name of ['model.layers.0.q_proj.weight', 'Gewicht für Größe', '重み', '']) expect(visible(name)).toBe(name);
});

test('what could break a line, turn the text around or not be seen is escaped', () => {
  expect(visible('a\nb\u0000\u202e\u2066\u200b\u2028\ufeff\u007f\ud800\u{e0041}\ufffe\uffff\u{1ffff}')).toBe(
    'a\\u{a}b\\u{0}\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{feff}\\u{7f}\\u{d800}\\u{e0041}\\u{fffe}\\u{ffff}\\u{1ffff}',
  );
});

test('nothing of that kind is ever left, and the length is bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (name) => {
      expect(visible(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/u);
      expect(visible(name).length).toBeLessThan(2200);
    }),
  );
});

test('an over-long name keeps its two ends', () => {
  expect(visible(`${'a'.repeat(5000)}.weight`)).toMatch(/^a{100}…a{93}\.weight$/);
});
