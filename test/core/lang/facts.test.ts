import { describe, expect, test } from 'vitest';
import { factKey } from '../../../core/lang/facts.ts';
import { analysed, formatOf, found } from '../../support/analysed.ts';
import { knownOn } from '../../support/factsOn.ts';
import { draws } from '../profile/draws.ts';

const weights = draws(2 ** 12, 5, 8);

const head = `use std.paper
weights w = "a.safetensors"
weights v = "b.safetensors"
scale s { block = 64, axis = last, anchor = absmax }
`;

const pending = (spec: string): string[] => found(analysed(head + spec)).filter((one) => one.startsWith('format.pending'));

const worked = async (spec: string) => (await knownOn(analysed(head + spec), weights)).analysis;

describe('a format that rests on weights', () => {
  test('is pending, and says so, until they are read', () => {
    const analysis = analysed(`${head}format A { levels = optimal(w, scale: s) }\ncompare c { formats = [A, NF4], on = w, scale = s }`);
    expect(found(analysis)).toEqual(expect.arrayContaining(['format.pending at "optimal(w, scale: s)"']));
    expect(analysis.formats.size).toBe(0);
    expect(analysis.comparisons[0]!.rows.map(({ format }) => format.name)).toEqual(['NF4']);
    expect(analysis.asked.map(({ kind }) => kind)).toEqual(['optimum']);
  });

  test('is a format like any other once they are', async () => {
    const analysis = await worked(`format A { levels = optimal(w, scale: s), ties = even }
format B extends A { ties = away }
format C = A
compare c { formats = [A, B, C, NF4], on = w, scale = s }
assert sqnr(A, on: w, scale: s) >= sqnr(NF4, on: w, scale: s)`);
    expect(found(analysis).filter((one) => one.startsWith('format.'))).toEqual([]);
    expect(analysis.comparisons[0]!.rows.map(({ format }) => format.name)).toEqual(['A', 'B', 'C', 'NF4']);
    expect(formatOf(analysis, 'B').codebook.ascending).toEqual(formatOf(analysis, 'A').codebook.ascending);
    expect(formatOf(analysis, 'A').codebook.ascending).toHaveLength(16);
    expect(analysis.assertions.map(({ outcome }) => outcome)).toEqual(['holds']);
  });

  test('may be what another one rests on', async () => {
    const analysis = await worked(`format A { levels = optimal(w, scale: s) }
format B { bits = 3, levels = optimal(w, scale: s, grid: A) }
format C { bits = 3, levels = optimal(w, scale: s, grid: B) }`);
    const [a, b, c] = ['A', 'B', 'C'].map((name) => formatOf(analysis, name).codebook.ascending);
    expect([...b!].every((level) => a!.includes(level))).toBe(true);
    expect(c).toEqual(b);
  });

  test('is worked out for the width of the format that inherits it', async () => {
    const analysis = await worked('format A { levels = optimal(w, scale: s) }\nformat B extends A { bits = 3 }');
    expect(formatOf(analysis, 'B').codebook.ascending).toHaveLength(8);
  });

  test('holds what is asked of its levels', async () => {
    const analysis = await worked(`format Zero { levels = optimal(w, scale: s, zero: true) }
format Pairs { levels = optimal(w, scale: s, symmetric: true, zero: true) }
format Step { levels = optimal(w, scale: s, zero: true, grid: 1/15) * 15 }
format Some { levels = optimal(w, scale: s, grid: [-8, -5..5, 7]) }
format Pinned { levels = optimal(w, scale: s, pin: [0.25, -0.5]) }
format Spare { levels = optimal(w, scale: s, zero: true, symmetric: spare, grid: 1/32) }
format Halved { levels = -optimal(w, scale: s) }`);
    const levels = (name: string): number[] => [...formatOf(analysis, name).codebook.ascending];
    expect(levels('Zero')).toContain(0);
    expect(levels('Pairs')).toHaveLength(15);
    expect(
      levels('Pairs')
        .map((x) => 0 - x)
        .reverse(),
    ).toEqual(levels('Pairs'));
    expect(levels('Step').map((x) => Math.abs(x - Math.round(x)))).toEqual(levels('Step').map(() => expect.closeTo(0, 9)));
    expect(levels('Some').every((x) => [-8, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7].includes(x))).toBe(true);
    expect(levels('Some')).toContain(-8);
    expect(levels('Pinned')).toEqual(expect.arrayContaining([0.25, -0.5]));
    expect(levels('Spare')).toHaveLength(16);
    // The codes of a construction are in an order, which a negative factor would turn.
    expect(found(analysis)).toContain('argument.invalid at "-optimal(w, scale: s)"');
  });

  test('has quantiles of its own weights', async () => {
    const analysis = await worked('format A { levels = quantiles(empirical(w)) }\nformat T { levels = quantiles(student_t(5)) }');
    const [a, t] = ['A', 'T'].map((name) => formatOf(analysis, name).codebook.ascending);
    // 4096 draws of that t: the quantile of 3 in a hundred, which all are divided by, is known to 5 %.
    for (const [i, level] of t!.entries()) expect(Math.abs(a![i]! - level)).toBeLessThan(0.06);
    expect(a).not.toEqual(t);
  });

  test('that needs itself is in a circle', () => {
    expect(found(analysed(`${head}format A { levels = optimal(w, scale: s, grid: A) }`))).toContain('extends.cycle at "A"');
    expect(found(analysed('format A { levels = int(), scale = { block = 4, axis = last, anchor = absmax, type = A } }'))).toEqual([
      'extends.cycle at "A"',
    ]);
    const family =
      'format F(n) { levels = [-8..7] * n, scale = { block = 4, axis = last, anchor = absmax, type = F(n + 1) } }\nlet f = [F(1)]';
    expect(found(analysed(`${family}\nformat G = F(1)`)).filter((one) => one.startsWith('extends.cycle'))).not.toEqual([]);
  });
});

