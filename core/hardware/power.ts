import type { CellLibrary } from './cells/cellLibrary.ts';
import { bitsOf } from './netlist/checkVectors.ts';
import { clearLanes, type LaneBits, putLane, xorshift } from './netlist/lanes.ts';
import type { Netlist } from './netlist/netlist.ts';
import { simulator } from './netlist/simulator.ts';
import { activationBits, activationOf, type HardwareSource, weightOf } from './source.ts';

/** How often each code of a format occurs, by code, in any unit; undefined for every code in use equally often. */
export type CodeUsage = readonly number[] | undefined;

/** Sums of more terms move in their upper bits ever more slowly, and these are few. */
const MOST_TERMS = 256;

/** Clock edges that are counted, in each of the lanes, which are independent streams. */
const N_STEPS = 512;
const N_WORDS = 4;

/**
 * A flip-flop has two inverters of its own in a row that make the phases of its clock (Weste and Harris, CMOS VLSI Design, 4th edition, 10.3), and
 * both switch at both edges.
 */
const CLOCK_TOGGLES = 2 * 2;

/**
 * What a MAC switches in one step, in um^2: the toggles of every cell's outputs, each times the area of its cell, on average, and those of the clock
 * inside the flip-flops, each times the area of an inverter. Dynamic power is proportional to it as far as the load that a cell drives is to its
 * area. Toggles are those from one settled state to the next: glitches, wires and the clock tree are not in it. So only the ratio of two such
 * figures from the same cells says anything.
 *
 * The netlist has the ports `clr`, `a` and `b` of a MAC. Operands are drawn independently of one another with the generator xorshift32 from a
 * seed: codes as often as they are used; of int8 and finite fp16 every bit pattern equally often. After `terms` products, or 256, the sum is
 * cleared.
 */
export function switchedArea(netlist: Netlist, library: CellLibrary, source: HardwareSource, usage: CodeUsage, seed: number): number {
  const random = xorshift(seed);
  const draws = [drawnCodes(source, usage), source.activation === 'format' ? drawnCodes(source, usage) : drawnActivations(source)] as const;
  const simulation = simulator(netlist, N_WORDS);
  const [clr, a, b] = (['clr', 'a', 'b'] as const).map((name) => bitsOf(netlist.inputs, name, simulation)) as [
    LaneBits,
    LaneBits,
    LaneBits,
  ];
  const driven = drivenNets(netlist).map(({ net, area }) => ({
    words: simulation.words(net),
    area,
    before: new Int32Array(N_WORDS),
    toggles: 0,
  }));
  const period = Math.min(source.terms, MOST_TERMS) + 1;
  // Flip-flops come up with 0 here; what that leads to is over after a period.
  for (let step = 0; step < period + N_STEPS; step++) {
    simulation.clock();
    for (const words of clr) words.fill(step % period === 0 ? -1 : 0);
    draws[0](a, random);
    draws[1](b, random);
    simulation.settle();
    for (const one of driven) {
      if (step >= period) one.toggles += nDifferent(one.words, one.before);
      one.before.set(one.words);
    }
  }
  const logic = driven.reduce((sum, { area, toggles }) => sum + area * toggles, 0) / (N_STEPS * N_WORDS * 32);
  return logic + netlist.flipFlops.length * CLOCK_TOGGLES * inverterArea(library);
}

/** Of the smallest inverter; a library that has none has a NAND, which does its work. */
function inverterArea({ cells }: CellLibrary): number {
  const areas = cells.filter(({ nInputs, truthTable }) => nInputs === 1 && truthTable === 0b01n).map(({ area }) => area);
  return areas.length > 0 ? Math.min(...areas) : Math.min(...cells.filter(({ nInputs }) => nInputs === 2).map(({ area }) => area));
}

/** The nets that cells drive, each with the area of its cell; cells with two outputs, the adders, share theirs out. */
function drivenNets({ gates, flipFlops }: Netlist): readonly { readonly net: number; readonly area: number }[] {
  return [
    ...gates.flatMap(({ model, outputs }) => outputs.map((net) => ({ net, area: model.area / outputs.length }))),
    ...flipFlops.map(({ model, output }) => ({ net: output, area: model.area })),
  ];
}

/** Gives every lane of a port a value of its own. */
type Draw = (port: LaneBits, random: () => number) => void;

/** Codes that are not in use have no usage, whatever is said of it: what a MAC makes of them is free. */
function drawnCodes(source: HardwareSource, usage: CodeUsage): Draw {
  const codes = Array.from({ length: 2 ** source.grid.bits }, (_, code) => BigInt(code));
  const inUse = codes.filter((code) => weightOf(source, code) !== undefined);
  const used = inUse.map((code) => usage?.[Number(code)] ?? 0);
  const isKnown = used.some((times) => times > 0);
  return drawn(inUse, isKnown ? used : inUse.map(() => 1));
}

function drawnActivations(source: HardwareSource): Draw {
  const patterns = Array.from({ length: 2 ** activationBits(source) }, (_, bits) => BigInt(bits));
  const inUse = patterns.filter((bits) => activationOf(source, bits) !== undefined);
  return drawn(
    inUse,
    inUse.map(() => 1),
  );
}

function drawn(values: readonly bigint[], times: readonly number[]): Draw {
  const ends: number[] = [];
  for (const [i, one] of times.entries()) ends.push((ends[i - 1] ?? 0) + one);
  const total = ends.at(-1) ?? 0;
  return (port, random) => {
    clearLanes(port);
    for (let lane = 0; lane < N_WORDS * 32; lane++) putLane(port, lane, values[indexAbove(ends, (random() / 2 ** 32) * total)]!);
  };
}

/** The first end that lies above a place from 0 to below the last one. */
function indexAbove(ends: readonly number[], place: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

function nDifferent(words: Int32Array, before: Int32Array): number {
  let n = 0;
  for (let w = 0; w < words.length; w++) n += nOnes(words[w]! ^ before[w]!);
  return n;
}

/** Ones of a word, counted in pairs, fours, bytes, and all bytes at once. */
function nOnes(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
