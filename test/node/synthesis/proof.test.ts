import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import type { Design } from '../../../core/hardware/design.ts';
import { readProof } from '../../../node/synthesis/proof.ts';
import { Synthesiser } from '../../../node/synthesis/synthesiser.ts';
import { MismatchError } from '../../../node/synthesis/synthesisResult.ts';
import { usualLimits } from '../../../node/synthesis/yosys.ts';
import {
  accumulatorDesign,
  adderDesign,
  multiplierDesign,
  otherMultiplierDesign,
  pipelinedDesign,
  segmentsDesign,
} from '../../support/handDesigns.ts';
import { codebookMacDesign, codebookProductDesign } from './codebookDesigns.ts';

const synthesiser = new Synthesiser({
  script: resolve('dist/synthesis.cjs'),
  yosys: undefined,
  cache: { folder: '', limit: 0 },
  limits: usualLimits,
});
afterAll(() => synthesiser.close());
const never = new AbortController().signal;
const library = cellLibraries['sky130']!;
const quick = { signal: never, effort: 'quick' } as const;

const sound: readonly Design[] = [
  multiplierDesign,
  otherMultiplierDesign,
  segmentsDesign,
  adderDesign(4),
  accumulatorDesign,
  pipelinedDesign,
  codebookProductDesign,
  codebookMacDesign,
];

describe('a sound design is proved', { timeout: 120_000 }, () => {
  test.each(sound)('$name: its RTL and its netlist', async (design) => {
    const proved = { kind: 'proved', by: design.behaviour.kind === 'combinational' ? 'sat' : 'induction' };
    expect(await synthesiser.prove(design, 'rtl', never)).toEqual(proved);
    const [result] = await synthesiser.synthesise([design], library, quick);
    expect(await synthesiser.prove(design, { library, netlist: result!.netlist }, never)).toEqual(proved);
  });
});

/** One change of the RTL, after which it is not what the behaviour says. */
function planted(design: Design, from: string, to: string): Design {
  const parts = design.verilog.split(from);
  if (parts.length !== 2) throw new Error(`${from} stands ${parts.length - 1} times in the RTL`);
  return { ...design, verilog: parts.join(to) };
}

describe('a fault in a product is found by simulation and by proof', { timeout: 120_000 }, () => {
  test.each([
    ['a wrong level', "4'd5: v = 6;", "4'd5: v = 7;"],
    ['a wrong sign', "4'd13: v = -6;", "4'd13: v = 6;"],
    ['a level of another code', "4'd7: v = 12;", "4'd7: v = 8;"],
    ['a least level that is lost', "4'd1: v = 1;", "4'd1: v = 0;"],
    ['a zero that is none', "4'd8: v = 0;", "4'd8: v = 1;"],
    ['a product one bit too narrow', 'assign p = product;', 'assign p = {product[7], product[7:0]};'],
    ['one operand taken twice', '.code(b)', '.code(a)'],
    ['one pair of codes', 'assign p = product;', "assign p = ({a, b} == 8'hb7) ? product + 1 : product;"],
    ['a sign that is not extended', 'wire signed [8:0] product = x * y;', 'wire signed [8:0] product = x * $unsigned(y);'],
  ])('%s', async (_, from, to) => {
    const faulty = planted(codebookProductDesign, from, to);
    await expect(synthesiser.synthesise([faulty], library, quick)).rejects.toThrow(MismatchError);
    const proof = await synthesiser.prove(faulty, 'rtl', never);
    expect(proof).toMatchObject({ kind: 'refuted', by: 'sat', counterexample: expect.stringMatching(/a = \d+, b = \d+/) });
  });
});

