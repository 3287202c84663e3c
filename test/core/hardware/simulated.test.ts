import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codebook } from '../../../core/format/codebook.ts';
import { type Architecture, architectures } from '../../../core/hardware/architecture.ts';
import { architecturesFor } from '../../../core/hardware/architecturesFor.ts';
import { type ExportedMac, exportedMac } from '../../../core/hardware/exported.ts';
import { grid } from '../../../core/hardware/grid.ts';
import type { HardwareSource } from '../../../core/hardware/source.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';
import { allBenches, icarus, lint, verilator } from '../../support/simulators.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

// The exported Verilog, run by simulators that others wrote. A testbench knows the levels of the codebook and nothing of the Verilog.

const folder = temporaryFolder();
const minutes = 60_000;
const names = [...paperFormats.keys()].filter((name) => paperFormats.get(name)!.codebook.bits > 2);
const mac = { kind: 'mac', nLanes: 1 } as const;
const hash = '0123456789abcdef';

const exported = (format: string, source: HardwareSource, architecture: Architecture, what: Parameters<typeof exportedMac>[2] = mac) =>
  exportedMac(source, architecture, what, { format, hash, book: paperFormats.get(format)!.codebook });

const put = ({ files }: ExportedMac, under: string): string[] => files.map(({ name, text }) => folder.put(`${under}/${name}`, text));

const bench = ({ design }: ExportedMac): string => `${design.name}_tb`;

function expectPass(made: ExportedMac, under: string): void {
  const { status, output } = icarus(put(made, under), bench(made));
  expect(output).toMatch(new RegExp(`^PASS ${made.design.name}: \\d+ checks\n`));
  expect(status).toBe(0);
}

/** An architecture for each format, so that all of them come up. */
const oneFor = (name: string): Architecture => {
  const fit = architecturesFor(paperSource(name));
  return fit[names.indexOf(name) % fit.length]!;
};

describe('an exported MAC passes its testbench in Icarus Verilog', () => {
  test.each(names)('%s', (name) => expectPass(exported(name, paperSource(name), oneFor(name)), 'icarus'), minutes);

  test.each(architecturesFor(paperSource('E2M1_SP')).map((architecture) => architecture.name))(
    'E2M1_SP, %s',
    (name) => {
      const architecture = architectures.find((one) => one.name === name)!;
      const made = exported('E2M1_SP', paperSource('E2M1_SP'), architecture);
      expectPass(made, `architecture-${name}`);
      lint(folder.at(`architecture-${name}/${made.files[0]!.name}`), made.design.name);
    },
    minutes,
  );

  test.each([
    ['E2M1', 'referenceMac', 1, 'format', 'twos mini norm_neg table_signmag'],
    ['NF3', 'referenceMac', 1, 'int8', 'twos signmag signmag_neg'],
    ['E3M0', 'mac', 4, 'format', 'mini mini_neg'],
    ['APoT4_SP', 'mac', 3, 'int8', 'twos norm odd_neg'],
    ['INT4', 'mac', 1, 'int8', 'twos signmag mini_neg'],
    ['E2M1', 'mac', 1, 'fp16', 'twos norm odd_neg'],
    ['E2M0', 'mac', 2, 'fp16', 'mini'],
  ] as const)(
    '%s, %s of %i lanes, activations in %s: %s',
    (name, kind, nLanes, activation, wanted) => {
      const source = paperSource(name, activation);
      const built = architecturesFor(source).filter((architecture) => wanted.split(' ').includes(architecture.name));
      expect(built).toHaveLength(wanted.split(' ').length);
      for (const architecture of built) {
        const made = exported(name, source, architecture, { kind, nLanes });
        const under = `${kind}-${activation}-${architecture.name}`;
        expectPass(made, under);
        lint(folder.at(`${under}/${made.files[0]!.name}`), made.design.name);
      }
    },
    minutes,
  );
});

test(
  'the exported MAC of every format passes its testbench in Verilator',
  () => {
    const all = names.map((name) => exported(name, paperSource(name), oneFor(name)));
    const files = all.flatMap((made) => put(made, 'verilator'));
    const { status, output } = verilator([folder.put('verilator/all.sv', allBenches(all.map(bench))), ...files], 'all');
    const passed = [...output.matchAll(/^PASS (\w+): \d+ checks$/gm)].map(([, name]) => name);
    expect(passed.toSorted()).toEqual(all.map(({ design }) => design.name).toSorted());
    expect(status).toBe(0);
  },
  10 * minutes,
);

