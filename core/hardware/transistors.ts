import type { CellModel } from './netlist/cellModel.ts';

/**
 * Two latches, each of a transmission gate, an inverter and a tristate inverter that holds, with inverters at input and output and two for the
 * phases of the clock (Weste and Harris, CMOS VLSI Design, 4th edition, 10.3).
 */
const FLIP_FLOP = 24;

/** The mirror adder with inverters at both outputs (Weste and Harris, 11.2.1). */
const MIRROR_ADDER = 28;

/**
 * Transistors of a cell in complementary static CMOS: not those that a library has drawn, which may be more for strength or fewer by pass gates.
 * A function takes two for each literal of a factored form, and two for each inverter that its inputs or its output need.
 */
export function transistorsOf(model: CellModel): number {
  const known = counts.get(model);
  if (known !== undefined) return known;
  const found = counted(model);
  counts.set(model, found);
  return found;
}

const counts = new WeakMap<CellModel, number>();

function counted(model: CellModel): number {
  if (model.kind === 'flip-flop') return FLIP_FLOP;
  const { inputs, outputs } = model;
  if (inputs.length === 3 && outputs.length === 2) return MIRROR_ADDER;
  return outputs.reduce((sum, { truthTable }) => sum + gate(truthTable, inputs.length), 0);
}

function gate(table: bigint, nInputs: number): number {
  const inputs = Array.from({ length: nInputs }, (_, i) => i);
  if (table === 0n || table === allOnes(nInputs)) return 0;
  // A stage conducts to ground where inputs are 1: it is a function that falls with each of them.
  const rises = inputs.filter((i) => (cofactor(table, i, 1, nInputs) & ~cofactor(table, i, 0, nInputs)) !== 0n);
  const falls = inputs.filter((i) => (cofactor(table, i, 0, nInputs) & ~cofactor(table, i, 1, nInputs)) !== 0n);
  const nInverters = Math.min(rises.length, falls.length + 1);
  return 2 * literals(table, nInputs) + 2 * nInverters;
}

/** Literals of a factored form: parts with inputs of their own by and, or; else by cases of an input. */
function literals(table: bigint, nInputs: number): number {
  const key = `${nInputs} ${table}`;
  const known = forms.get(key);
  if (known !== undefined) return known;
  const found = fewest(table, nInputs);
  forms.set(key, found);
  return found;
}

const forms = new Map<string, number>();

function fewest(table: bigint, nInputs: number): number {
  const ones = allOnes(nInputs);
  if (table === 0n || table === ones) return 0;
  const used = Array.from({ length: nInputs }, (_, i) => i).filter(
    (i) => cofactor(table, i, 0, nInputs) !== cofactor(table, i, 1, nInputs),
  );
  if (used.length === 1) return 1;
  const split = apart(table, used, nInputs) ?? apart(ones & ~table, used, nInputs);
  if (split) return literals(split[0], nInputs) + literals(split[1], nInputs);
  return Math.min(...used.map((i) => byCases(table, i, nInputs)));
}

/** A function as the or of two that share no input; undefined where it is none. */
function apart(table: bigint, used: readonly number[], nInputs: number): readonly [bigint, bigint] | undefined {
  // The first input is always in the first part.
  for (let set = 0; set < 2 ** (used.length - 1) - 1; set++) {
    const isFirst = (_: number, at: number): boolean => at === 0 || ((set >> (at - 1)) & 1) === 1;
    const first = forAll(
      table,
      used.filter((i, at) => !isFirst(i, at)),
      nInputs,
    );
    const second = forAll(table, used.filter(isFirst), nInputs);
    if ((first | second) === table) return [first, second];
  }
  return undefined;
}

/** Where a function is 1 whatever some inputs are. */
const forAll = (table: bigint, inputs: readonly number[], nInputs: number): bigint =>
  inputs.reduce((left, i) => cofactor(left, i, 0, nInputs) & cofactor(left, i, 1, nInputs), table);

function byCases(table: bigint, i: number, nInputs: number): number {
  const [low, high] = [cofactor(table, i, 0, nInputs), cofactor(table, i, 1, nInputs)];
  const both = literals(low, nInputs) + literals(high, nInputs);
  // Where one case includes the other the input is written once.
  return both + ((low & ~high) === 0n || (high & ~low) === 0n ? 1 : 2);
}

/** A function with an input held, of the same inputs. */
function cofactor(table: bigint, input: number, value: 0 | 1, nInputs: number): bigint {
  const step = 1n << BigInt(input);
  const where = high(input, nInputs);
  const kept = value === 1 ? table & where : table & ~where;
  return value === 1 ? kept | (kept >> step) : kept | (kept << step);
}

/** The minterms in which an input is 1. */
function high(input: number, nInputs: number): bigint {
  let found = 0n;
  for (let minterm = 0; minterm < 2 ** nInputs; minterm++) if ((minterm >> input) & 1) found |= 1n << BigInt(minterm);
  return found;
}

const allOnes = (nInputs: number): bigint => (1n << (1n << BigInt(nInputs))) - 1n;
