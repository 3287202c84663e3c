// Weights per second of processor time of each kernel, and as a share of a plain read of the same bytes in the same run. Usage: node bench/kernels.mjs
import { build } from 'esbuild';
import { kernelsForEsbuild } from '../scripts/kernels.mjs';

const bundle = await build({
  stdin: {
    contents: `export { kernels } from './core/profile/kernels.ts'; export { default as wasm } from './kernels/kernels.wasm';
      export { directKernels } from './core/quantize/directKernel.ts'; export { quantizationErrors } from './core/quantize/stream.ts';
      export { codebook } from './core/format/codebook.ts'; export { decode } from './core/weights/dtype.ts';
      export * as tables from './test/core/quantize/tables.ts';`,
    resolveDir: new URL('..', import.meta.url).pathname,
  },
  plugins: [kernelsForEsbuild],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
});
const { kernels, directKernels, quantizationErrors, codebook, decode, tables, wasm } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString('base64')}`
);

/** As many weights as one call takes, of Student-t with 5 degrees of freedom, seed 42. Each is added 8 times to a measurement. */
const REPEATS = 8;
const ROUNDS = 7;
const seed = { state: 42 };
const weights = Float32Array.from({ length: 2 ** 21 }, () => 0.015 * studentT(5));
const bits = new Uint32Array(weights.buffer);
const stored = {
  F32: weights.subarray(0, 2 ** 20),
  F16: Uint16Array.from(bits, float16),
  BF16: Uint16Array.from(bits, (b) => (b + 0x7fff + ((b >>> 16) & 1)) >>> 16),
};

const twelve = ['nf4', 'sf4', 'e2m1', 'e2m1Intel', 'e2m1Bnb', 'superRange', 'superPrecision', 'e3m0', 'apot4', 'flint4', 'en25', 'int4'];
const books = twelve.map((name) => codebook(tables[name], 'lower', 4));

const k = kernels(wasm);
const direct = directKernels(wasm);
console.log('Direct: weights decoded, quantized and their errors summed; weights times formats, and the share for each format');
console.log(`M weights per second of processor time; median of ${ROUNDS} rounds (share of a plain read of the same bytes)`);
for (const [type, values] of Object.entries(stored)) {
  const n = values.length;
  k.input(values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const cases = { read: () => k.readAll(values.byteLength), histogram: () => k.addToHistogram(type, n) };
  // Asking for the input says that it may be new: else nothing is decoded or surveyed twice.
  const again = () => k.input(values.byteLength);
  if (type !== 'F32') cases.decode = () => again() && k.decode(type, n);
  for (const block of [16, 32, 128, 1024]) {
    const lines = { lineLength: n, block, start: 0 };
    const references = k.absmax(type, n, lines).map((a) => 1.01 * a);
    cases[`sketch ${block}`] = () => k.addToSketch(type, n, lines, 'absmax');
    cases[`sketch ${block}, given references`] = () => k.addToSketch(type, n, lines, references);
    cases[`${type === 'F32' ? '' : 'decode and '}survey ${block}`] = () => again() && k.survey(type, n, lines);
    cases[`absmax ${block}`] = () => k.absmax(type, n, lines);
    cases[`ranges ${block}`] = () => k.ranges(type, n, lines);
    if (type === 'BF16') cases[`bf16 table ${block}`] = () => k.addToBf16Table(n, lines);
  }
  cases['sketch of one block'] = () => k.addToSketch(type, n, { lineLength: n, block: n, start: 0 }, 'absmax');
  const nFormats = {};
  for (const block of [16, 32, 128, 1024]) {
    for (const some of [books.slice(0, 1), books]) {
      const name = `direct ${block}, ${some.length === 1 ? '1 format' : `${some.length} formats`}`;
      cases[name] = () => quantizationErrors(tensorOf(type, values), jobs(some, block), { kernels: direct });
      nFormats[name] = some.length;
    }
  }
  cases['plain JavaScript 32, 1 format'] = () => quantizationErrors(tensorOf(type, values), jobs(books.slice(0, 1), 32));
  const times = await rounds(cases);
  k.takeHistogram(type === 'F16' ? 'f16' : 'top16');
  const read = times.read;
  for (const [name, all] of Object.entries(times)) {
    const ms = all / (nFormats[name] ?? 1);
    const rate = (n * REPEATS) / ms / 1000;
    console.log(`${type.padEnd(5)} ${name.padEnd(30)} ${rate.toFixed(0).padStart(7)} ${`${((100 * read) / ms).toFixed(1)} %`.padStart(9)}`);
  }
}

/** Rows of 4096 weights, as a file would give them. */
function tensorOf(type, values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const size = values.BYTES_PER_ELEMENT;
  const read = async (from, out) => decode(type, bytes.subarray(from * size, (from + out.length) * size), out);
  const readStored = async (from, out) => out.set(bytes.subarray(from * size, from * size + out.length));
  return { type, shape: [values.length / 4096, 4096], n: values.length, read, readStored };
}

function jobs(books, block) {
  const anchor = { kind: 'absmax' };
  const type = { kind: 'float', name: 'fp16' };
  return books.map((codebook) => ({ codebook, rule: { block, axis: 'last', anchor, type, rounding: 'nearest', second: undefined } }));
}

/** Milliseconds of processor time by case, the median of rounds that take all cases in turn: what disturbs the machine disturbs all alike. */
async function rounds(cases) {
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const before = process.cpuUsage();
      for (let i = 0; i < REPEATS; i++) await run();
      const { user, system } = process.cpuUsage(before);
      // The first round warms up the compiler.
      if (round >= 0) times[name].push((user + system) / 1000);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.sort((a, b) => a - b)[ROUNDS >> 1]]));
}

function studentT(nu) {
  let chiSquare = 0;
  for (let i = 0; i < nu; i++) chiSquare += normal() ** 2;
  return normal() / Math.sqrt(chiSquare / nu);
}

function normal() {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function uniform() {
  seed.state = (Math.imul(seed.state, 1664525) + 1013904223) >>> 0;
  return (seed.state + 0.5) / 2 ** 32;
}

/** The float16 below in magnitude, of a float32 pattern; exact enough to measure with. */
function float16(pattern) {
  const sign = (pattern >>> 16) & 0x8000;
  const exponent = ((pattern >>> 23) & 255) - 112;
  if (exponent >= 31) return sign | 0x7bff;
  if (exponent > 0) return sign | (exponent << 10) | ((pattern >>> 13) & 1023);
  return exponent < -10 ? sign : sign | (((pattern & 0x7fffff) | 0x800000) >> (14 - exponent));
}
