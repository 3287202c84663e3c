import { describe, expect, test } from 'vitest';
import { check } from '../../../../core/hardware/netlist/check.ts';
import { readNetlist } from '../../../../core/hardware/netlist/readNetlist.ts';
import { writeNetlist } from '../../../../core/hardware/netlist/writeNetlist.ts';
import { adderDesign } from '../../../support/handDesigns.ts';
import { cells, flipFlop, gate, models, netlistJson, read, rippleAdder } from './netlists.ts';

const { inv, nand2 } = cells;
const faultOf = (json: string, module = 'top'): string | undefined => {
  const netlist = readNetlist(json, module, models);
  return 'fault' in netlist ? netlist.fault : undefined;
};

describe('a netlist is refused with the reason where', () => {
  test.each([
    ['it is no JSON', '{', /no JSON/],
    ['there are no modules', '{}', /no `modules`/],
    ['the modules are a list', '{"modules": []}', /modules of the netlist to be an object/],
    ['the module is missing', netlistJson({}, {}, []).replace('"top"', '"other"'), /no `top`/],
    [
      'a cell is not in the library',
      netlistJson({ a: [2] }, { y: [3] }, [gate('NAND9', 2, 3)]),
      /g0 is a NAND9, which the library does not have/,
    ],
    ['a cell is named like a property of objects', netlistJson({ a: [2] }, { y: [3] }, [gate('__proto__', 2, 3)]), /__proto__/],
    ['a pin is missing', netlistJson({ a: [2] }, { y: [3] }, [gate(nand2, 2, 3)]), /no `B` in cell g0/],
    [
      'a pin has two nets',
      netlistJson({ a: [2] }, { y: [3] }, [{ type: inv, connections: { A: [2, 2], Y: [3] } }]),
      /A of cell g0 has 2 nets/,
    ],
    ['a net has no value', netlistJson({ a: [2] }, { y: ['x'] }, []), /port y is x/],
    ['a net has two drivers', netlistJson({ a: [2] }, { y: [2] }, [gate(inv, 2, 2)]), /driven by both port a and cell g0/],
    ['a constant is driven', netlistJson({ a: [2] }, {}, [gate(inv, 2, '1')]), /driven by both the constant 1 and cell g0/],
    ['a net has no driver', netlistJson({ a: [2] }, { y: [3] }, []), /net of port y has no driver/],
    ['gates form a loop', netlistJson({ a: [2] }, { y: [3] }, [gate(nand2, 2, 4, 3), gate(inv, 3, 4)]), /form a loop/],
    ['a port is neither input nor output', netlistJson({ a: [2] }, {}, []).replace('"input"', '"inout"'), /direction of port a/],
    ['bits are no list', netlistJson({ a: [2] }, {}, []).replace('[2]', '2'), /nets of port a are no list/],
  ])('%s', (_, json, reason) => {
    expect(faultOf(json)).toMatch(reason);
  });
});

test('names in faults show no control characters', () => {
  const json = netlistJson({ a: [2] }, { y: [3] }, [gate('EVIL\u202e\u0007', 2, 3)]);
  expect(faultOf(json)).toContain('EVIL\\u{202e}\\u{7}');
});

test('a loop through a flip-flop is none', () => {
  const netlist = read({ clk: [2] }, { q: [3] }, [gate(inv, 3, 4), flipFlop(4, 2, 3)]);
  expect(netlist.flipFlops).toHaveLength(1);
});

test('gates stand after all that drive them, whatever their order was', () => {
  const netlist = read({ a: [2] }, { y: [5] }, [gate(inv, 4, 5), gate(inv, 3, 4), gate(inv, 2, 3)]);
  const driven = new Set(netlist.inputs.flatMap(({ nets }) => nets));
  for (const { inputs, outputs } of netlist.gates) {
    expect(inputs.every((net) => driven.has(net))).toBe(true);
    for (const net of outputs) driven.add(net);
  }
});

test('what is written reads as it was, and is written alike', () => {
  const netlist = read(...rippleAdder(4));
  const text = writeNetlist(netlist, 'top');
  const again = readNetlist(text, 'top', models);
  if ('fault' in again) throw new Error(again.fault);
  expect(again.gates.map(({ model }) => model.name)).toEqual(netlist.gates.map(({ model }) => model.name));
  expect(check(adderDesign(4), again)).toMatchObject({ nVectors: 512, nEqual: 512 });
  expect(writeNetlist(again, 'top')).toBe(text);
});
