import { describe, expect, test } from 'vitest';
import type { Design } from '../../../../core/hardware/design.ts';
import { check } from '../../../../core/hardware/netlist/check.ts';
import { type Check, describeMismatch } from '../../../../core/hardware/netlist/mismatch.ts';
import type { Netlist } from '../../../../core/hardware/netlist/netlist.ts';
import { accumulatorDesign, adderDesign, segmentsDesign } from '../../../support/handDesigns.ts';
import { cells, flipFlop, fullAdder, gate, read, rippleAdder } from './netlists.ts';

function checked(design: Design, netlist: Netlist): Check {
  const result = check(design, netlist);
  if ('fault' in result) throw new Error(result.fault);
  return result;
}

describe('a combinational netlist', () => {
  test('is compared for every input', () => {
    expect(checked(adderDesign(4), read(...rippleAdder(4)))).toEqual({
      coverage: 'exhaustive',
      nVectors: 512,
      nEqual: 512,
      mismatches: [],
    });
  });

  test('is compared for every input where these take several passes', () => {
    expect(checked(adderDesign(7), read(...rippleAdder(7)))).toMatchObject({ coverage: 'exhaustive', nVectors: 2 ** 15, nEqual: 2 ** 15 });
  });

  test('with more than 20 input bits is compared at the corners and at some others', () => {
    const wide = checked(adderDesign(16), read(...rippleAdder(16)));
    expect(wide).toMatchObject({ coverage: 'sampled', nEqual: wide.nVectors, mismatches: [] });
    const [inputs, outputs, chain] = rippleAdder(16);
    const cut = checked(
      adderDesign(16),
      read(inputs, outputs, chain.with(15, { ...chain[15]!, connections: { ...chain[15]!.connections, CI: ['0'] } })),
    );
    expect(cut.nEqual).toBeLessThan(cut.nVectors);
  });

  test('that is wrong for one input out of 32768 is found, and the input named', () => {
    const [inputs, outputs, chain] = rippleAdder(7);
    // The top bit of the sum is inverted where all bits of `a` and `b` are 1 and the carry is 0: one vector.
    const bits = [...inputs['a']!, ...inputs['b']!];
    const ands = bits
      .slice(1)
      .flatMap((bit, i) => [
        gate(cells.nand2, i === 0 ? bits[0]! : 200 + 2 * i - 1, bit, 200 + 2 * i),
        gate(cells.inv, 200 + 2 * i, 200 + 2 * i + 1),
      ]);
    const all = 200 + 2 * (bits.length - 2) + 1;
    const only = [gate(cells.inv, inputs['c']![0]!, 300), gate(cells.nand2, all, 300, 301), gate(cells.inv, 301, 302)];
    const top = outputs['sum']!.at(-1)!;
    const netlist = read(inputs, { sum: outputs['sum']!.with(-1, 303) }, [...chain, ...ands, ...only, gate(cells.xor2, top, 302, 303)]);
    const { nVectors, nEqual, mismatches } = checked(adderDesign(7), netlist);
    expect(nVectors - nEqual).toBe(1);
    expect(mismatches.map(describeMismatch)).toEqual(['sum is 126 instead of 254 for a = 127, b = 127, c = 0']);
  });

  test('may give anything where the design does not care, and only there', () => {
    const netlist = (shown: readonly ('0' | '1' | number)[]): Netlist => read({ digit: [2, 3, 4, 5] }, { shown }, []);
    const { nVectors, nEqual } = checked(segmentsDesign, netlist(['1', '1', '1', '1', '1', '1', '0']));
    // All but the digit 0 and the six codes that are no digit.
    expect([nVectors, nEqual]).toEqual([16, 7]);
  });

  test('of which more is wrong than is described is counted in full', () => {
    const { nEqual, mismatches } = checked(adderDesign(4), read(rippleAdder(4)[0], { sum: ['0', '0', '0', '0', '0'] }, []));
    expect(nEqual).toBe(1);
    expect(mismatches).toHaveLength(4);
  });
});

