import type { Problem } from '../fit/moments.ts';
import { arraysOfTable } from './bf16Table.ts';
import { KEPT } from './blockMaxima.ts';
import { type Reader, reader, type Writer, writer } from './codec.ts';
import { EXACT_WEIGHTS } from './exactBlocks.ts';
import { keyText, PROFILE_VERSION, type Profile, type ProfileKey, type Statistics } from './profile.ts';
import { emptyBf16Table } from './scatterBf16Table.ts';
import { emptySketch } from './sketch.ts';

/** A profile as bytes: `NBPF`, a CRC-32 of what follows, version, key and sums. {@link deserialise} gives an equal profile back. */
export function serialise({ key, totals, maxima, statistics }: Profile): Uint8Array<ArrayBuffer> {
  const out = writer();
  out.varint(PROFILE_VERSION);
  out.text(keyText(key));
  for (const total of [totals.n, totals.nNonFinite, totals.nZeros, maxima.nBlocks, maxima.nNonZero]) out.varint(total);
  for (const sum of [totals.signal, totals.absSignal, maxima.least]) out.float(sum);
  out.varint(maxima.absmax.length);
  out.array(maxima.absmax);
  out.array(maxima.block);
  for (const sums of arraysOf(statistics)) out.array(sums);
  if (statistics.kind === 'sketch') out.array(statistics.sketch.moment);
  if (statistics.kind === 'sketch') writeBlocks(out, statistics);
  const body = out.bytes();
  const bytes = new Uint8Array(HEADER + body.length);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, crc32(body));
  bytes.set(body, HEADER);
  return bytes;
}

/**
 * The profile that bytes hold, if they hold one with this key. Whatever they are, nothing is thrown, and no more is allocated than the arrays of a
 * profile, and what the bytes could fill.
 */
export function deserialise(bytes: Uint8Array, key: ProfileKey): Profile | Problem {
  const body = bytes.subarray(HEADER);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || MAGIC.some((byte, i) => bytes[i] !== byte)) return { problem: 'These bytes are no profile' };
  if (header.getUint32(MAGIC.length) !== crc32(body)) return { problem: 'This profile is damaged: its checksum differs' };
  const from = reader(body);
  const version = from.varint();
  if (version !== PROFILE_VERSION) return { problem: `This profile is of version ${version}, not ${PROFILE_VERSION}` };
  if (from.text() !== keyText(key)) return { problem: `This profile is of something else than ${keyText(key)}` };
  const profile = readProfile(from, key);
  if (!from.isFine() || from.left() > 0 || !isSound(profile)) return { problem: 'The sums of this profile make no sense' };
  return profile;
}

const MAGIC = new TextEncoder().encode('NBPF');
const HEADER = MAGIC.length + 4;

function readProfile(from: Reader, key: ProfileKey): Profile {
  const [n, nNonFinite, nZeros, nBlocks, nNonZero] = Array.from({ length: 5 }, () => from.varint()) as Five;
  const [signal, absSignal, least] = Array.from({ length: 3 }, () => from.float()) as [number, number, number];
  const nMaxima = lengthOf(from, KEPT);
  const absmax = filled(from, new Float32Array(nMaxima));
  const block = filled(from, new Float64Array(nMaxima));
  const statistics = key.over === 'bf16' ? readTable(from) : readSketch(from);
  return {
    version: PROFILE_VERSION,
    key,
    totals: { n, nNonFinite, nZeros, signal, absSignal },
    maxima: { nBlocks, least, absmax, block, nNonZero },
    statistics,
  };
}

type Five = [number, number, number, number, number];

function readTable(from: Reader): Statistics {
  const statistics: Statistics = { kind: 'bf16', table: emptyBf16Table() };
  for (const sums of arraysOf(statistics)) filled(from, sums);
  return statistics;
}

function readSketch(from: Reader): Statistics {
  const sketch = emptySketch();
  for (const sums of [sketch.counts, sketch.mass, sketch.energy, sketch.moment]) filled(from, sums);
  const fourth = from.float();
  const nBlocks = lengthOf(from, 2 * EXACT_WEIGHTS);
  const lengths = filled(from, new Uint32Array(nBlocks));
  const references = filled(from, new Float64Array(nBlocks));
  const nWeights = lengthOf(from, 2 * EXACT_WEIGHTS);
  return { kind: 'sketch', sketch, fourth, exact: { weights: filled(from, new Float32Array(nWeights)), references, lengths } };
}

function writeBlocks(out: Writer, { fourth, exact }: Extract<Statistics, { kind: 'sketch' }>): void {
  out.float(fourth);
  out.varint(exact.lengths.length);
  out.array(exact.lengths);
  out.array(exact.references);
  out.varint(exact.weights.length);
  out.array(exact.weights);
}

function lengthOf(from: Reader, most: number): number {
  const length = from.varint();
  if (length <= most) return length;
  from.fail();
  return 0;
}

function filled<A extends Float64Array | Float32Array | Uint32Array>(from: Reader, array: A): A {
  from.array(array);
  return array;
}

/** The arrays of fixed lengths. */
function arraysOf(statistics: Statistics): readonly Float64Array[] {
  if (statistics.kind === 'sketch') return [statistics.sketch.counts, statistics.sketch.mass, statistics.sketch.energy];
  return arraysOfTable(statistics.table);
}

/** Whether every number is one that a profile can have, and the counts add up. */
function isSound({ totals, maxima, statistics }: Profile): boolean {
  const isSum = (x: number): boolean => x >= 0 && x < Number.POSITIVE_INFINITY;
  const isMaximum = (x: number, i: number): boolean => isSum(x) && x <= (maxima.absmax[i - 1] ?? x);
  if (!isSum(totals.signal) || !isSum(totals.absSignal) || !(maxima.least > 0) || !maxima.absmax.every(isMaximum)) return false;
  if (!maxima.block.every((block) => Number.isInteger(block) && block >= 0 && block < maxima.nBlocks)) return false;
  if (!arraysOf(statistics).every((sums) => sums.every(isSum))) return false;
  if (statistics.kind === 'bf16') {
    const { counts, small, zeros, zeroBlocks } = statistics.table;
    return total(counts) + total(small.counts) + total(zeros.counts) + total(zeroBlocks) === totals.n;
  }
  const { sketch, fourth, exact } = statistics;
  // No weight is farther from the centre of its bin than the width of a bin, but for those beyond the ends.
  if (!sketch.moment.every((m, bin) => Math.abs(m) <= 2 * sketch.energy[bin]!)) return false;
  if (!isSum(fourth) || !exact.weights.every(Number.isFinite) || !exact.references.every(isSum)) return false;
  return total(exact.lengths) === exact.weights.length && total(sketch.counts) + exact.weights.length === totals.n;
}

function total(numbers: Float64Array | Uint32Array): number {
  let sum = 0;
  for (const x of numbers) sum += x;
  return sum;
}

/** The usual CRC-32, of IEEE 802.3. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcOfByte[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

const crcOfByte = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  return crc;
});