describe('a fault in a MAC is found by simulation and by induction', { timeout: 120_000 }, () => {
  test.each([
    ['a wrong level', "4'd6: v = 8;", "4'd6: v = 9;"],
    ['a reset to another value', 'acc <= 0;', 'acc <= 1;'],
    ['a reset that is not heard', 'if (clr)', "if (clr && a != 4'd3)"],
    ['a product that is not extended', 'acc <= acc + product;', 'acc <= acc + $unsigned(product);'],
    ['a carry that is lost', 'acc <= acc + product;', 'acc <= {acc[16:10] + {7{product[8]}}, acc[9:0] + {product[8], product}};'],
    ['an accumulator one bit too narrow', 'acc <= acc + product;', 'begin acc <= acc + product; acc[16] <= 0; end'],
    ['a step that is left out', 'acc <= acc + product;', "if (a != b || a != 4'd9) acc <= acc + product;"],
  ])('%s', async (_, from, to) => {
    const faulty = planted(codebookMacDesign, from, to);
    await expect(synthesiser.synthesise([faulty], library, quick)).rejects.toThrow(MismatchError);
    expect(await synthesiser.prove(faulty, 'rtl', never)).toMatchObject({ kind: 'refuted', by: 'induction' });
  });

  // No simulation may be counted on to come by such a state.
  test.each([
    ['at a single state of the accumulator', "if (acc == 17'h0beef) acc <= 0; else acc <= acc + product;"],
    ['at a single state and a single pair of codes', "if (acc == -17'sd12345 && a == 3 && b == 14) acc <= acc; else acc <= acc + product;"],
    ['that shows a step later', "begin if (acc == 17'h01234) late <= 1; acc <= acc + product + late; end"],
  ])('%s, of which induction alone is sure', async (_, to) => {
    const faulty = planted(codebookMacDesign, 'acc <= acc + product;', to);
    expect(await synthesiser.prove(faulty, 'rtl', never)).toMatchObject({ kind: 'refuted', by: 'induction' });
  });
});

describe('a fault in a netlist is refuted', { timeout: 120_000 }, () => {
  test.each(['nand2_1', 'nor2_1', 'or2_0'])('where another cell stands for a %s', async (name) => {
    const [result] = await synthesiser.synthesise([codebookMacDesign], library, quick);
    const type = library.cells.find((cell) => cell.name.endsWith(`__${name}`))!.name;
    const other = library.cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 0x8n)!.name;
    const netlist = result!.netlist.replace(`"type":"${type}"`, `"type":"${other}"`);
    expect(netlist).not.toBe(result!.netlist);
    expect(await synthesiser.prove(codebookMacDesign, { library, netlist }, never)).toMatchObject({ kind: 'refuted', by: 'induction' });
  });

  test('where sum and carry of a full adder are exchanged', async () => {
    // Its full adders are small enough to be used.
    const asap7 = cellLibraries['asap7']!;
    const [result] = await synthesiser.synthesise([accumulatorDesign], asap7, quick);
    const netlist = result!.netlist.replace(/("type":"FA".*?)"S":(\[\d+\]),"CO":(\[\d+\])/, '$1"S":$3,"CO":$2');
    expect(netlist).not.toBe(result!.netlist);
    expect(await synthesiser.prove(accumulatorDesign, { library: asap7, netlist }, never)).toMatchObject({
      kind: 'refuted',
      by: 'induction',
    });
  });
});

describe('what cannot be decided is said:', () => {
  test('a table of too many inputs', async () => {
    expect(await synthesiser.prove(adderDesign(8), 'rtl', never)).toEqual({
      kind: 'open',
      reason: 'add8 has 17 bits of input; a table is written for 12 at most',
    });
  });

  test('a clocked design that adds nothing up', async () => {
    const toggle: Design = {
      ...accumulatorDesign,
      name: 'toggle',
      behaviour: {
        kind: 'clocked',
        next: ([q], [clr]) => (clr === 1n ? [0n] : q === undefined ? [] : [q ^ 1n]),
        outputs: (state) => state,
      },
    };
    expect(await synthesiser.prove(toggle, 'rtl', never)).toEqual({ kind: 'open', reason: 'toggle does not add up what its inputs give' });
  });

  test.each([
    ['an empty report', '', 'sat'],
    ['a report of something else', 'Solving problem...', 'induction'],
    ['a proof of another kind', 'SAT proof finished - no model found: SUCCESS!', 'induction'],
    ['a solver without time', 'Interrupted SAT solver: TIMEOUT!', 'sat'],
  ] as const)('%s proves nothing', (_, report, by) => {
    expect(readProof(report, by).kind).toBe('open');
  });
});
