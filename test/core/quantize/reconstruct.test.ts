import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconstructor, scaleChooser } from '../../../core/quantize/reconstruct.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import { jobs, tensors } from './inputs.ts';

test('the reconstruct of a tensor in memory equals the reference, for any tensor and rule', () => {
  fc.assert(
    fc.property(tensors, jobs, ({ shape, weights: drawn }, job) => {
      const weights = Float32Array.from(drawn);
      const expected = Float32Array.from(quantize(weights, shape, job.codebook, job.rule).reconstruct);
      const reconstruct = reconstructor(shape, job);
      const found = new Float32Array(weights.length);
      reconstruct(weights, found);
      expect(found).toEqual(expected);
      // Over another tensor's rooms, and over the weights themselves.
      reconstruct(weights, weights);
      expect(weights).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('the scales and zero points that it goes by are those of the reference', () => {
  fc.assert(
    fc.property(tensors, jobs, ({ shape, weights: drawn }, job) => {
      const weights = Float32Array.from(drawn);
      const { scales, zeroPoints } = quantize(weights, shape, job.codebook, job.rule);
      const found = scaleChooser(shape, job)(weights);
      expect(found).toEqual({ scales: Float64Array.from(scales), zeroPoints });
    }),
    { numRuns: 500 },
  );
});
