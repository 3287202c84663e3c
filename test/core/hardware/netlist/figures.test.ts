import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../../core/hardware/netlist/figures.ts';
import { partOf } from '../../../../core/hardware/netlist/part.ts';
import { cells, flipFlop, gate, read, rippleAdder } from './netlists.ts';

const { inv, nand2 } = cells;

describe('figures', () => {
  test('area is the sum of the published areas', () => {
    // SkyWater sky130_fd_sc_hd: inverter and NAND 3.7536 um^2, flip-flop 20.0192 um^2.
    const netlist = read({ clk: [2], a: [3] }, { q: [6] }, [gate(inv, 3, 4), gate(nand2, 4, 6, 5), flipFlop(5, 2, 6)]);
    const { area, nCells } = figuresOf(netlist);
    expect(area).toBeCloseTo(2 * 3.7536 + 20.0192, 10);
    expect(nCells).toEqual({ DFF: 1, [inv]: 1, [nand2]: 1 });
  });

  test('levels of logic are the cells on the longest path, which begins and ends at flip-flops too', () => {
    expect(figuresOf(read(...rippleAdder(5))).levelsOfLogic).toBe(5);
    const chain = [gate(inv, 3, 4), gate(inv, 4, 5), flipFlop(5, 2, 6), gate(inv, 6, 7)];
    expect(figuresOf(read({ clk: [2], a: [3] }, { y: [7] }, chain)).levelsOfLogic).toBe(2);
  });

  test('a wire has no level, nor has a cell that only constants feed', () => {
    expect(figuresOf(read({ a: [2] }, { y: [2] }, [])).levelsOfLogic).toBe(0);
    expect(figuresOf(read({ a: [2] }, { y: [3] }, [gate(inv, '0', 3)])).levelsOfLogic).toBe(0);
  });
});

describe('a part', () => {
  const both = read({ clk: [2], d0_a: [3], d1_a: [4], d10_a: [20] }, { d0_y: [6], d1_y: [8], d10_y: [21] }, [
    gate(inv, 3, 5),
    flipFlop(5, 2, 6),
    gate(inv, 4, 7),
    gate(inv, 7, 8),
    gate(inv, 20, 21),
  ]);

  test('has its own ports, without the prefix, and its own cells', () => {
    const part = partOf(both, 'd1_', ['clk']);
    if ('fault' in part) throw new Error(part.fault);
    expect(part.inputs.map(({ name }) => name)).toEqual(['a']);
    expect(part.outputs.map(({ name }) => name)).toEqual(['y']);
    expect(figuresOf(part).nCells).toEqual({ [inv]: 2 });
  });

  test('has the clock where it has a flip-flop', () => {
    const part = partOf(both, 'd0_', ['clk']);
    expect('fault' in part ? part.fault : part.inputs.map(({ name }) => name)).toEqual(['clk', 'a']);
  });

  test('that reads an input of another design is a fault', () => {
    const mixed = read({ d0_a: [2], d1_a: [3] }, { d0_y: [4] }, [gate(nand2, 2, 3, 4)]);
    expect(partOf(mixed, 'd0_', ['clk'])).toEqual({ fault: 'The netlist of d0_ depends on the input d1_a of another design' });
  });
});
