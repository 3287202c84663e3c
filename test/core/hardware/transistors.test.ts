import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import { cellModels } from '../../../core/hardware/netlist/cellModel.ts';
import { transistorsOf } from '../../../core/hardware/transistors.ts';

// Weste and Harris, CMOS VLSI Design, 4th edition: sections 1.4 (gates, compound gates, multiplexers, flip-flops), 9.2 and 11.2 (exclusive or, adders).
const textbook: Readonly<Record<string, number>> = {
  inv: 2,
  buf: 4,
  nand2: 4,
  nand3: 6,
  nand4: 8,
  nor2: 4,
  nor3: 6,
  nor4: 8,
  and2: 6,
  and4: 10,
  or3: 8,
  aoi21: 6,
  aoi22: 8,
  aoi211: 8,
  aoi221: 10,
  aoi222: 12,
  oai21: 6,
  oai22: 8,
  oai33: 12,
  xor2: 12,
  xnor2: 12,
  mux2: 12,
  DFF: 24,
  FA: 28,
};

describe('the transistors of a cell are those of static CMOS in textbooks', () => {
  const models = cellModels(cellLibraries['nangate45']!);
  test.each(Object.entries(textbook))('%s: %d', (name, count) => {
    expect(transistorsOf(models.get(name)!)).toBe(count);
  });

  test('of a cell that no textbook has, from its function: a majority, by five literals and an inverter', () => {
    const majority = { kind: 'logic', name: 'x', area: 1, inputs: ['A', 'B', 'C'], outputs: [{ pin: 'Y', truthTable: 0xe8n }] } as const;
    expect(transistorsOf(majority)).toBe(12);
  });

  test('an input that comes inverted takes an inverter, and one on which nothing depends takes nothing', () => {
    const of = (truthTable: bigint) =>
      transistorsOf({ kind: 'logic', name: 'x', area: 1, inputs: ['A', 'B'], outputs: [{ pin: 'Y', truthTable }] });
    // !(!A & B), and !A.
    expect(of(0b1011n)).toBe(6);
    expect(of(0b0101n)).toBe(2);
  });
});

test('every cell of every library has its transistors', () => {
  for (const library of Object.values(cellLibraries))
    for (const model of cellModels(library).values()) expect(transistorsOf(model), model.name).toBeGreaterThan(0);
});
