import type { Combinational, Design } from '../design.ts';
import { clearLanes, differingLanes, type LaneBits, laneBits, laneValue, putLane, randomValue, xorshift } from './lanes.ts';
import { type Check, type Mismatch, maxMismatches } from './mismatch.ts';
import type { Netlist, NetlistPort } from './netlist.ts';
import { type Simulator, simulator } from './simulator.ts';

/** Beyond this many input bits not all vectors are tried: 2^20 take about two seconds. */
const maxExhaustiveBits = 20;

/** Vectors at once: 128 words of 32 lanes. */
const nLanes = 4096;

/** Vectors of a design with more inputs. */
const nSampled = 2 ** 16;

/** Compares a combinational netlist with the behaviour of its design. */
export function checkVectors(design: Design, behaviour: Combinational, netlist: Netlist): Check {
  const widths = design.inputs.map(({ width }) => width);
  const nBits = widths.reduce((sum, width) => sum + width, 0);
  const isExhaustive = nBits <= maxExhaustiveBits;
  const nVectors = isExhaustive ? 2 ** nBits : nSampled;
  const vector = isExhaustive ? (index: number) => split(BigInt(index), widths) : sampled(widths);
  const simulation = simulator(netlist, Math.ceil(Math.min(nVectors, nLanes) / 32));
  const mismatches: Mismatch[] = [];
  let nDifferent = 0;
  for (let start = 0; start < nVectors; start += nLanes) {
    const vectors = Array.from({ length: Math.min(nLanes, nVectors - start) }, (_, lane) => vector(start + lane));
    const different = compare(design, behaviour, netlist, simulation, vectors);
    nDifferent += new Set(different.map(({ lane }) => lane)).size;
    for (const { lane, ...mismatch } of different.slice(0, maxMismatches - mismatches.length))
      mismatches.push({ inputs: Object.fromEntries(design.inputs.map(({ name }, i) => [name, vectors[lane]![i]!])), step: 0, ...mismatch });
  }
  return { coverage: isExhaustive ? 'exhaustive' : 'sampled', nVectors, nEqual: nVectors - nDifferent, mismatches };
}

type Different = Pick<Mismatch, 'output' | 'expected' | 'found'> & { readonly lane: number };

function compare(
  design: Design,
  behaviour: Combinational,
  netlist: Netlist,
  simulation: Simulator,
  vectors: readonly (readonly bigint[])[],
): readonly Different[] {
  const { nWords } = simulation;
  const expected = design.outputs.map(({ width }) => laneBits(width, nWords));
  const care = design.outputs.map(() => new Int32Array(nWords));
  for (const [i, { name }] of design.inputs.entries()) {
    const bits = bitsOf(netlist.inputs, name, simulation);
    clearLanes(bits);
    for (const [lane, vector] of vectors.entries()) putLane(bits, lane, vector[i]!);
  }
  for (const [lane, vector] of vectors.entries())
    for (const [o, value] of behaviour.outputs(vector).entries()) {
      if (value === undefined) continue;
      putLane(expected[o]!, lane, inRange(value, design, o));
      care[o]![lane >> 5]! |= 1 << (lane & 31);
    }
  simulation.settle();
  return design.outputs.flatMap(({ name: output }, o) => {
    const found = bitsOf(netlist.outputs, output, simulation);
    const lanes = differingLanes(found, expected[o]!, care[o]!, vectors.length);
    return lanes.map((lane) => ({ lane, output, expected: laneValue(expected[o]!, lane), found: laneValue(found, lane) }));
  });
}

/** The words of a port's nets; none where the netlist has no such port, as nothing depends on it. */
export const bitsOf = (ports: readonly NetlistPort[], name: string, simulation: Simulator): LaneBits =>
  ports.find((port) => port.name === name)?.nets.map((net) => simulation.words(net)) ?? [];

/** A behaviour that gives a value its port cannot hold is our mistake. */
export function inRange(value: bigint, design: Design, output: number): bigint {
  const { name, width } = design.outputs[output]!;
  if (value < 0n || value >> BigInt(width) !== 0n)
    throw new RangeError(`The behaviour of ${design.name} gives ${value} for ${name}, which has ${width} bits`);
  return value;
}

/** The index of a vector as one value for each input, the first in its lowest bits. */
function split(index: bigint, widths: readonly number[]): readonly bigint[] {
  return widths.map((width) => {
    const value = BigInt.asUintN(width, index);
    index >>= BigInt(width);
    return value;
  });
}

/** The corners first, where each input is 0, all ones, the greatest or the least signed number, then any. */
function sampled(widths: readonly number[]): (index: number) => readonly bigint[] {
  const random = xorshift(0x4e696262);
  const corner = (which: number, width: number): bigint => {
    const top = 1n << BigInt(width - 1);
    return [0n, 2n * top - 1n, top - 1n, top][which]!;
  };
  const nCorners = Math.min(4 ** widths.length, nSampled / 4);
  return (index) =>
    widths.map((width, i) => (index < nCorners ? corner(Math.floor(index / 4 ** i) % 4, width) : randomValue(random, width)));
}
