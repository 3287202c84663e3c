import { describe, expect, test } from 'vitest';
import { publishedDesigns } from '../../../../core/ide/pictures/designs.ts';
import { measuredGroups, scaleGroups } from '../../../../core/ide/pictures/groups.ts';
import { evaluationKey } from '../../../../core/lang/evaluationKey.ts';
import { zero } from '../../../../core/measure/errorSums.ts';
import type { Design } from '../../../../core/view/pareto.ts';
import { analysed } from '../../../support/analysed.ts';

const design = (name: string): Design => ({
  key: name,
  name,
  series: 'block32',
  origin: 'measured',
  isOfPaper: true,
  figures: { sqnr: 20, area: 200, areaRatio: 1.5, ge: 250, overhead: 0.1 },
  intervals: {},
});

test('published areas are those of the table of arXiv 2405.03103 over its INT4, with the error measured here', () => {
  // The last is of another document, which has a format of that name.
  const found = publishedDesigns([design('INT4'), design('E2M1_SP'), design('NF4'), { ...design('E2M1'), isOfPaper: false }]);
  expect(found.map(({ name, origin, figures }) => [name, origin, figures.sqnr, figures.area])).toEqual([
    ['INT4', 'published', 20, null],
    ['E2M1_SP', 'published', 20, null],
  ]);
  expect(found[0]!.figures.areaRatio).toBe(1);
  expect(found[1]!.figures.areaRatio).toBeCloseTo(218.0 / 160.7, 12);
  expect(found[1]!.figures.overhead).toBeCloseTo(0.036, 12);
});

describe('groups', () => {
  const analysis = analysed(`use std.paper
weights a = "a.npy"
weights b = "b.npy"
scale s { block = 4, axis = last, anchor = absmax, type = fp32 }
scale t extends s { block = 8 }
compare both { formats = [NF4, INT4], on = [a, b], scale = [s, t] }
compare one { formats = [NF4], on = a, scale = s }
let known = sqnr(E2M1, on: a, scale: s)
`);
  const result = { tensors: [], total: zero(4), noiseBound: 0, estimates: undefined };
  const all = [...analysis.comparisons.flatMap(({ rows }) => rows), ...analysis.requests.map(({ evaluation }) => evaluation)];
  const groupsOf = (evaluations: typeof all) => measuredGroups(analysis, new Map(evaluations.map((one) => [evaluationKey(one), result])));

  test('are one for each comparison and weights, then what only others ask for', () => {
    const groups = groupsOf(all);
    expect(groups.map(({ compare, weights, rows }) => [compare, weights.name, rows.length])).toEqual([
      ['both', 'a', 4],
      ['both', 'b', 4],
      ['one', 'a', 1],
      [null, 'a', 1],
    ]);
  });

  test('leave out what was not measured', () => {
    expect(groupsOf(all.filter(({ weights }) => weights.name === 'b')).map(({ weights }) => weights.name)).toEqual(['b']);
    expect(groupsOf([])).toEqual([]);
  });

  test('split by the scales that formats share', () => {
    const [both, , one] = groupsOf(all);
    expect(scaleGroups(both!.rows).map(({ scale, rows }) => [scale, rows.length])).toEqual([
      ['s', 2],
      ['t', 2],
    ]);
    expect(scaleGroups(one!.rows).map(({ scale }) => scale)).toEqual(['s']);
  });
});
