import { describe, expect, test } from 'vitest';
import { accumulatorDesign } from '../../../core/hardware/accumulator.ts';
import { architecturesFor } from '../../../core/hardware/architecturesFor.ts';
import { decoderDesign } from '../../../core/hardware/decoderDesign.ts';
import type { Clocked, Combinational, Design } from '../../../core/hardware/design.ts';
import { dotDesign, macDesign } from '../../../core/hardware/mac.ts';
import { productDesign } from '../../../core/hardware/product.ts';
import { productForm } from '../../../core/hardware/productForm.ts';
import { referenceMacDesign } from '../../../core/hardware/referenceMac.ts';
import type { Activation } from '../../../core/hardware/source.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';
import { icarus } from '../../support/simulators.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

// A design carries the function that it must equal. Here the function is held against the codebook, and the Verilog against the function.

const folder = temporaryFolder();
const minute = 60_000;

/** Numbers that look random and are the same on every run (xorshift32). */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A testbench of rows: inputs, and what is expected bit by bit, with x where anything is right. */
function rowsBench(design: Design, rows: readonly { inputs: readonly bigint[]; expected: readonly string[] }[]): string {
  const isClocked = design.behaviour.kind === 'clocked';
  const ports = [...design.inputs, ...design.outputs].map(({ name }) => `.${name}(${name})`);
  const step = isClocked ? '#1 clk = 1; #1 clk = 0;' : '#1;';
  const checks = rows.map(({ inputs, expected }) => {
    const set = design.inputs.map(({ name, width }, i) => `${name} = ${width}'d${inputs[i]!};`).join(' ');
    // `==?` takes an x on its right for any bit.
    const compare = expected.map((bits, o) => `${design.outputs[o]!.name} ==? ${design.outputs[o]!.width}'b${bits}`).join(' && ');
    return `    ${set} ${step} if (!(${compare})) n_faults = n_faults + 1;`;
  });
  return `module rows;
  reg clk = 0;
  integer n_faults = 0;
${design.inputs.map(({ name, width }) => `  reg [${width - 1}:0] ${name};`).join('\n')}
${design.outputs.map(({ name, width }) => `  wire [${width - 1}:0] ${name};`).join('\n')}
  ${design.name} dut (${[...(isClocked ? ['.clk(clk)'] : []), ...ports].join(', ')});
  initial begin
${checks.join('\n')}
    $display("%0d faults", n_faults);
  end
endmodule
`;
}

const bitsOf = (value: bigint | undefined, width: number): string =>
  value === undefined ? 'x'.repeat(width) : value.toString(2).padStart(width, '0');

function expectNoFaults(design: Design, rows: Parameters<typeof rowsBench>[1]): void {
  expect(rows.length).toBeGreaterThan(0);
  const files = [folder.put('design.v', design.verilog), folder.put('rows.sv', rowsBench(design, rows))];
  expect(icarus(files, 'rows').output).toBe('0 faults\n');
}

const outputsOf = ({ outputs }: Design, values: readonly (bigint | undefined)[]): string[] =>
  outputs.map(({ width }, o) => bitsOf(values[o], width));

/** The integer that a product stands for: a sign negates what is beside it. */
function integerOf({ outputs }: Design, values: readonly (bigint | undefined)[], isSigned: boolean): bigint | undefined {
  const [first, second] = values;
  if (outputs.length === 1) return first === undefined ? undefined : BigInt.asIntN(outputs[0]!.width, first);
  if (second === undefined) return undefined;
  const magnitude = isSigned ? BigInt.asIntN(outputs[1]!.width, second) : second;
  return first === 1n ? -magnitude : magnitude;
}

describe('the function of a product is the product of the levels', () => {
  test.each([...paperFormats.keys()])('%s', (name) => {
    const source = paperSource(name);
    const { levels, bits } = paperFormats.get(name)!.codebook;
    const { step, fixedPointBits } = source.grid;
    for (const architecture of architecturesFor(source)) {
      const design = productDesign('product', source, architecture);
      const { outputs } = design.behaviour as Combinational;
      for (let a = 0; a < 2 ** bits; a++) {
        for (let b = 0; b < 2 ** bits; b++) {
          const integer = integerOf(design, outputs([BigInt(a), BigInt(b)]), false);
          const product = levels[a]! * levels[b]!;
          if (Number.isNaN(product)) expect(integer).toBeUndefined();
          else if (fixedPointBits === undefined) expect(Number(integer) * step * step).toBeCloseTo(product, 9);
          // Each factor is off by half a step at most.
          else
            expect(Math.abs(Number(integer) * step * step - product)).toBeLessThanOrEqual(
              (step / 2) * (Math.abs(levels[a]!) + Math.abs(levels[b]!) + step),
            );
        }
      }
    }
  });

  test('an fp16 is read as IEEE 754 says', () => {
    const source = paperSource('E2M1', 'fp16');
    const design = productDesign('product', source, architecturesFor(source)[0]!);
    const { outputs } = design.behaviour as Combinational;
    // The code of 1 is 2 steps of 0.5; an activation counts steps of 2^-24.
    const valueOf16 = (bits: bigint): number => Number(integerOf(design, outputs([2n, bits]), false)) / 2 / 2 ** 24;
    expect([0x3c00n, 0xc000n, 0x7bffn, 0x0001n, 0x0400n, 0x3555n, 0x8000n].map(valueOf16)).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      2 ** -14,
      0.333251953125,
      0,
    ]);
    expect(outputs([2n, 0x7c00n])).toEqual([undefined]);
    expect(outputs([2n, 0x7e01n])).toEqual([undefined]);
  });
});

