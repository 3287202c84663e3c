import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import type { Netlist } from '../../../core/hardware/netlist/netlist.ts';
import { switchedArea } from '../../../core/hardware/power.ts';
import type { HardwareSource } from '../../../core/hardware/source.ts';
import { paperSource } from '../../support/paperSources.ts';
import { cells, models, read } from './netlist/netlists.ts';

// What a netlist switches, against probabilities that are known by counting.

const library = cellLibraries['sky130']!;

const areaOf = (cell: string): number => models.get(cell)!.area;

/** Nets 10 to 13 are `a`, 20 to 23 are `b`. */
const inputs = { clr: [2], a: [10, 11, 12, 13], b: [20, 21, 22, 23] };

/** One cell of two inputs on the lowest bits of both operands. */
const gate = (type: string): Netlist => read(inputs, { y: [30] }, [{ type, connections: { A: [10], B: [20], Y: [30] } }]);

/** Every one of 16 codes is in use. */
const all = paperSource('INT4');
const only = (code: number) => Array.from({ length: 16 }, (_, i) => Number(i === code));

/** Four standard deviations of a mean over 65 536 steps whose toggles are as good as independent, in toggles a step. */
const close = 4 * Math.sqrt(0.25 / 65_536);

function expectToggles(netlist: Netlist, cell: string, source: HardwareSource, usage: readonly number[] | undefined, p: number): void {
  const toggles = switchedArea(netlist, library, source, usage, 7) / areaOf(cell);
  expect(Math.abs(toggles - p)).toBeLessThan(close);
}

describe('a gate toggles as often as its probabilities have it', () => {
  test('an exclusive or of two even bits: every second step', () => expectToggles(gate(cells.xor2), cells.xor2, all, undefined, 1 / 2));

  test('a NAND of them: 1 a quarter of the time it is not', () =>
    expectToggles(gate(cells.nand2), cells.nand2, all, undefined, 2 * (3 / 4) * (1 / 4)));

  test('of codes that are used 3 to 1', () => {
    const usage = only(0).map((_, code) => (code === 0 ? 3 : Number(code === 1)));
    // The lowest bit is 1 a quarter of the time, of both operands.
    const isOne = 2 * (1 / 4) * (3 / 4);
    expectToggles(gate(cells.xor2), cells.xor2, all, usage, 2 * isOne * (1 - isOne));
  });

  test('of a format that does not use the code of -0: of its 15 codes 8 are odd', () => {
    const source = paperSource('E2M1');
    expect(source.grid.integers[8]).toBeUndefined();
    const isOdd = 8 / 15;
    const isOne = 2 * isOdd * (1 - isOdd);
    expectToggles(gate(cells.xor2), cells.xor2, source, undefined, 2 * isOne * (1 - isOne));
  });

  test('of int8 all patterns are as likely', () => {
    const top = read({ clr: [2], a: [10, 11, 12, 13], b: [20, 21, 22, 23, 24, 25, 26, 27] }, { y: [30] }, [
      { type: cells.inv, connections: { A: [27], Y: [30] } },
    ]);
    expectToggles(top, cells.inv, paperSource('INT4', 'int8'), undefined, 1 / 2);
  });
});

test('operands that never change switch nothing, and a clear only what depends on it', () => {
  expect(switchedArea(gate(cells.xor2), library, all, only(5), 1)).toBe(0);
  const cleared = read(inputs, { y: [30] }, [{ type: cells.inv, connections: { A: [2], Y: [30] } }]);
  // It comes once in 257 steps, and toggles twice.
  expect(switchedArea(cleared, library, all, only(5), 1) / areaOf(cells.inv)).toBeCloseTo(2 / 257, 2);
});

test('a flip-flop counts with its own area, and with its clock in every step', () => {
  const flipFlop = [...models.values()].find(({ kind }) => kind === 'flip-flop')!;
  if (flipFlop.kind !== 'flip-flop') throw new Error('No flip-flop');
  const held = read({ clk: [3], ...inputs }, { y: [30] }, [
    { type: flipFlop.name, connections: { [flipFlop.data]: [10], [flipFlop.clock]: [3], [flipFlop.output]: [30] } },
  ]);
  // Two inverters switch at both edges of the clock, whatever is held.
  expect(switchedArea(held, library, all, only(5), 1)).toBeCloseTo(4 * areaOf(cells.inv), 12);
  expectToggles(held, flipFlop.name, all, undefined, 1 / 2 + (4 * areaOf(cells.inv)) / areaOf(flipFlop.name));
});

test('the same seed gives the same figure to the last bit, another one nearly the same', () => {
  const netlist = gate(cells.nand2);
  const once = switchedArea(netlist, library, all, undefined, 3);
  expect(switchedArea(netlist, library, all, undefined, 3)).toBe(once);
  const other = switchedArea(netlist, library, all, undefined, 4);
  expect(other).not.toBe(once);
  expect(Math.abs(other / once - 1)).toBeLessThan(0.05);
});