test(
  'MACs of any codebook pass in every architecture: codes not in use, repeated levels, one sign, few terms',
  () => {
    const level = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -24, max: 24 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
    const levels = fc
      .integer({ min: 3, max: 6 })
      .chain((bits) => fc.record({ bits: fc.constant(bits), levels: fc.array(level, { maxLength: 2 ** bits }) }));
    const source = fc.record({
      book: levels,
      terms: fc.constantFrom(1, 2, 7, 64),
      activation: fc.constantFrom('format' as const, 'int8' as const),
    });
    const drawn: ExportedMac[] = [];
    const fits = source.filter(({ book: { bits, levels } }) => !('problem' in grid(codebook(levels, 'even', bits), 8)));
    for (const {
      book: { bits, levels },
      terms,
      activation,
    } of fc.sample(fits, 12)) {
      const made = grid(codebook(levels, 'even', bits), 8);
      if ('problem' in made) continue;
      const of = { grid: made, terms, activation };
      for (const architecture of architecturesFor(of)) {
        drawn.push(exportedMac(of, architecture, mac, { format: `any${drawn.length}`, hash, book: codebook(levels, 'even', bits) }));
      }
    }
    const files = drawn.flatMap((made) => put(made, 'any'));
    const { status, output } = icarus([folder.put('any/all.sv', allBenches(drawn.map(bench))), ...files], 'all');
    expect(output.match(/^PASS/gm)).toHaveLength(drawn.length);
    expect(status).toBe(0);
  },
  5 * minutes,
);

describe('a fault is found', () => {
  const e2m1 = exported('E2M1', paperSource('E2M1'), architectures.find(({ name }) => name === 'mini')!);
  const [rtl, tb] = e2m1.files;
  const faults = {
    'a level: 6 decodes to 4': [
      "4'b0111: {sign, significand, exponent} = {1'd0, 2'd3, 2'd2};",
      "4'b0111: {sign, significand, exponent} = {1'd0, 2'd2, 2'd2};",
    ],
    'the sign of one level': ["4'b1101: {sign, significand, exponent} = {1'd1,", "4'b1101: {sign, significand, exponent} = {1'd0,"],
    'the sign of the product': ['assign sign = a_sign ^ b_sign;', 'assign sign = a_sign | b_sign;'],
    'a significand that is cut': [
      'wire [3:0] significand = a_significand * b_significand;',
      'wire [2:0] significand = a_significand * b_significand;',
    ],
    'an exponent that is cut': ['wire [2:0] exponent', 'wire [1:0] exponent'],
    'an accumulator of one bit less': ['output reg signed [16:0] acc', 'output reg signed [15:0] acc'],
    'a sum that is not cleared': ['if (clr) acc <=', 'if (clr & acc[0]) acc <='],
    'one state of the accumulator': ["{16'd0, sign};", "{16'd0, sign} + {16'd0, acc == 17'd31337};"],
    'another state of the accumulator': ["{16'd0, sign};", "{16'd0, sign} + {16'd0, acc == -17'sd36863};"],
    'a carry that is lost at the top': ["({17{sign}} ^ {9'd0, magnitude})", "({1'b0, {16{sign}}} ^ {9'd0, magnitude})"],
  } as const;

  const planted = (from: string, to: string): string => {
    expect(rtl!.text.split(from)).toHaveLength(2);
    return rtl!.text.replace(from, to);
  };

  test.each(Object.entries(faults))('%s', (name, [from, to]) => {
    const under = `fault-${name.replace(/\W/g, '-')}`;
    const files = [folder.put(`${under}/${rtl!.name}`, planted(from, to)), folder.put(`${under}/${tb!.name}`, tb!.text)];
    const { status, output } = icarus(files, bench(e2m1));
    expect(output).toMatch(/^FAIL e2m1_mac: \d+ of \d+ checks$/m);
    expect(status).not.toBe(0);
  });

  test(
    'in Verilator too',
    () => {
      const [from, to] = faults['one state of the accumulator'];
      const files = [folder.put(`verilated/${rtl!.name}`, planted(from, to)), folder.put(`verilated/${tb!.name}`, tb!.text)];
      const { status, output } = verilator(files, bench(e2m1));
      expect(output).toMatch(/^FAIL e2m1_mac: \d+ of \d+ checks$/m);
      expect(status).not.toBe(0);
    },
    5 * minutes,
  );
});
