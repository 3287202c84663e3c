import { describe, expect, test } from 'vitest';
import { type Codebook, codebook } from '../../../core/format/codebook.ts';
import { analyse } from '../../../core/lang/analysis.ts';
import { codebookClaims } from '../../../core/paper/codebookClaims.ts';
import { type ErrorGrid, errorBlocks, errorClaims } from '../../../core/paper/errorClaims.ts';
import { frontClaim } from '../../../core/paper/frontClaim.ts';
import { hardwareClaims } from '../../../core/paper/hardwareClaims.ts';
import { weightProfileClaim } from '../../../core/paper/profileClaims.ts';
import { publishedCodebooks } from '../../../core/paper/publishedCodebooks.ts';
import { publishedProfiles } from '../../../core/paper/publishedProfiles.ts';
import { perplexityModels, publishedByBlock, publishedPerplexities } from '../../../core/paper/publishedQuality.ts';
import { type MeasuredQuality, qualityClaims } from '../../../core/paper/qualityClaims.ts';
import type { Design } from '../../../core/view/pareto.ts';
import { chartColours } from '../../../core/view/svg/colours.ts';

const analysis = analyse(
  'file:///paper.nibble',
  ['use std.paper', ...[3, 4, 5, 6, 10, 30, 100, 1000, 10_000, 1_000_000].map((nu) => `format SF_${nu} = SF(${nu})`)]
    .concat(publishedCodebooks.map(({ format }) => `format own_${format} = ${format}`))
    .join('\n'),
  { read: () => ({ problem: 'there are no files' }), resolve: (_from, path) => path },
);
const formats = new Map([...analysis.formats].map(([symbol, { codebook: own }]) => [symbol.name, own]));
const codebookOf = (name: string): Codebook => formats.get(/^SF\(/.test(name) ? `SF_${/\d+/.exec(name)![0]}` : `own_${name}`)!;

describe('levels', () => {
  test('what std.paper derives equals what is printed', () => {
    const claims = codebookClaims(codebookOf);
    expect(claims.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['algorithm-1', 'agrees'],
      ['normal-limit', 'agrees'],
      ['codebooks', 'agrees'],
    ]);
  });

  test('a level that is off by a printed digit is told', () => {
    const bent = (name: string): Codebook => {
      const own = codebookOf(name);
      return name === 'E3M0' ? codebook([...own.ascending.slice(0, -1), 15], 'lower', 4) : own;
    };
    const [, , all] = codebookClaims(bent);
    expect(all).toMatchObject({ verdict: 'agrees in part', why: 'E3M0 differ' });
    expect(all!.tables[0]!.rows.find(([format]) => format === 'E3M0')!.at(-1)).toBe(1);
  });

  test('the published tables have as many levels as the paper says', () => {
    expect(Object.fromEntries(publishedCodebooks.map(({ format, levels }) => [format, levels.length]))).toEqual({
      ...Object.fromEntries(['E2M1_I', 'E2M1_B', 'E2M1', 'E3M0', 'APoT4'].map((name) => [name, 15])),
      ...Object.fromEntries(['NF4', 'SF4', 'INT4', 'E2M1_SR', 'E2M1_SP', 'APoT4_SP'].map((name) => [name, 16])),
    });
  });
});

describe('profiles', () => {
  const measured = (nu: number | undefined, ksDelta: number) => ({
    subject: 'weights w',
    normalisation: 'as they are',
    summary: {
      nTensors: 2,
      nAsGoodAsNormal: 0,
      nWithoutFit: 0,
      nu: nu === undefined ? undefined : { mean: nu, sd: 1 },
      medianNu: nu,
      ksDelta: { mean: ksDelta, sd: 0 },
    },
  });

  test('both halves of what is said decide', () => {
    expect(weightProfileClaim([]).verdict).toBe('not measured');
    expect(weightProfileClaim([measured(5, 0.02)]).verdict).toBe('agrees');
    expect(weightProfileClaim([measured(30, 0.02)]).verdict).toBe('agrees in part');
    expect(weightProfileClaim([measured(5, -0.02)]).verdict).toBe('differs');
    expect(weightProfileClaim([measured(undefined, 0)]).verdict).toBe('differs');
  });

  test('thirty networks, as the paper counts them', () => {
    expect(publishedProfiles).toHaveLength(30);
    expect(new Set(publishedProfiles.map(({ model }) => model)).size).toBe(30);
  });
});

