import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { quantize } from '../../../core/quantize/reference.ts';
import type { Anchor, ScaleRounding, ScaleRule, ScaleType } from '../../../core/quantize/scaleRule.ts';
import { e2m1, e2m1Code, en25, int4, nf4, superRange } from './tables.ts';

/** Written by test/oracles/quantize.py with numpy, from the definitions in the publications. */
interface Oracle {
  readonly inputs: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly scheme: string;
    readonly input: string;
    readonly shape: readonly [number, number];
    readonly block: number;
    readonly scales: string;
    readonly reconstruct: string;
  }[];
}

const oracle: Oracle = JSON.parse(readFileSync(new URL('../../oracles/quantize.json', import.meta.url), 'utf8'));

const fp32: ScaleType = { kind: 'float', name: 'fp32' };
const e8m0: ScaleType = { kind: 'e8m0', name: 'e8m0' };

const rule = (
  anchor: Anchor['kind'] & ('absmax' | 'max_level' | 'max_power' | 'signed_max' | 'minmax'),
  more: Partial<ScaleRule> = {},
): ScaleRule => ({
  block: 32,
  axis: 'last',
  anchor: { kind: anchor },
  type: fp32,
  rounding: 'nearest',
  second: undefined,
  ...more,
});

const mx = (anchor: 'absmax' | 'max_power', rounding: ScaleRounding) => ({
  book: codebook(e2m1Code, 'even', 4),
  rule: rule(anchor, { type: e8m0, rounding }),
});

const schemes = {
  'codebook nf4': { book: codebook(nf4, 'lower', 4), rule: rule('max_level') },
  'codebook e2m1': { book: codebook(e2m1, 'lower', 4), rule: rule('max_level') },
  'codebook super-range': { book: codebook(superRange, 'lower', 4), rule: rule('max_level') },
  'codebook en_25': { book: codebook(en25, 'lower', 4), rule: rule('max_level') },
  'int sym': { book: codebook(int4, 'even', 4), rule: rule('max_level') },
  'int full': { book: codebook(int4, 'even', 4), rule: rule('signed_max') },
  'int asym': { book: codebook(int4, 'even', 4), rule: rule('minmax') },
  'mxfp4 floor': mx('max_power', 'floor'),
  'mxfp4 ceil': mx('max_power', 'ceil'),
  'mxfp4 even': mx('max_power', 'even'),
  'mxfp4 nearest': mx('max_power', 'nearest'),
  'mxfp4 rceil': mx('absmax', 'ceil'),
  nvfp4: {
    book: codebook(e2m1Code, 'even', 4),
    rule: rule('absmax', {
      type: { kind: 'float', name: 'ue4m3' },
      second: { block: 'tensor', type: fp32, rounding: 'nearest', offset: 'none', largest: undefined },
    }),
  },
  qlora: {
    book: codebook(nf4, 'lower', 4),
    rule: rule('absmax', {
      axis: 'flat',
      type: { kind: 'int', name: 'int8', bits: 8 },
      second: { block: 4, type: fp32, rounding: 'nearest', offset: 'mean', largest: undefined },
    }),
  },
};

test.each(Object.entries(schemes))('%s equals numpy bit for bit on hostile inputs', (scheme, { book, rule }) => {
  const cases = oracle.cases.filter((one) => one.scheme === scheme);
  expect(cases.length).toBeGreaterThanOrEqual(9);
  for (const { input, shape, block, scales, reconstruct } of cases) {
    const weights = unpacked(oracle.inputs[input]!).subarray(0, shape[0] * shape[1]);
    const quantized = quantize(weights, shape, book, { ...rule, block });
    const where = `${input}, ${shape.join(' x ')}`;
    expect(plain(quantized.scales), where).toEqual(plain(unpacked(scales)));
    expect(plain(quantized.reconstruct), where).toEqual(plain(unpacked(reconstruct)));
  }
});

test('the oracle covers each scheme that is tested', () => {
  expect(new Set(oracle.cases.map(({ scheme }) => scheme))).toEqual(new Set(Object.keys(schemes)));
});

/** Little-endian float32 in base64. */
function unpacked(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Without signs of zeros, which mean nothing in a reconstruct. */
const plain = (values: ArrayLike<number>): number[] => Array.from(values, (value) => value + 0);