describe('the ports must be those of the design:', () => {
  const [inputs, outputs, chain] = rippleAdder(4);
  const fault = (netlist: Netlist, design: Design = adderDesign(4)): unknown => check(design, netlist);

  test('an output that is missing', () => {
    expect(fault(read(inputs, {}, chain))).toEqual({ fault: 'The netlist of add4 has no output sum' });
  });
  test('an output that is too narrow', () => {
    expect(fault(read(inputs, { sum: outputs['sum']!.slice(0, 4) }, chain))).toEqual({
      fault: 'The netlist of add4 has 4 bits in port sum instead of 5',
    });
  });
  test('a port too many', () => {
    expect(fault(read({ ...inputs, z: [900] }, outputs, chain))).toEqual({
      fault: 'The netlist of add4 has a port z, which the design does not have',
    });
  });
  test('an input that nothing reads may be missing', () => {
    const { c: _, ...others } = inputs;
    const first = { ...chain[0]!, connections: { ...chain[0]!.connections, CI: ['0' as const] } };
    const result = checked(adderDesign(4), read(others, outputs, [first, ...chain.slice(1)]));
    expect(result.nEqual).toBe(256);
  });
  test('a clock that goes through a gate', () => {
    const gated = read({ clk: [2], clr: [3], a: [4, 5, 6, 7], b: [8, 9, 10, 11] }, { acc: Array.from({ length: 16 }, (_, i) => 20 + i) }, [
      gate(cells.inv, 2, 12),
      ...Array.from({ length: 16 }, (_, i) => flipFlop(3, 12, 20 + i)),
    ]);
    expect(fault(gated, accumulatorDesign)).toEqual({ fault: 'The netlist of accumulate has a flip-flop whose clock is not clk itself' });
  });
});

describe('a clocked netlist', () => {
  /** Counts how often `up` was 1 since the reset, modulo 2^width. */
  const counter = (width: number): Design => ({
    name: 'count',
    verilog: '',
    inputs: [
      { name: 'rst_n', width: 1 },
      { name: 'up', width: 1 },
    ],
    outputs: [{ name: 'n', width }],
    behaviour: {
      kind: 'clocked',
      next: ([n], [reset, up]) => (reset === 0n ? [0n] : n === undefined ? [] : [BigInt.asUintN(width, n + up!)]),
      outputs: (state) => state,
    },
  });

  /** `rst_n` is net 3, `up` net 4, the counter from net 10, its sum from 40, its carry from 70. */
  const counterCells = (width: number) =>
    Array.from({ length: width }, (_, i) => [
      fullAdder(10 + i, i === 0 ? 4 : '0', i === 0 ? '0' : 70 + i, 40 + i, 71 + i),
      gate(cells.nand2, 40 + i, 3, 100 + i),
      gate(cells.inv, 100 + i, 130 + i),
      flipFlop(130 + i, 2, 10 + i),
    ]).flat();
  const ports = (width: number) => [{ clk: [2], rst_n: [3], up: [4] }, { n: Array.from({ length: width }, (_, i) => 10 + i) }] as const;

  test('is compared along sequences from a reset, which is found by what it does', () => {
    const { coverage, nVectors, nEqual, mismatches } = checked(counter(6), read(...ports(6), counterCells(6)));
    expect({ coverage, mismatches, isEqual: nEqual === nVectors }).toEqual({ coverage: 'sampled', mismatches: [], isEqual: true });
    expect(nVectors).toBeGreaterThan(1000);
  });

  test('whose reset forgets a bit is found, because flip-flops come up with anything', () => {
    const list = counterCells(6).map((cell) => (cell.connections['Y']?.[0] === 105 ? gate(cells.nand2, 45, '1', 105) : cell));
    const { nVectors, nEqual } = checked(counter(6), read(...ports(6), list));
    expect(nEqual).toBeLessThan(nVectors);
  });

  test('whose tenth bit never carries is found by counting far enough', () => {
    const list = counterCells(10).map((cell) => (cell.connections['CI']?.[0] === 79 ? fullAdder(19, '0', '0', 49, 80) : cell));
    const { nVectors, nEqual, mismatches } = checked(counter(10), read(...ports(10), list));
    expect(nEqual).toBeLessThan(nVectors);
    expect(mismatches[0]).toMatchObject({ inputs: { rst_n: 1n, up: 1n }, output: 'n', expected: 512n, found: 0n });
  });
});

test('a behaviour that does not fit its port is our mistake', () => {
  const design: Design = { ...adderDesign(4), outputs: [{ name: 'sum', width: 4 }] };
  const [inputs, outputs, chain] = rippleAdder(4);
  expect(() => check(design, read(inputs, { sum: outputs['sum']!.slice(0, 4) }, chain))).toThrow('gives 16 for sum, which has 4 bits');
});