describe('what is asked for', () => {
  const keyOf = (spec: string): string => factKey(analysed(head + spec).asked[0]!);

  test('is told apart by everything that the answer depends on', () => {
    const specs = [
      'format A { levels = optimal(w, scale: s) }',
      'format A { levels = optimal(v, scale: s) }',
      'format A { levels = optimal([w, v], scale: s) }',
      'format A { levels = optimal([w, v], scale: s, weigh: [2, 1]) }',
      'format A { bits = 5, levels = optimal(w, scale: s) }',
      'format A { levels = optimal(w, scale: s, objective: mae) }',
      'format A { levels = optimal(w, scale: s, zero: true) }',
      'format A { levels = optimal(w, scale: s, symmetric: true) }',
      'format A { levels = optimal(w, scale: s, pin: 0.5) }',
      'format A { levels = optimal(w, scale: s, grid: 1/15) }',
      'format A { levels = optimal(w, scale: s, grid: NF4) }',
      'scale t extends s { block = 32 }\nformat A { levels = optimal(w, scale: t) }',
      'scale t extends s { type = fp16 }\nformat A { levels = optimal(w, scale: t) }',
      'format A { levels = quantiles(empirical(w)) }',
      'assert nu(w) > 3',
      'assert ks(w, normal()) > 0',
      'assert ks(w, student_t(3)) > 0',
      'assert ks(w, student_t(4)) > 0',
    ];
    expect(new Set(specs.map(keyOf)).size).toBe(specs.length);
  });

  test('is one and the same however it is written', () => {
    const plain = keyOf('format A { levels = optimal(w, s) }');
    expect(
      keyOf('let no = false\nformat B { ties = even, levels = optimal(scale: s, weights: [w], weigh: 1, symmetric: no, pin: []) }'),
    ).toBe(plain);
    expect(keyOf('scale t extends s { type = fp32 }\nformat B { levels = 2 * optimal(w, scale: t, objective: mse) }')).toBe(plain);
  });
});

