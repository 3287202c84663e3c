import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { setBlockScales } from '../../../core/quantize/blockScales.ts';
import { firstScale, readBack, scalePlan } from '../../../core/quantize/scaleChoice.ts';
import { patterns32 } from '../profile/kernelInputs.ts';
import { jobs, plain } from './inputs.ts';
import { e2m1, nf4 } from './tables.ts';

/** Ranges of blocks: ordinary ones, and any patterns of 32 bits that are finite. */
const ranges = fc
  .record({
    n: fc.integer({ min: 1, max: 100 }),
    seed: fc.nat(),
    kind: fc.constantFrom('ordinary' as const, 'any' as const, 'rare' as const),
  })
  .map(({ n, seed, kind }) => {
    const usable = (seed: number): readonly number[] =>
      Array.from(patterns32(n, seed, kind), (w) => (Number.isFinite(w) ? Math.abs(w) : 0));
    return { low: Float64Array.from(usable(seed), (w) => -w), high: Float64Array.from(usable(seed + 1)) };
  });

test('scales by their bits are those one by one, for any rule, range and second-level scales', () => {
  const levels = fc.record({ scale: fc.constantFrom(1, 0, 3e-5, 0.37, 1e30, 2 ** -149), offset: fc.constantFrom(0, 0.01) });
  fc.assert(
    fc.property(
      jobs,
      ranges,
      fc.array(levels, { minLength: 100, maxLength: 100 }),
      fc.integer({ min: 1, max: 5 }),
      ({ codebook, rule }, ranges, all, size) => {
        // A scale that is not 0 is never divided by 0: where all scales equal the offset, the rule has one.
        const levels = rule.second?.offset === 'mean' ? all : all.map(({ scale }) => ({ scale: scale || 1, offset: 0 }));
        const second = rule.second && { size, levels };
        const plan = scalePlan(codebook, rule);
        const n = ranges.low.length;
        for (let k = 0; k < plan.candidates.length; k++) {
          const scales = new Float64Array(n);
          setBlockScales(plan, k, ranges, n, second, 7, scales);
          for (let b = 0; b < n; b++)
            expect(scales[b]).toBe(
              readBack(plan, firstScale(plan, k, ranges.low[b]!, ranges.high[b]!), second?.levels[Math.floor((7 + b) / size)]),
            );
        }
      },
    ),
    { numRuns: 2000 },
  );
});

// Half-way between two scales, and beside that: quotients of absmax 1 to 2 by 1.
test.each(['fp16', 'bf16', 'e4m3', 'e5m2', 'ue4m3'] as const)('every kind of tie in %s', (name) => {
  const high = Float64Array.from({ length: 2 ** 13 }, (_, i) =>
    Math.fround((1 + i / 2 ** 13) * 2 ** ((i % 5) - 2) * (1 + ((i % 3) - 1) * 2 ** -23)),
  );
  const low = new Float64Array(high.length);
  for (const rounding of ['nearest', 'even', 'floor', 'ceil'] as const) {
    const plan = scalePlan(codebook(nf4, 'lower', 4), { ...plain, type: { kind: 'float', name }, rounding });
    const scales = new Float64Array(high.length);
    setBlockScales(plan, 0, { low, high }, high.length, undefined, 0, scales);
    expect([...scales]).toEqual(Array.from(high, (a) => readBack(plan, firstScale(plan, 0, 0, a), undefined)));
  }
});

test.each(['floor', 'ceil', 'nearest', 'even'] as const)('powers of two of absmax, by %s', (rounding) => {
  const high = Float64Array.from({ length: 4096 }, (_, i) =>
    Math.fround((1 + (i % 16) / 16) * 2 ** ((i >> 4) - 140) * (1 + ((i % 3) - 1) * 2 ** -23)),
  );
  const low = new Float64Array(high.length);
  const plan = scalePlan(codebook(e2m1, 'even', 4), {
    ...plain,
    anchor: { kind: 'max_power' },
    type: { kind: 'e8m0', name: 'e8m0' },
    rounding,
  });
  const scales = new Float64Array(high.length);
  setBlockScales(plan, 0, { low, high }, high.length, undefined, 0, scales);
  expect([...scales]).toEqual(Array.from(high, (a) => readBack(plan, firstScale(plan, 0, 0, a), undefined)));
});
