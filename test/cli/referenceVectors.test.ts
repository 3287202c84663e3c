import quantile from '@stdlib/stats-base-dists-t-quantile';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  apot4,
  apot4Sp,
  e2m1,
  e2m1Bnb,
  e2m1Intel,
  e3m0,
  en25,
  flint4,
  nf4,
  sf4,
  superPrecision,
  superPrecision2,
  superRange,
} from '../core/quantize/tables.ts';
import { evaluated, type JsonRow } from '../support/cli.ts';
import { npyFile } from '../support/npyFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

// NSR of one block of 128 values x_i = Q((i + 0.5) / 128), Q the quantile function of Student's t with nu = 5, under the semantics of the
// code of arXiv 2405.03103 (github.com/cornell-zhang/llm-datatypes): scale = absmax / largest level, ties to the lower level, and the three
// modes of its integers. Recomputed in float64 without that code; see `inFloat64` below, which is such a recomputation.
const published: Readonly<Record<string, number>> = {
  NF4: 0.00948555,
  'SF(5)': 0.00992277,
  E2M1_B: 0.02055398,
  E2M1_I: 0.01933019,
  E2M1: 0.01163231,
  INT4: 0.01995333,
  'INT4 full_range': 0.01605364,
  'INT4 asymmetric': 0.01804118,
  E2M1_SR: 0.01539205,
  E2M1_SP1: 0.01032777,
  E2M1_SP: 0.01159002,
  E3M0: 0.03634685,
  APoT4: 0.01297521,
  APoT4_SP: 0.01151173,
  flint4: 0.02305656,
  EN_25: 0.01305388,
};

/** What the clip search of that code finds on the same values, among the ratios 1, 0.995 ... 0.805. */
const publishedRatios: Readonly<Record<string, number>> = { 'SF(5)': 1, NF4: 0.975, E2M1: 0.98, E2M1_SP: 0.97, E2M1_SR: 1 };

// EN_25 has the six decimals of that code: by the formula, as `en25` of std.paper is, the NSR is 0.0130538850 instead of 0.0130538785.
const spec = (weights: string, type: 'fp64' | 'fp32'): string => `
use std.paper
weights t5 = "${weights}"
format EN_25 { levels = [${en25.toSorted((a, b) => a - b).join(', ')}] }
scale reference { block = 128, axis = last, anchor = max_level, type = ${type} }
scale full_range extends reference { anchor = signed_max }
scale asymmetric extends reference { anchor = minmax }

compare symmetric {
  formats = [NF4, SF(5), E2M1_B, E2M1_I, E2M1, INT4, E2M1_SR, E2M1_SP1, E2M1_SP, E3M0, APoT4, APoT4_SP, flint4, EN_25]
  on = t5
  scale = reference
}
compare integers { formats = INT4, on = t5, scale = [full_range, asymmetric] }
`;

const ratios = [1, 0.995, 0.985, 0.98, 0.975, 0.97, 0.965];
const ratioName = (ratio: number): string => `clip_${String(ratio).replace('.', '_')}`;
const clipSpec = `
use std.paper
weights t5 = "float64.npy"
scale searched { block = 128, axis = last, anchor = mse(of: max_level, per: tensor), type = fp64 }
${ratios.map((ratio) => `scale ${ratioName(ratio)} extends searched { anchor = clip(${ratio}, of: max_level) }`).join('\n')}
compare clipping {
  formats = [SF(5), NF4, E2M1, E2M1_SP, E2M1_SR]
  on = t5
  scale = [searched, ${ratios.map(ratioName).join(', ')}]
}
`;

const raw = Array.from({ length: 128 }, (_, i) => quantile((i + 0.5) / 128, 5));

const nsrByName = (rows: readonly JsonRow[]): Record<string, number> =>
  Object.fromEntries(rows.map(({ compare, format, scale, total }) => [compare === 'integers' ? `${format} ${scale}` : format, total.nsr!]));

const folder = temporaryFolder();
beforeAll(() => {
  folder.put('float64.npy', npyFile(Float64Array.from(raw)));
  folder.put('float32.npy', npyFile(Float32Array.from(raw)));
  folder.put('float64.nibble', spec('float64.npy', 'fp64'));
  folder.put('float32.nibble', spec('float32.npy', 'fp32'));
  folder.put('clip.nibble', clipSpec);
});

test('the published values are those of the semantics, in float64', () => {
  expect(digits(inFloat64(raw))).toEqual(digits(published));
});

test('`nibble eval` gives the 16 values of the reference semantics to all printed digits', async () => {
  expect(digits(nsrByName(await evaluated(folder.path, 'float64.nibble')))).toEqual(digits(published));
});

test('in float32 they differ by less than its rounding explains', async () => {
  const found = nsrByName(await evaluated(folder.path, 'float32.nibble'));
  expect(Object.keys(found).sort()).toEqual(Object.keys(published).sort());
  for (const [name, nsr] of Object.entries(found)) expect(Math.abs(nsr - published[name]!), name).toBeLessThan(1.2e-8);
});

describe('a clip search over the whole tensor', () => {
  let rows: readonly JsonRow[] = [];
  beforeAll(async () => {
    rows = await evaluated(folder.path, 'clip.nibble');
  });
  test.each(Object.entries(publishedRatios))('clips %s at %f of absmax', (format, ratio) => {
    const nsrAt = (scale: string): number => rows.find((row) => row.format === format && row.scale === scale)!.total.nsr!;
    expect(nsrAt('searched')).toBe(nsrAt(ratioName(ratio)));
    for (const other of ratios.filter((r) => r !== ratio)) expect(nsrAt(ratioName(other)), `${other}`).toBeGreaterThan(nsrAt('searched'));
  });
});

const digits = (values: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, nsr]) => [name, nsr.toFixed(8)]));

/** The semantics once more, straight from their description and from the tables as printed; nothing of the core has a part in it. */
function inFloat64(x: readonly number[]): Record<string, number> {
  const absmax = Math.max(...x.map(Math.abs));
  const low = Math.min(...x);
  const high = Math.max(...x);
  const signal = x.reduce((sum, v) => sum + v * v, 0);
  const nsr = (reconstruct: (v: number) => number): number => x.reduce((sum, v) => sum + (v - reconstruct(v)) ** 2, 0) / signal;
  const table = (published: readonly number[]): number => {
    const levels = published.toSorted((a, b) => a - b);
    const scale = absmax / Math.max(...levels);
    return nsr((v) => levels.find((level, i) => i + 1 === levels.length || v / scale <= (level + levels[i + 1]!) / 2)! * scale);
  };
  const integer = (scale: number, zero: number, least: number, most: number): number =>
    nsr((v) => (Math.min(most, Math.max(least, halfEven(v / scale) + zero)) - zero) * scale);
  const step = (high - low) / 15;
  return {
    NF4: table(nf4),
    'SF(5)': table(sf4),
    E2M1_B: table(e2m1Bnb),
    E2M1_I: table(e2m1Intel),
    E2M1: table(e2m1),
    INT4: integer(absmax / 7, 0, -8, 7),
    'INT4 full_range': integer(absmax / 8, 0, -8, 7),
    'INT4 asymmetric': integer(step, halfEven(-low / step), 0, 15),
    E2M1_SR: table(superRange),
    E2M1_SP1: table(superPrecision2),
    E2M1_SP: table(superPrecision),
    E3M0: table(e3m0),
    APoT4: table(apot4),
    APoT4_SP: table(apot4Sp),
    flint4: table(flint4),
    EN_25: table(en25),
  };
}

const halfEven = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
