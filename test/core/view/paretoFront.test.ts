import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Costs, paretoFront } from '../../../core/view/paretoFront.ts';

const design = (error: number, area: number, bitsPerWeight = 4): Costs => ({ error, area, bitsPerWeight });

test('the front has what nothing else is as good as', () => {
  const designs = [design(3, 1), design(2, 2), design(2, 3), design(1, 4), design(1, 5, 3)];
  expect(paretoFront(designs)).toEqual([true, true, false, true, true]);
});

test('equal designs are both on it', () => {
  expect(paretoFront([design(1, 1), design(1, 1), design(1, 2)])).toEqual([true, true, false]);
});

test('whatever is off the front is beaten by something on it', () => {
  const few = fc.integer({ min: 0, max: 4 });
  const designs = fc.array(fc.record({ error: few, area: few, bitsPerWeight: few }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(designs, (all) => {
      const front = paretoFront(all);
      const on = all.filter((_, i) => front[i]);
      const noWorse = (a: Costs, b: Costs): boolean => a.error <= b.error && a.area <= b.area && a.bitsPerWeight <= b.bitsPerWeight;
      for (const [i, one] of all.entries()) {
        const better = on.filter((other) => noWorse(other, one) && !noWorse(one, other));
        expect(better.length > 0).toBe(!front[i]);
      }
    }),
  );
});
