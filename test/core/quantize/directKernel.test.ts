import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Codebook, codebook, type Ties } from '../../../core/format/codebook.ts';
import type { ErrorSums } from '../../../core/measure/errorSums.ts';
import { type DirectKernels, directKernels } from '../../../core/quantize/directKernel.ts';
import { addErrorsInOrder, addSumsInLanes, placesInOrder } from '../../../core/quantize/directTwin.ts';
import type { ScaleRule } from '../../../core/quantize/scaleRule.ts';
import { type QuantizationJob, quantizationErrors } from '../../../core/quantize/stream.ts';
import { decode } from '../../../core/weights/dtype.ts';
import wasm from '../../../kernels/kernels.wasm';
import { draws, toBf16, withOutliers } from '../profile/draws.ts';
import { patterns16, patterns32 } from '../profile/kernelInputs.ts';
import { jobs, plain, referenceErrors, streamed, tensorsOf, type Values } from './inputs.ts';
import { e2m1, e2m1Code, e3m0, int4, nf4, superPrecision } from './tables.ts';

const kernels = directKernels(wasm);

/** The direct kernel with its twin in place of everything that quantizes. */
const twins: DirectKernels = {
  with: (n, work) =>
    kernels.with(n, (kernel) => work(kernel && { ...kernel, addSums: addSumsInLanes, addErrors: addErrorsInOrder, places: placesInOrder })),
};

/** All alike, to the last bit but for sums that are taken in another order: those within 1e-12 of their terms' magnitudes. */
function expectAlike(found: ErrorSums, expected: ErrorSums): void {
  const ordered = ['signal', 'noise', 'absSignal', 'absNoise', 'product', 'power', 'rowNsr'] as const;
  const exact = (sums: ErrorSums) => ({ ...sums, ...Object.fromEntries(ordered.map((sum) => [sum, 0])) });
  expect(exact(found)).toEqual(exact(expected));
  for (const sum of ordered) {
    const size = sum === 'product' ? Math.sqrt(expected.signal) * Math.sqrt(expected.power) : expected[sum];
    expect(Math.abs(found[sum] - expected[sum]), sum).toBeLessThanOrEqual(1e-12 * size);
  }
}

/** Rows that the kernel takes, and blocks of all kinds in and across them. */
const rows = fc.oneof(
  fc.tuple(fc.integer({ min: 64, max: 400 })),
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 64, max: 150 })),
  fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 64, max: 100 })),
);
const tensors = tensorsOf(rows);
const chunks = fc.integer({ min: 1, max: 500 });

/** A search over the tensor may choose otherwise where two candidates differ in the last digit of their sums. */
const isSearch = ({ rule: { anchor } }: QuantizationJob): boolean => anchor.kind === 'mse' && anchor.per === 'tensor';

test('the direct kernel quantizes as the reference does, for any tensor, rule and chunk', async () => {
  await fc.assert(
    fc.asyncProperty(tensors, fc.array(jobs, { minLength: 1, maxLength: 4 }), chunks, async (tensor, list, chunk) => {
      const found = await quantizationErrors(streamed(tensor), list, { chunk, kernels });
      found.forEach((sums, i) => {
        const expected = referenceErrors(tensor, list[i]!);
        if (isSearch(list[i]!)) expect(Math.abs(sums.noise - expected.noise)).toBeLessThanOrEqual(1e-12 * expected.noise);
        else expectAlike(sums, expected);
      });
    }),
    { numRuns: 300 },
  );
});

test('the direct kernel equals its twin to the last bit', async () => {
  await fc.assert(
    fc.asyncProperty(tensors, jobs, chunks, async (tensor, job, chunk) => {
      const found = await quantizationErrors(streamed(tensor), [job], { chunk, kernels });
      expect(found).toEqual(await quantizationErrors(streamed(tensor), [job], { chunk, kernels: twins }));
    }),
    { numRuns: 300 },
  );
});

test('and equals it on any patterns of 32 bits', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 0, max: 2 ** 31 }), jobs, async (shape, seed, job) => {
      const n = shape.reduce((product, size) => product * size, 1);
      for (const kind of ['any', 'rare'] as const) {
        const tensor = { shape, weights: patterns32(n, seed, kind) };
        const found = await quantizationErrors(streamed(tensor), [job], { kernels });
        expect(found).toEqual(await quantizationErrors(streamed(tensor), [job], { kernels: twins }));
        if (!isSearch(job)) expectAlike(found[0]!, referenceErrors(tensor, job));
      }
    }),
    { numRuns: 100 },
  );
});

