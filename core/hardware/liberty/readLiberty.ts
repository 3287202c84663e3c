import { visible } from '../../weights/visibleName.ts';
import type { Cell, CellLibrary } from '../cells/cellLibrary.ts';
import { pins as written } from '../cells/liberty.ts';
import { columnOf, truthTableOf } from './logic.ts';
import { type LibertyFinding, type LibertyGroup, libertySyntax } from './syntax.ts';

/** What was read from a Liberty file. */
export interface LibertyReading {
  /** Undefined where cells are missing without which nothing can be mapped; the findings then say which. */
  readonly library: CellLibrary | undefined;
  readonly findings: readonly LibertyFinding[];
}

/**
 * Reads what mapping for area needs of a Liberty file: of each logic function the smallest cell with one output and up to 6 inputs, the
 * smallest flip-flop without reset, and adders. Areas are taken to be in um^2. Cells marked `dont_use`, pads, and what has state or a
 * third output level are left out, as are cells whose function cannot be read, which is a finding.
 * @param name How the library is called in results.
 */
export function readLiberty(text: string, name: string): LibertyReading {
  const { library, findings } = libertySyntax(text, skippedGroups);
  if (!library)
    return { library: undefined, findings: [...findings, { line: 1, message: 'There is no `library (NAME) { ... }` in this file' }] };
  const found: Found = {
    cells: new Map(),
    flipFlop: undefined,
    fullAdder: undefined,
    halfAdder: undefined,
    findings: [...findings],
    names: new Set([written.flipFlop.cell, written.fullAdder.cell, written.halfAdder.cell]),
  };
  for (const group of library.groups) if (group.keyword === 'cell') readCell(group, found);
  const lacking = missing(found);
  if (lacking.length > 0) {
    const message = `${visible(library.name)} has no usable ${lacking.join(', no ')}: nothing can be mapped to its cells`;
    return { library: undefined, findings: firstOf([...found.findings, { line: library.line, message }]) };
  }
  const cells = [...found.cells.values()].sort((a, b) => a.nInputs - b.nInputs || a.area - b.area || (a.name < b.name ? -1 : 1));
  return {
    library: {
      name,
      title: visible(library.name),
      process: '',
      licence: '',
      source: '',
      cells,
      flipFlopArea: found.flipFlop!,
      fullAdderArea: found.fullAdder,
      halfAdderArea: found.halfAdder,
    },
    findings: firstOf(found.findings),
  };
}

/** Nearly all of a file, and nothing that area needs. */
const skippedGroups: ReadonlySet<string> = new Set([
  ...['timing', 'internal_power', 'leakage_power', 'lu_table_template', 'power_lut_template', 'operating_conditions', 'wire_load'],
  ...['ccsn_first_stage', 'ccsn_last_stage', 'receiver_capacitance', 'dc_current', 'pg_pin', 'intrinsic_parasitic', 'dynamic_current'],
]);

interface Found {
  /** The smallest of each function, by inputs and truth table. */
  readonly cells: Map<string, Cell>;
  flipFlop: number | undefined;
  fullAdder: number | undefined;
  halfAdder: number | undefined;
  readonly findings: LibertyFinding[];
  readonly names: Set<string>;
}

const maxInputs = written.inputs.length;

function readCell(cell: LibertyGroup, found: Found): void {
  const { attributes, groups } = cell;
  if (attributes.get('dont_use') === 'true' || attributes.get('pad_cell') === 'true') return;
  const area = Number(attributes.get('area') ?? Number.NaN);
  const outputs = groups.filter(isOutput);
  if (!(area > 0 && area < 1e9)) {
    // Fillers, taps and the like have no area to count, and no outputs either.
    if (outputs.length > 0) complain(found, cell.line, cell, 'has no area above 0, so it is left out; give it one, as in `area : 1.0;`');
    return;
  }
  const inputs = groups.filter(({ keyword, attributes: pin }) => keyword === 'pin' && pin.get('direction') === 'input');
  if (groups.some(({ keyword }) => stateful.has(keyword))) readFlipFlop(cell, area, inputs, outputs, found);
  else if (inputs.length <= maxInputs && !outputs.some((pin) => pin.attributes.has('three_state')))
    readLogic(cell, area, inputs, outputs, found);
}

function complain(found: Found, line: number, { name }: LibertyGroup, problem: string): void {
  found.findings.push({ line, message: `${visible(name)} ${problem}` });
}

