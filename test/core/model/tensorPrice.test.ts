import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsPerWeight } from '../../../core/measure/measures.ts';
import { storedBits } from '../../../core/model/tensorPrice.ts';
import { jobs, referenceErrors } from '../quantize/inputs.ts';

test('the bits of a tensor are those that are counted when it is quantized, for any shape and rule', () => {
  fc.assert(
    fc.property(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 })), jobs, (shape, job) => {
      const weights = Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i));
      const counted = bitsPerWeight(referenceErrors({ shape, weights }, job), job.codebook.bits, job.rule);
      expect(storedBits(shape, job)).toBeCloseTo(counted, 12);
    }),
    { numRuns: 300 },
  );
});
