import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaFeatures } from '../../../core/hardware/areaFeatures.ts';
import { bddNodes, type TruthTable } from '../../../core/hardware/bdd.ts';
import { paperSource } from '../../support/paperSources.ts';

const table = (nInputs: number, of: (m: number) => boolean): TruthTable =>
  Uint8Array.from({ length: 2 ** nInputs }, (_, m) => Number(of(m)));
const bit = (m: number, i: number): number => (m >> i) & 1;
const ones = (m: number): number => m.toString(2).replaceAll('0', '').length;
const downFrom = (n: number): number[] => Array.from({ length: n }, (_, i) => n - 1 - i);

/**
 * To be read: the diagram has a node for each subfunction that depends on its next input, a function and its complement counted once.
 * A subfunction is what is left when the first inputs of the order have values.
 */
function nodesByDefinition(functions: readonly TruthTable[], order: readonly number[]): number {
  const nodes = new Set<string>();
  const visit = (level: number, values: (m: number) => number): void => {
    if (level === order.length) return;
    const rest = order.slice(level);
    const column = Array.from({ length: 2 ** rest.length }, (_, m) =>
      values(rest.reduce((sum, input, i) => sum + bit(m, i) * 2 ** input, 0)),
    );
    const restricted = (value: number) => (m: number) => values(value === 1 ? m | (1 << order[level]!) : m & ~(1 << order[level]!));
    const depends = column.some((value, m) => value !== column[m ^ 1]);
    const text = column.join('');
    const complement = column.map((value) => 1 - value).join('');
    if (depends) nodes.add(`${level} ${text < complement ? text : complement}`);
    visit(level + 1, restricted(0));
    visit(level + 1, restricted(1));
  };
  for (const values of functions) visit(0, (m) => values[m]!);
  return nodes.size;
}

describe('nodes of a decision diagram', () => {
  test.each([
    ['a constant', table(4, () => true), 0],
    ['one input', table(4, (m) => bit(m, 2) === 1), 1],
    ['the complement of an input', table(4, (m) => bit(m, 2) === 0), 1],
    ['and', table(4, (m) => m === 15), 4],
    // With complement edges parity takes one node for each input (Brace, Rudell and Bryant, 1990).
    ['parity', table(6, (m) => ones(m) % 2 === 1), 6],
    ['majority of three', table(3, (m) => ones(m) >= 2), 4],
  ])('%s', (_, values, nodes) => {
    expect(bddNodes([values], downFrom(Math.log2(values.length)))).toBe(nodes);
  });

  test('grow without bound in a bad order: x1 x2 + x3 x4 + x5 x6 (Bryant, 1986)', () => {
    const pairs = table(6, (m) => [0, 2, 4].some((i) => bit(m, i) === 1 && bit(m, i + 1) === 1));
    expect(bddNodes([pairs], [0, 1, 2, 3, 4, 5])).toBe(6);
    expect(bddNodes([pairs], [0, 2, 4, 1, 3, 5])).toBe(14);
  });

  test('are shared by functions, also by a function and its complement', () => {
    const parity = table(5, (m) => ones(m) % 2 === 1);
    expect(bddNodes([parity, parity.map((value) => 1 - value)], downFrom(5))).toBe(5);
  });

  test('are those of the definition', () => {
    const some = fc
      .integer({ min: 1, max: 5 })
      .chain((n) =>
        fc.tuple(
          fc.array(fc.uint8Array({ minLength: 2 ** n, maxLength: 2 ** n, max: 1 }), { minLength: 1, maxLength: 3 }),
          fc.shuffledSubarray(downFrom(n), { minLength: n, maxLength: n }),
        ),
      );
    fc.assert(fc.property(some, ([functions, order]) => bddNodes(functions, order) === nodesByDefinition(functions, order)));
  });
});

describe('features of an area', () => {
  test('are widths, and nodes where there are few enough products', () => {
    expect(areaFeatures(paperSource('E2M1'))).toMatchObject({ accumulatorBits: 17, productBits: 9 });
    expect(areaFeatures(paperSource('E2M1', 'fp16')).productNodes).toBeUndefined();
  });

  test('of products rank formats as their published multipliers do: NF4 is far larger, APoT4 is no larger than INT4', () => {
    const nodes = (name: string): number => areaFeatures(paperSource(name)).productNodes!;
    expect(nodes('NF4')).toBeGreaterThan(2 * nodes('INT4'));
    expect(nodes('INT5')).toBeGreaterThan(nodes('INT4'));
    expect(nodes('E2M1_SP')).toBeGreaterThan(nodes('E2M1'));
  });

  test('with activations in int8 are of a table of 4096 rows', () => {
    expect(areaFeatures(paperSource('E2M1', 'int8')).productNodes).toBeLessThan(areaFeatures(paperSource('INT4', 'int8')).productNodes!);
  });
});