describe('a slip is said where it is', () => {
  test.each([
    ['format A { levels = optimal(4, scale: s) }', 'type.mismatch at "4"'],
    ['format A { levels = optimal([], scale: s) }', 'argument.invalid at "[]"'],
    ['format A { levels = optimal([w, s], scale: s) }', 'type.mismatch at "[w, s]"'],
    ['format A { levels = optimal([w, v], scale: s, weigh: [1]) }', 'argument.invalid at "[1]"'],
    ['format A { levels = optimal([w, v], scale: s, weigh: [1, 0]) }', 'argument.invalid at "[1, 0]"'],
    ['format A { levels = optimal(w, scale: NF4) }', 'type.mismatch at "NF4"'],
    ['format A { levels = optimal(w) }', 'argument.missing at "optimal"'],
    ['format A { levels = optimal(w, scale: s, grid: -1) }', 'argument.invalid at "-1"'],
    ['format A { levels = optimal(w, scale: s, grid: []) }', 'argument.invalid at "[]"'],
    ['format A { levels = optimal(w, scale: s, grid: true) }', 'type.mismatch at "true"'],
    ['format A { levels = optimal(w, scale: s, symmetric: 1) }', 'type.mismatch at "1"'],
    ['format A { levels = optimal(w, scale: s, objective: max_error) }', 'argument.missing at "max_error"'],
    [
      'format A { levels = optimal(w, scale: { block = 4, axis = last, anchor = minmax }) }',
      'argument.invalid at "{ block = 4, axis = last, anchor = minmax }"',
    ],
    ['format A { bits = 7, levels = optimal(w, scale: s) }', 'argument.invalid at "optimal(w, scale: s)"'],
    ['format A { levels = quantiles(empirical(s)) }', 'type.mismatch at "s"'],
    ['assert ks(w, empirical(w)) > 0', 'type.mismatch at "empirical(w)"'],
    ['assert nu(NF4) > 0', 'type.mismatch at "NF4"'],
  ])('%s', async (spec, expected) => {
    const analysis = (await knownOn(analysed(head + spec), weights)).analysis;
    expect(found(analysis)).toContain(expected);
  });

  test('what cannot be is said once the weights are read', async () => {
    const pins = Array.from({ length: 17 }, (_, i) => `${i}/32`).join(', ');
    const analysis = await worked(`format A { levels = optimal(w, scale: s, pin: [${pins}]) }`);
    expect(analysis.findings.map(({ message }) => message)).toContainEqual(expect.stringContaining('cannot hold the 1'));
    const beyond = await worked('format A { levels = optimal(w, scale: s, pin: 2) }');
    expect(beyond.findings.map(({ message }) => message)).toContainEqual('Levels lie from -1 to 1; 2 cannot be one');
  });
});

test('nu and ks are numbers once the weights are read', async () => {
  const spec = `let tails = nu(w)
assert tails > 4
assert tails < 6.5
assert ks(w, student_t(5)) < ks(w, normal())
assert ks(w, student_t(5)) < 2 %`;
  expect(analysed(head + spec).assertions.map(({ outcome }) => outcome)).toEqual(['pending', 'pending', 'pending', 'pending']);
  const analysis = await worked(spec);
  expect(analysis.assertions.map(({ outcome, text }) => `${text}: ${outcome}`)).toEqual([
    'tails > 4: holds',
    'tails < 6.5: holds',
    'ks(w, student_t(5)) < ks(w, normal()): holds',
    'ks(w, student_t(5)) < 2 %: holds',
  ]);
});

test('what comes from weights may not be a format of another file that is silent about it', () => {
  const analysis = analysed('use "other.nibble"\ncompare c { formats = A, on = w, scale = s }', {
    'other.nibble': `${head}format A { levels = optimal(w, scale: s) }`,
  });
  expect(found(analysis)).toContain('format.pending at "A"');
  expect(pending('format A { levels = optimal(w, scale: s) }')).toHaveLength(1);
});