test('its sums do not depend on chunks or blocks, but on the place of a weight in its row alone', async () => {
  const tensor = { shape: [5, 1003], weights: draws(5 * 1003, 5, 3) };
  for (const block of [7, 32, 100, 'channel', 'tensor'] as const) {
    const list = [{ codebook: codebook(nf4, 'lower', 4), rule: { ...plain, block } }];
    const whole = await quantizationErrors(streamed(tensor), list, { kernels });
    for (const chunk of [1, 97, 1003, 2048, 5000])
      expect(await quantizationErrors(streamed(tensor), list, { chunk, kernels }), `${block}, ${chunk}`).toEqual(whole);
    const [{ signal, absSignal }] = whole as [ErrorSums];
    const [first] = await quantizationErrors(streamed(tensor), [{ ...list[0]!, rule: plain }], { kernels });
    expect([signal, absSignal]).toEqual([first!.signal, first!.absSignal]);
  }
});

test.each(['F16', 'BF16'] as const)('weights stored as %s are decoded by the kernel, and otherwise the same', async (type) => {
  const codes = patterns16(6 * 700, 5, 'any');
  const bytes = new Uint8Array(codes.buffer);
  const nReads = { stored: 0, decoded: 0 };
  const tensor = {
    type,
    shape: [6, 700],
    n: codes.length,
    async read(from: number, out: Float32Array | Float64Array) {
      nReads.decoded++;
      decode(type, bytes.subarray(2 * from, 2 * (from + out.length)), out);
    },
    async readStored(from: number, out: Uint8Array) {
      nReads.stored++;
      out.set(bytes.subarray(2 * from, 2 * from + out.length));
    },
  };
  const list = [plain, { ...plain, type: { kind: 'float', name: 'fp64' } } as const].map((rule) => ({
    codebook: codebook(nf4, 'lower', 4),
    rule,
  }));
  const found = await quantizationErrors(tensor, list, { chunk: 1000, kernels });
  expect([nReads.stored > 0, nReads.decoded]).toEqual([true, nReads.stored]);
  const expected = await quantizationErrors(tensor, list, { chunk: 1000 });
  found.forEach((sums, i) => {
    expectAlike(sums, expected[i]!);
  });
});

test('measurements that run at once do not meet', async () => {
  const all = Array.from({ length: 4 }, (_, i) => ({ shape: [4, 500], weights: draws(2000, 5, i) }));
  const list = [int4, nf4].map((levels) => ({ codebook: codebook(levels, 'even', 4), rule: { ...plain, block: 50 } }));
  const slowly = (tensor: Values) => ({
    ...streamed(tensor),
    async read(from: number, out: Float32Array | Float64Array) {
      await new Promise((done) => setTimeout(done, from % 3));
      await streamed(tensor).read(from, out);
    },
  });
  const together = await Promise.all(all.map((tensor) => quantizationErrors(slowly(tensor), list, { chunk: 100, kernels })));
  for (const [i, tensor] of all.entries())
    expect(together[i]).toEqual(await quantizationErrors(streamed(tensor), list, { chunk: 100, kernels }));
});

test('a kernel comes back from work that failed', async () => {
  const broken = { shape: [100], n: 100, read: () => Promise.reject(new Error('gone')) };
  const job = { codebook: codebook(nf4, 'lower', 4), rule: plain };
  await expect(quantizationErrors(broken, [job], { kernels })).rejects.toThrow('gone');
  const tensor = { shape: [100], weights: draws(100, 5, 1) };
  expectAlike((await quantizationErrors(streamed(tensor), [job], { kernels }))[0]!, referenceErrors(tensor, job));
});

test('pieces of more weights than it takes go to TypeScript', async () => {
  expect(await kernels.with(2 ** 22 + 1, async (kernel) => kernel)).toBe(undefined);
  expect(await kernels.with(2 ** 12, async (kernel) => kernel?.buffer(2 ** 12).length)).toBe(2 ** 12);
});

