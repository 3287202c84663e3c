import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Choice, cheapestAssignment } from '../../../core/model/assignment.ts';

/** Every assignment, tried. */
function exhaustive(tensors: readonly (readonly Choice[])[], budget: number): number | undefined {
  const all = tensors.reduce<readonly Choice[]>(
    (before, choices) => before.flatMap((a) => choices.map((b) => ({ cost: a.cost + b.cost, price: a.price + b.price }))),
    [{ cost: 0, price: 0 }],
  );
  const within = all.filter(({ price }) => price <= budget).map(({ cost }) => cost);
  return within.length === 0 ? undefined : Math.min(...within);
}

const choice = fc.record({ cost: fc.integer({ min: -20, max: 100 }), price: fc.integer({ min: 0, max: 40 }) });
const problems = fc.record({
  tensors: fc.array(fc.array(choice, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
  budget: fc.integer({ min: 0, max: 160 }),
});

test('it costs as little as any assignment within the budget', () => {
  fc.assert(
    fc.property(problems, ({ tensors, budget }) => {
      const found = cheapestAssignment(tensors, budget, 10_000);
      const least = exhaustive(tensors, budget);
      expect(found?.cost).toBe(least);
      if (!found) return;
      expect(found.isOptimal).toBe(true);
      expect(found.leastCost).toBe(least);
      expect(found.price).toBeLessThanOrEqual(budget);
      // The sums are those of what is chosen.
      const chosen = found.chosen.map((at, t) => tensors[t]![at]!);
      expect(chosen).toHaveLength(tensors.length);
      expect(chosen.reduce((sum, { cost }) => sum + cost, 0)).toBe(found.cost);
      expect(chosen.reduce((sum, { price }) => sum + price, 0)).toBe(found.price);
    }),
    { numRuns: 2000 },
  );
});

test('with room for few states it is within the budget, and its bound holds', () => {
  fc.assert(
    fc.property(problems, fc.integer({ min: 1, max: 4 }), ({ tensors, budget }, most) => {
      const found = cheapestAssignment(tensors, budget, most);
      const least = exhaustive(tensors, budget);
      expect(found === undefined).toBe(least === undefined);
      if (!found) return;
      expect(found.price).toBeLessThanOrEqual(budget);
      expect(found.cost).toBeGreaterThanOrEqual(least!);
      expect(found.leastCost).toBeLessThanOrEqual(least! + 1e-9);
      if (found.isOptimal) expect(found.cost).toBe(least);
    }),
    { numRuns: 1000 },
  );
});

describe('many tensors', () => {
  test('of sizes that repeat are done exactly', () => {
    const sizes = [4096, 2048, 11_264];
    const tensors = Array.from({ length: 300 }, (_, t) =>
      [4.125, 4.5, 8, 16].map((bits, f) => ({ cost: ((t * 7919) % 101) / 1000 / (f * f * f + 1), price: bits * sizes[t % 3]! })),
    );
    const n = tensors.reduce((sum, _, t) => sum + sizes[t % 3]!, 0);
    const found = cheapestAssignment(tensors, 5 * n, 20_000)!;
    expect(found.isOptimal).toBe(true);
    expect(found.price).toBeLessThanOrEqual(5 * n);
    // As near to the relaxation as one tensor can make a difference.
    expect(found.cost).toBeGreaterThanOrEqual(cheapestAssignment(tensors, 5 * n, 1)!.leastCost - 1e-9);
  });

  test('of which no two are alike end all the same', () => {
    const tensors = Array.from({ length: 400 }, (_, t) =>
      Array.from({ length: 6 }, (_, f) => ({ cost: Math.sin(t * 37 + f * 11) + 1, price: Math.cos(t * 91 + f * 3) + 1 })),
    );
    const found = cheapestAssignment(tensors, 300, 500)!;
    expect(found.price).toBeLessThanOrEqual(300);
    expect(found.cost - found.leastCost).toBeLessThan(2);
  });
});

test('a budget below the cheapest assignment has none', () => {
  expect(cheapestAssignment([[{ cost: 1, price: 2 }], [{ cost: 1, price: 3 }]], 4.9, 100)).toBeUndefined();
});

test.each([
  ['no choice', []],
  ['a cost that is not finite', [{ cost: Number.NaN, price: 1 }]],
  ['a negative price', [{ cost: 1, price: -1 }]],
])('a tensor with %s is a mistake of the caller', (_name, choices) => {
  expect(() => cheapestAssignment([choices], 10, 100)).toThrow(RangeError);
});
