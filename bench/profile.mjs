// What profiles cost and how true they are: microseconds of processor time for 12 formats, preparing, and the error against the reference kernels
// on 2^24 weights (fewer as an argument). Usage: node bench/profile.mjs [log2 of weights]
import { build } from 'esbuild';

const modules = {
  profile: [
    'errorFromProfile',
    'serialise',
    'exactBlocks',
    'blockScans',
    'blockMaxima',
    'sketch',
    'scatterSketch',
    'scatterBf16Table',
    'profile',
  ],
  format: ['codebook'],
  quantize: ['stream'],
};
const contents = Object.entries(modules).flatMap(([folder, names]) => names.map((name) => `export * from './core/${folder}/${name}.ts';`));
contents.push("export * from './test/core/profile/draws.ts';", "export * as tables from './test/core/quantize/tables.ts';");
const bundle = await build({
  stdin: { contents: contents.join('\n'), resolveDir: new URL('..', import.meta.url).pathname },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const nibble = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString('base64')}`);

const n = 2 ** Number(process.argv[2] ?? 24);
const { tables } = nibble;
const twelve = Object.fromEntries(
  ['nf4', 'sf4', 'e2m1', 'e2m1Intel', 'e2m1Bnb', 'superRange', 'superPrecision', 'e3m0', 'apot4', 'flint4', 'en25', 'int4'].map((name) => [
    name,
    nibble.codebook(tables[name], 'lower', 4),
  ]),
);

console.log(`${n} weights; relative error of the noise, worst of 12 formats, and the largest stated bound\n`);
row('', 'block', 'f32 sketch', 'bound', 'bf16 table', 'prepare f32', '12 formats', 'prepare bf16', '12 formats', 'bytes f32', 'bytes bf16');
const cases = { 'nu 3': 3, 'nu 5': 5, 'nu 10': 10, normal: Infinity, 'nu 5, 50 x 1000': 5 };
for (const [name, nu] of Object.entries(cases)) {
  const drawn = nibble.draws(n, nu, 1);
  const weights = name.includes('x') ? nibble.withOutliers(drawn, 50, 1000) : drawn;
  const bf16 = nibble.toBf16(weights);
  for (const block of [16, 128, 1024]) {
    const sketch = await accuracy(weights, block, 'F32');
    const table = await accuracy(bf16, block, 'BF16');
    const [a, b] = [sketch, table].map(({ prepareMs, formatsUs }) => [`${prepareMs.toFixed(1)} ms`, `${formatsUs.toFixed(0)} us`]);
    row(
      name,
      block,
      sketch.worst.toExponential(1),
      sketch.bound.toExponential(1),
      table.worst.toExponential(1),
      ...a,
      ...b,
      sketch.nBytes,
      table.nBytes,
    );
  }
}

async function accuracy(weights, block, type) {
  const rule = ruleOf(block);
  const profile = profileOf(weights, block, type);
  const nBytes = nibble.serialise(profile).length;
  const prepareMs = cpuUs(() => nibble.prepared(profile), 3) / 1000;
  const prepared = nibble.prepared(profile);
  const evaluate = () => Object.values(twelve).map((book) => nibble.errorFromProfile(prepared, rule, book, type));
  const formatsUs = cpuUs(evaluate, type === 'F32' ? 300 : 5);
  const read = async (from, out) => out.set(weights.subarray(from, from + out.length));
  const jobs = Object.values(twelve).map((codebook) => ({ codebook, rule }));
  const truth = await nibble.quantizationErrors({ shape: [n / 1024, 1024], n, read }, jobs);
  const found = evaluate();
  return {
    worst: Math.max(...found.map(({ sums }, i) => Math.abs(sums.noise / truth[i].noise - 1))),
    bound: Math.max(...found.map(({ sums, noiseBound }) => noiseBound / sums.noise)),
    prepareMs,
    formatsUs,
    nBytes,
  };
}

function ruleOf(block) {
  return { block, axis: 'last', anchor: { kind: 'absmax' }, type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', second: undefined };
}

/** As the passes build it, in plain JavaScript. */
function profileOf(weights, block, type) {
  const lines = { lineLength: 1024, block, start: 0 };
  const absmax = new Float32Array(n / block);
  const totals = { n, nNonFinite: 0, nZeros: 0, signal: 0, absSignal: 0, nRows: n / 1024 };
  weights.forEach((w, i) => {
    const b = Math.floor(i / block);
    absmax[b] = Math.max(absmax[b], Math.abs(w));
    if (w === 0) totals.nZeros++;
    totals.signal += w * w;
    totals.absSignal += Math.abs(w);
  });
  const over = type === 'BF16' ? 'bf16' : { kind: 'absmax' };
  const profile = { version: nibble.PROFILE_VERSION, key: { block, axis: 'last', over }, totals, maxima: nibble.blockMaxima(absmax) };
  if (type === 'BF16') {
    const table = nibble.emptyBf16Table();
    const words = new Uint16Array(weights.buffer);
    nibble.scatterBf16Table(
      table,
      Uint16Array.from({ length: n }, (_, i) => words[2 * i + 1]),
      lines,
    );
    return { ...profile, statistics: { kind: 'bf16', table } };
  }
  const kept = nibble.blocksToKeep(absmax, block, n, nibble.blockScans);
  const parts = kept.map((b) => ({
    weights: weights.slice(b * block, (b + 1) * block),
    references: Float64Array.of(absmax[b]),
    lengths: Uint32Array.of(block),
  }));
  // A reference of 0 leaves the weights of a block in the middle bin, weighing nothing.
  const references = absmax.slice();
  for (const b of kept) references[b] = 0;
  const sketch = nibble.emptySketch();
  nibble.scatterSketch(sketch, weights, lines, references);
  sketch.counts[nibble.HALF] -= kept.length * block;
  const fourth = references.reduce((sum, a) => sum + block * a ** 4, 0);
  return { ...profile, statistics: { kind: 'sketch', sketch, fourth, exact: nibble.joined(parts) } };
}

/** Mean processor time of a call, the least of 5 rounds, so that other processes do not count. */
function cpuUs(call, times) {
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) call();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / times);
  }
  return least;
}

function row(...cells) {
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(16) : String(cell).padStart(13))).join(''));
}
