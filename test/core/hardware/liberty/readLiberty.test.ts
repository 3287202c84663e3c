import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../../core/hardware/cells/index.ts';
import { libertyText } from '../../../../core/hardware/cells/liberty.ts';
import { type LibertyReading, readLiberty } from '../../../../core/hardware/liberty/readLiberty.ts';

const pin = (name: string, rest: string): string => `pin (${name}) { ${rest} }`;
const cell = (name: string, area: string, inputs: readonly string[], output: string, rest = ''): string =>
  `cell (${name}) { area : ${area}; ${rest} ${inputs.map((input) => pin(input, 'direction : input;')).join(' ')} ${pin('Y', `direction : output; function : "${output}";`)} }`;
const flipFlop = (area: number, state = 'clocked_on : "CK"; next_state : "D";'): string =>
  `cell (FLOP${area}) { area : ${area}; ff (IQ, IQN) { ${state} } ${pin('D', 'direction : input;')} ${pin('CK', 'direction : input; clock : true;')} ${pin('Q', 'direction : output; function : "IQ";')} }`;
const enough = [cell('INV', '1', ['A'], '!A'), cell('NAND2', '2', ['A', 'B'], '!(A&B)'), flipFlop(8)];
const library = (...cells: readonly string[]): string => `library (mine) {\n${cells.join('\n')}\n}\n`;
const read = (text: string): LibertyReading => readLiberty(text, 'mine.lib');
const messages = (text: string): readonly string[] => read(text).findings.map(({ line, message }) => `${line}: ${message}`);
const cellsOf = (text: string): readonly string[] => read(text).library?.cells.map(({ name, area }) => `${name} ${area}`) ?? [];

test.each(Object.entries(cellLibraries))('%s, written and read, is as it was', (name, before) => {
  const { library: after, findings } = readLiberty(libertyText(before), name);
  expect(findings).toEqual([]);
  const key = ({ nInputs, truthTable }: { nInputs: number; truthTable: bigint }): string => `${nInputs} ${truthTable}`;
  expect(after!.cells.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))).toEqual(before.cells.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)));
  const { flipFlopArea, fullAdderArea, halfAdderArea } = before;
  expect(after).toMatchObject({ flipFlopArea, fullAdderArea, halfAdderArea });
});

describe('of a library', () => {
  test('the smallest cell of each function is kept', () => {
    const text = library(
      ...enough,
      cell('NAND2_X2', '4', ['A', 'B'], "(A B)'"),
      cell('NAND2_X0', '1.5', ['A1', 'A2'], '!A1 | !A2'),
      flipFlop(7),
    );
    expect(cellsOf(text)).toEqual(['INV 1', 'NAND2_X0 1.5']);
    expect(read(text).library?.flipFlopArea).toBe(7);
  });

  test('tables, comments, line breaks and strings over several lines do not matter', () => {
    const text = `/* { */ library ( "mine" ) { // }
      delay_model : table_lookup ;
      lu_table_template (t) { variable_1 : input_net_transition; index_1 ("0.1, 0.2"); }
      cell (INV) {
        area : 1
        pin (A) { direction : input
          timing () { cell_rise (t) { values ("1, 2", \\
            "3, 4"); } } }
        pin (Y) { direction : output ; function : "\\
          !A" ; timing () { related_pin : "A"; } }
      }
      ${enough.slice(1).join('\n')} }`;
    expect(messages(text)).toEqual([]);
    expect(cellsOf(text)).toEqual(['INV 1', 'NAND2 2']);
  });

  test('adders are known by their functions, whatever their outputs are called', () => {
    const sum = pin('CON', 'direction : output; function : "A ^ B ^ CI";');
    const carry = pin('SN', 'direction : output; function : "A B | CI (A + B)";');
    const adder = (name: string, area: number): string =>
      `cell (${name}) { area : ${area}; ${['A', 'B', 'CI'].map((one) => pin(one, 'direction : input;')).join(' ')} ${carry} ${sum} }`;
    expect(read(library(...enough, adder('ADD', 9), adder('ADD2', 12))).library).toMatchObject({
      fullAdderArea: 9,
      halfAdderArea: undefined,
    });
  });

  test('what mapping must not use is left out without a word', () => {
    const left = [
      cell('NOR2', '1', ['A', 'B'], '!(A|B)', 'dont_use : true;'),
      cell('TIE', '1', [], '1'),
      cell('SAME', '1', ['A', 'B'], 'A & (B | !B)'),
      cell('WIDE', '1', ['A', 'B', 'C', 'D', 'E', 'F', 'G'], 'A&B&C&D&E&F&G'),
      'cell (FILL) { area : 0; }',
      'cell (RAM) { area : 900; pin (Q) { direction : output; } }',
      'cell (LATCH) { area : 1; latch (IQ, IQN) { enable : "G"; data_in : "D"; } pin (Q) { direction : output; function : "IQ"; } }',
      'cell (TRI) { area : 1; pin (A) { direction : input; } pin (Y) { direction : output; function : "A"; three_state : "E"; } }',
      flipFlop(2, 'clocked_on : "CK"; next_state : "D"; clear : "R";'),
      flipFlop(3, 'clocked_on : "!CK"; next_state : "D";'),
      flipFlop(4, 'clocked_on : "CK"; next_state : "!D";'),
    ];
    const text = library(...enough, ...left);
    expect(messages(text)).toEqual([]);
    expect(cellsOf(text)).toEqual(['INV 1', 'NAND2 2']);
    expect(read(text).library?.flipFlopArea).toBe(8);
  });
});