describe('errors', () => {
  /** SQNR that follows the paper's accuracies: they fall together. */
  const like: ErrorGrid = {
    subject: 'w',
    sqnr: new Map(Object.entries(publishedByBlock).map(([format, changes]) => [format, [...changes, changes.at(-1)!]])),
    superRangeUnclipped: errorBlocks.map(() => 0),
  };
  const upsideDown: ErrorGrid = {
    ...like,
    sqnr: new Map([...like.sqnr].map(([format, values]) => [format, values.map((value) => -value)])),
  };

  test('the same order agrees, the opposite one differs', () => {
    expect(errorClaims([like]).map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees', expect.any(String)]);
    expect(errorClaims([upsideDown])[0]!.verdict).toBe('differs');
    expect(errorClaims([upsideDown])[1]!.verdict).toBe('differs');
  });

  test('without weights nothing is said to be measured', () => {
    expect(errorClaims([]).map(({ verdict }) => verdict)).toEqual(['not measured', 'not measured', 'not measured']);
  });
});

describe('models', () => {
  const plain = (model: number, sign: 1 | -1): MeasuredQuality => ({
    subject: 'm',
    quantized: 'weights',
    method: 'nearest',
    scale: 'blocks of 128',
    isByRow: false,
    perplexity: 3,
    changes: new Map(
      Object.entries(publishedPerplexities).map(([format, values]) => {
        const value = sign * (values[model]! - perplexityModels[model]!.unquantized);
        return [format, { value, low: value - 1, high: value + 1 }];
      }),
    ),
  });

  test('a model that is one of the paper agrees with it, its opposite differs', () => {
    const [order, student] = qualityClaims([plain(1, 1)]);
    expect(order!.verdict).toBe('agrees');
    expect(student!.verdict).toBe('agrees');
    expect(order!.tables.at(-1)!.rows[0]![2]).toBeCloseTo(1, 12);
    expect(qualityClaims([plain(1, -1)])[0]!.verdict).toBe('differs');
  });

  test('a method is compared with round-to-nearest under the same condition only', () => {
    const better: MeasuredQuality = { ...plain(1, 1), method: 'gptq', changes: new Map([['NF4', { value: 0.1, low: 0, high: 1 }]]) };
    const claimOf = (all: readonly MeasuredQuality[]) => qualityClaims(all).find(({ id }) => id === 'gptq')!;
    expect(claimOf([plain(1, 1), better])).toMatchObject({ verdict: 'agrees', measured: 'Perplexity grows less in 1 of 1 cases' });
    expect(claimOf([plain(1, 1), { ...better, scale: 'another' }]).verdict).toBe('not measured');
    expect(claimOf([better]).verdict).toBe('not measured');
  });

  test('nothing is measured without a model', () => {
    expect(new Set(qualityClaims([]).map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
  });
});

describe('hardware', () => {
  test('the formula of the overhead gives the printed column without any synthesis', () => {
    const claims = hardwareClaims(undefined);
    expect(Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]))).toEqual({
      areas: 'not measured',
      accumulators: 'not measured',
      overhead: 'agrees',
    });
  });

  test('the front is among the synthesised formats, and is drawn', () => {
    const design = (name: string, areaRatio: number, sqnr: number): Design => ({
      key: name,
      name,
      series: 's',
      origin: 'measured',
      figures: { areaRatio, sqnr },
      intervals: {},
    });
    const designs = [
      design('INT4', 1, 15),
      design('E2M1', 1.06, 17),
      design('E2M1_SP', 1.36, 18),
      design('E3M0', 1.35, 12),
      design('NF4', 0.5, 30),
    ];
    const claim = frontClaim([{ subject: 'w', x: 'areaRatio', y: 'sqnr', designs }]);
    expect(claim).toMatchObject({ verdict: 'agrees', measured: 'w: INT4, E2M1, E2M1_SP' });
    expect(claim.pictures[0]!.draw({ width: 700, colours: chartColours.light, id: 'f' })).toContain('<svg');
    expect(frontClaim([{ subject: 'w', x: 'areaRatio', y: 'sqnr', designs: [design('E3M0', 1, 15)] }]).verdict).toBe('differs');
  });
});