describe('the Verilog of a product is its function, code by code', () => {
  test.each([
    ['E2M1_SR', 'format'],
    ['NF3', 'format'],
    ['E2M0', 'int8'],
    ['E3M0', 'fp16'],
  ] as const)(
    '%s, activations in %s',
    (name, activation: Activation) => {
      const source = paperSource(name, activation);
      const draw = drawing(7);
      for (const architecture of architecturesFor(source)) {
        const design = productDesign('product', source, architecture);
        const [a, b] = design.inputs.map(({ width }) => width) as [number, number];
        const all = Array.from({ length: 2 ** (a + Math.min(b, 8)) }, (_, row) => {
          const code = row % 2 ** a;
          return [BigInt(code), BigInt(b > 8 ? draw(2 ** b) : row >> a)];
        });
        const { outputs } = design.behaviour as Combinational;
        expectNoFaults(
          design,
          all.map((inputs) => ({ inputs, expected: outputsOf(design, outputs(inputs)) })),
        );
      }
    },
    2 * minute,
  );
});

describe('the Verilog of a decoder is its function', () => {
  test.each(['twosComplement', 'magnitude', 'minifloat', 'normalised', 'odd'] as const)('%s', (encoding) => {
    for (const name of ['INT4', 'E2M1_B', 'APoT4', 'NF3']) {
      const design = decoderDesign('decoder', paperSource(name).grid, encoding);
      const codes = Array.from({ length: 2 ** design.inputs[0]!.width }, (_, code) => [BigInt(code)]);
      const { outputs } = design.behaviour as Combinational;
      expectNoFaults(
        design,
        codes.map((inputs) => ({ inputs, expected: outputsOf(design, outputs(inputs)) })),
      );
    }
  });
});

describe('the Verilog of a clocked design is its function, step by step', () => {
  const source = paperSource('E2M1_B');
  const [first] = architecturesFor(source);
  test.each([
    ['MAC', macDesign('dut', source, first!)],
    ['MAC of any architecture', macDesign('dut', source, architecturesFor(source)[3]!)],
    ['reference MAC', referenceMacDesign('dut', source, first!)],
    ['dot product', dotDesign('dut', source, first!, 3)],
    ['accumulator', accumulatorDesign('dut', productForm(source, first!), 25)],
    ['accumulator of signs and magnitudes', accumulatorDesign('dut', { kind: 'signAndMagnitude', bits: 7, isSigned: false }, 12)],
    ['accumulator of signs and signed magnitudes', accumulatorDesign('dut', { kind: 'signAndMagnitude', bits: 7, isSigned: true }, 12)],
    ['MAC with fp16', macDesign('dut', paperSource('INT4', 'fp16'), first!)],
    ['reference MAC with int8', referenceMacDesign('dut', paperSource('E3M0', 'int8'), architecturesFor(paperSource('E3M0', 'int8'))[1]!)],
  ] as const)('%s', (_, design) => {
    const { next, outputs } = design.behaviour as Clocked;
    const draw = drawing(11);
    let state: readonly bigint[] = [];
    let nKnown = 0;
    const rows = Array.from({ length: 400 }, () => {
      const inputs = design.inputs.map(({ name, width }) =>
        name === 'clr' ? BigInt(draw(8) === 0) : BigInt(draw(2 ** Math.min(width, 30))),
      );
      state = next(state, inputs);
      const known = state.length === 0 ? design.outputs.map(() => undefined) : outputs(state);
      if (state.length > 0) nKnown++;
      return { inputs, expected: outputsOf(design, known) };
    });
    expect(nKnown).toBeGreaterThan(50);
    expectNoFaults(design, rows);
  });
});

test('a dot product has no more lanes than terms', () => {
  const source = { ...paperSource('E2M1'), terms: 4 };
  expect(() => dotDesign('dot', source, architecturesFor(source)[0]!, 5)).toThrow('from 1 lane to one for each of its 4 terms, not 5');
  expect(() => dotDesign('dot', source, architecturesFor(source)[0]!, 0)).toThrow('not 0');
});