describe('as the reference, bit for bit in codes', () => {
  const shape = [16, 512];
  const n = 16 * 512;
  const base = draws(n, 5, 31);
  const at = (weights: Float32Array, ...values: readonly number[]): Float32Array => {
    values.forEach((value, i) => {
      weights[(i * 389) % n] = value;
    });
    return weights;
  };
  const books: Readonly<Record<string, Codebook>> = {
    int4: codebook(int4, 'even', 4),
    nf4: codebook(nf4, 'lower', 4),
    e2m1: codebook(e2m1Code, 'away', 4),
    'e2m1 sp': codebook(superPrecision, 'zero', 4),
    e3m0: codebook(e3m0, 'upper', 4),
    'no zero': codebook(
      e2m1.map((level) => level + 0.25),
      'even',
      4,
    ),
    'two levels': codebook([-1, 1], 'upper', 1),
    'one level': codebook([0.5], 'lower', 1),
    'no level': codebook([], 'lower', 4),
    huge: codebook([-3e38, -1, 0, 2e38, 3.4e38], 'lower', 4),
    tiny: codebook([-1e-45, 0, 1e-45, 1e-40, 1e-38], 'lower', 4),
    'one place in float32': codebook([-1, 0, 1e-60, 1e-50, 1], 'upper', 4),
  };
  const inputs: Readonly<Record<string, Float32Array>> = {
    'outliers x 1000': withOutliers(base, 50, 1000),
    'nothing but one weight': new Float32Array(n).fill(0.3),
    'blocks of zeros': base.map((w, i) => (i % 512 < 200 ? 0 : w)),
    'negative zeros': base.map((w, i) => (i % 3 === 0 ? -0 : w)),
    subnormals: base.map((w, i) => (i % 2 === 0 ? w * 2 ** -126 : i % 512 < 256 ? w * 2 ** -140 : w)),
    infinities: at(base.slice(), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    NaN: at(base.slice(), Number.NaN, Number.NaN, -Number.NaN),
    'nothing finite': new Float32Array(n).fill(Number.NaN, 0, 512).fill(Number.POSITIVE_INFINITY, 512),
    'reconstructs that overflow': at(base.slice(), 3.4e38, -3.4e38, 3.3e38),
    'code 0: the outermost levels': base.map((w, i) => (i % 32 === 0 ? -1 : i % 32 === 1 ? 1 : w)),
    'ties on midpoints': Float32Array.from({ length: n }, (_, i) => (i % 32 === 0 ? 6 : ((i % 49) - 24) / 4)),
    bf16: toBf16(base),
  };
  const rules: readonly ScaleRule[] = [
    ...[1, 3, 4, 16, 17, 32, 100, 512].map((block) => ({ ...plain, block })),
    { ...plain, block: 33, axis: 'flat' },
    { ...plain, anchor: { kind: 'signed_max' } },
    { ...plain, anchor: { kind: 'minmax' }, type: { kind: 'float', name: 'fp16' } },
    { ...plain, anchor: { kind: 'clip', of: 'absmax', fraction: 0.5 } },
    { ...plain, anchor: { kind: 'best_of', targets: [6, 4, 1], choose: 'mse' }, type: { kind: 'float', name: 'e4m3' } },
    { ...plain, anchor: { kind: 'mse', of: 'absmax', grid: 10, shrink: 0.4, per: 'block' } },
    { ...plain, type: { kind: 'e8m0', name: 'e8m0' }, anchor: { kind: 'max_power' }, rounding: 'floor' },
    // Saturated at a scale that is no float32.
    { ...plain, type: { kind: 'int', name: 'int30', bits: 30 } },
    {
      ...plain,
      block: 16,
      type: { kind: 'float', name: 'ue4m3' },
      second: { block: 'tensor', type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', offset: 'none', largest: undefined },
    },
  ];

  test.each(Object.entries(inputs))('%s', async (_, weights) => {
    const tensor = { shape, weights };
    const list = Object.values(books).flatMap((codebook) => rules.map((rule) => ({ codebook, rule })));
    const found = await quantizationErrors(streamed(tensor), list, { kernels });
    const expected = await quantizationErrors(streamed(tensor), list);
    found.forEach((sums, i) => {
      expectAlike(sums, expected[i]!);
    });
  });

  test('a scale that is no float32', async () => {
    const weights = withOutliers(base, 50, 1e30);
    const job = { codebook: books['int4']!, rule: rules.find(({ type }) => type.name === 'int30')! };
    const tensor = { shape, weights };
    expectAlike((await quantizationErrors(streamed(tensor), [job], { kernels }))[0]!, referenceErrors(tensor, job));
  });

  // A difference of nearly equal sums would lose what a sum of differences keeps.
  test('an error of a millionth of the weights is as exact', async () => {
    const ties: Ties = 'lower';
    const weights = Float32Array.from({ length: n }, (_, i) => ((i % 15) - 7) * (1 + (i % 11) * 2 ** -21));
    const job = { codebook: codebook(int4, ties, 4), rule: { ...plain, anchor: { kind: 'clip', of: 'max_level', fraction: 1 } } } as const;
    const tensor = { shape, weights };
    const [sums] = await quantizationErrors(streamed(tensor), [job], { kernels });
    const expected = referenceErrors(tensor, job);
    expect(expected.noise / expected.signal).toBeLessThan(1e-10);
    expectAlike(sums!, expected);
  });

  test('more zero points in a window than it holds lookups', async () => {
    // The zero point counts steps from the lowest level: of 10 000 there are many.
    const wide = codebook([0, 1, 100, 1000, 9999], 'even', 4);
    const weights = Float32Array.from({ length: n }, (_, i) => (i % 16 === 0 ? -(i / n) : i % 16 === 1 ? 1 : Math.abs(Math.sin(i))));
    const job = { codebook: wide, rule: { ...plain, block: 16, anchor: { kind: 'minmax' } } } as const;
    const tensor = { shape, weights };
    expectAlike((await quantizationErrors(streamed(tensor), [job], { kernels }))[0]!, referenceErrors(tensor, job));
  });
});