function readLogic(
  cell: LibertyGroup,
  area: number,
  inputs: readonly LibertyGroup[],
  outputs: readonly LibertyGroup[],
  found: Found,
): void {
  const names = inputs.map((pin) => pin.name);
  const tables: bigint[] = [];
  for (const output of outputs) {
    const text = output.attributes.get('function');
    // Without a function it is a macro or an analogue cell.
    if (text === undefined) return;
    const table = truthTableOf(text, names);
    if (table === undefined) {
      complain(found, output.line, cell, `is left out: \`${visible(text)}\` is no function of its inputs ${names.map(visible).join(', ')}`);
      return;
    }
    tables.push(table);
  }
  if (tables.length === 1) keepCell(cell, area, names.length, tables[0]!, found);
  else keepAdder(area, names.length, tables, found);
}

const isOutput = ({ keyword, attributes }: LibertyGroup): boolean => keyword === 'pin' && attributes.get('direction') === 'output';
const stateful: ReadonlySet<string> = new Set(['ff', 'ff_bank', 'latch', 'latch_bank', 'statetable', 'test_cell']);

function keepCell(cell: LibertyGroup, area: number, nInputs: number, truthTable: bigint, found: Found): void {
  // A constant, or an input that does not matter: not what a mapper looks for.
  if (nInputs === 0) return;
  for (let pin = 0; pin < nInputs; pin++) if (!dependsOn(truthTable, pin, nInputs)) return;
  if (!/^[A-Za-z_]\w{0,99}$/.test(cell.name)) {
    complain(found, cell.line, cell, 'is left out: its name is not of letters, digits and `_`');
    return;
  }
  // Names under which flip-flops and adders are written, and names that are there already.
  if (found.names.has(cell.name)) {
    complain(found, cell.line, cell, 'is left out: its name is taken');
    return;
  }
  found.names.add(cell.name);
  const key = `${nInputs} ${truthTable}`;
  const known = found.cells.get(key);
  if (known && (known.area < area || (known.area === area && known.name <= cell.name))) return;
  found.cells.set(key, { name: cell.name, area, nInputs, truthTable });
}

function dependsOn(table: bigint, pin: number, nInputs: number): boolean {
  const column = columnOf(pin, nInputs);
  const shift = 1n << BigInt(pin);
  return (table & column) >> shift !== (table & ~column);
}

function keepAdder(area: number, nInputs: number, tables: readonly bigint[], found: Found): void {
  const is = (sum: bigint, carry: bigint): boolean => tables.length === 2 && tables.includes(sum) && tables.includes(carry);
  if (nInputs === 3 && is(0x96n, 0xe8n)) found.fullAdder = Math.min(area, found.fullAdder ?? area);
  if (nInputs === 2 && is(0x6n, 0x8n)) found.halfAdder = Math.min(area, found.halfAdder ?? area);
}

/** Of flip-flops those that do no more than take their data at the rising edge. */
function readFlipFlop(
  cell: LibertyGroup,
  area: number,
  inputs: readonly LibertyGroup[],
  outputs: readonly LibertyGroup[],
  found: Found,
): void {
  const [state, ...others] = cell.groups.filter(({ keyword }) => stateful.has(keyword));
  if (state?.keyword !== 'ff' || others.length > 0 || inputs.length !== 2) return;
  const { attributes } = state;
  const [clock, data] = [attributes.get('clocked_on'), attributes.get('next_state')];
  if (attributes.has('clear') || attributes.has('preset') || clock === data) return;
  const isPlain = [clock, data].every((pin) => inputs.some(({ name }) => name === unwrapped(pin)));
  const stateName = state.name;
  if (isPlain && outputs.some((pin) => unwrapped(pin.attributes.get('function')) === stateName))
    found.flipFlop = Math.min(area, found.flipFlop ?? area);
}

/** A pin by itself may stand in parentheses. */
const unwrapped = (text: string | undefined): string | undefined => text?.replace(/^[\s(]+|[\s)]+$/g, '');

function missing({ cells, flipFlop }: Found): readonly string[] {
  const has = (nInputs: number, table: bigint): boolean => cells.has(`${nInputs} ${table}`);
  const lacking: string[] = [];
  if (!has(1, 0b01n)) lacking.push('inverter');
  if (!has(2, 0b0111n) && !has(2, 0b0001n)) lacking.push('NAND or NOR of two inputs');
  if (flipFlop === undefined) lacking.push('flip-flop without reset');
  return lacking;
}

const firstOf = (findings: readonly LibertyFinding[]): readonly LibertyFinding[] =>
  findings.length <= maxFindings
    ? findings
    : [
        ...findings.slice(0, maxFindings - 1),
        { line: findings[maxFindings]!.line, message: `${findings.length - maxFindings + 1} more findings` },
      ];

const maxFindings = 50;