describe('a finding names the line', () => {
  test.each([
    ['of a function that is none', cell('BAD', '1', ['A'], 'A & Z'), '5: BAD is left out: `A & Z` is no function of its inputs A'],
    [
      'of an area that is none',
      cell('BAD', '-1', ['A'], 'A'),
      '5: BAD has no area above 0, so it is left out; give it one, as in `area : 1.0;`',
    ],
    [
      'of a name that Yosys could not be told',
      cell('"a;b"', '1', ['A'], 'A'),
      '5: a;b is left out: its name is not of letters, digits and `_`',
    ],
    ['of a name that is taken', cell('NAND2', '1', ['A'], 'A'), '5: NAND2 is left out: its name is taken'],
    ['of a name that is taken by ours', cell('FA', '1', ['A'], 'A'), '5: FA is left out: its name is taken'],
    ['of a brace that closes nothing', '} }', '6: This `}` closes nothing'],
    ['of a group without a head', '{ }', '5: Expected a group such as `cell (NAME)` before `{`'],
  ])('%s', (_, text, finding) => {
    expect(messages(library(...enough, text))).toContain(finding);
    expect(cellsOf(library(...enough, text))).toEqual(['INV 1', 'NAND2 2']);
  });

  test('of a file that ends too early, and what was whole is still used', () => {
    const text = `${library(...enough)
      .trimEnd()
      .slice(0, -1)}\ncell (HALF) { area : 1; pin (A) {`;
    expect(messages(text)).toEqual(['6: `pin (A)` is not closed: the file ends too early']);
    expect(cellsOf(text)).toEqual(['INV 1', 'NAND2 2']);
  });

  test('of a library without the cells that mapping needs', () => {
    const { library: none, findings } = read('\nlibrary (few) { }');
    expect(none).toBeUndefined();
    expect(findings).toEqual([
      {
        line: 2,
        message: 'few has no usable inverter, no NAND or NOR of two inputs, no flip-flop without reset: nothing can be mapped to its cells',
      },
    ]);
  });

  test.each(['', 'module m; endmodule', '\0\0\0', '{'.repeat(10)])('of a file that is no library: %j', (text) => {
    expect(read(text).library).toBeUndefined();
    expect(messages(text).at(-1)).toMatch(/^1: (There is no `library|Groups are)/);
  });
});

describe('no text takes long or fails:', () => {
  test.each([
    ['an endless string', `library (x) { a : "${'x'.repeat(2e6)}`],
    ['an endless string of escapes', `library (x) { a : "${'\\x'.repeat(1e6)}`],
    ['an endless comment', `/*${'*'.repeat(2e6)}`],
    ['groups in groups', 'cell (x) {'.repeat(1e5)],
    ['a statement without an end', `library (x) { ${'a '.repeat(1e6)}`],
    ['many faults', library(...Array.from({ length: 2000 }, () => '{ }'))],
  ])('%s', (_, text) => {
    const { library: none, findings } = read(text);
    expect(none).toBeUndefined();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThanOrEqual(50);
  });
});
