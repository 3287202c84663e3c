// Time of a histogram per weight, of each fit, and of the Kolmogorov-Smirnov distance; then the coverage of the interval of nu.
// Run: node bench/fits.mjs [--coverage]   The latter takes 100 tensors of a million draws for each nu, some minutes.
import { build } from 'esbuild';

const source = `
export * from './core/measure/histogram16.ts';
export * from './core/measure/fit/fitWeights.ts';
export * from './core/measure/fit/fitStudentT.ts';
export * from './core/measure/fit/fitNormal.ts';
export * from './core/measure/fit/fitLaplace.ts';
export * from './core/measure/fit/fitGeneralisedGaussian.ts';
export * from './core/measure/fit/kolmogorovSmirnov.ts';
export * from './core/measure/fit/normalisation.ts';
export { studentTDraws } from './test/core/measure/fit/samples.ts';
`;
const { outputFiles } = await build({
  stdin: { contents: source, resolveDir: new URL('..', import.meta.url).pathname, loader: 'ts' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  write: false,
});
// A data URL has no folder; the tests' samples look for the model from theirs only when asked to.
const fits = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);

const N_WEIGHTS = 4_000_000;

/** CPU milliseconds of the quickest of `runs`, and its result. */
function timed(runs, f) {
  let best = Number.POSITIVE_INFINITY;
  let result;
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    result = f();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return { ms: best, result };
}

const line = (name, value) => console.log(`${name.padEnd(44)} ${value}`);

const weights = fits.studentTDraws(5, 1, N_WEIGHTS).map((x) => 0.02 * x);
const perWeight = (ms) => `${((ms / N_WEIGHTS) * 1e6).toFixed(2)} ns/weight`;

const read = timed(8, () => {
  const bits = new Uint32Array(weights.buffer);
  let all = 0;
  for (let i = 0; i < bits.length; i++) all ^= bits[i];
  return all;
});
line('plain read (xor)', perWeight(read.ms));
const counted = timed(8, () => {
  const histogram = fits.histogram16('top16');
  fits.addToHistogram(histogram, weights);
  return histogram;
});
line('histogram, raw', perWeight(counted.ms));
for (const rule of [{ kind: 'row' }, { kind: 'block', size: 32 }, { kind: 'block', size: 128 }]) {
  const { ms } = timed(4, () => {
    const histogram = fits.histogram16('top16');
    for (const part of fits.normalised(weights, [N_WEIGHTS / 4000, 4000], rule)) fits.addToHistogram(histogram, part);
  });
  line(`histogram, ${fits.normalisationName(rule)}`, perWeight(ms));
}
const bf16 = weights.map((x) => new Float32Array(Uint32Array.of(new Uint32Array(Float32Array.of(x).buffer)[0] & 0xffff_0000).buffer)[0]);
const exact = fits.histogram16('top16');
fits.addToHistogram(exact, bf16);

for (const [name, histogram] of [
  ['float32', counted.result],
  ['bf16', exact],
]) {
  const { ms: cellsMs, result: cells } = timed(10, () => fits.cells(histogram));
  console.log(`\n${name}, ${cells.values.length} cells`);
  line('cells', `${cellsMs.toFixed(2)} ms`);
  for (const method of [fits.fitNormal, fits.fitLaplace, fits.fitStudentT, fits.fitGeneralisedGaussian]) {
    const { ms, result } = timed(10, () => method(cells));
    line(method.name, `${ms.toFixed(2)} ms, ${result.iterations} iterations`);
    const ks = timed(10, () => fits.ksOfFit(cells, result));
    line(`  its distance ${ks.result.distance.toFixed(6)} to ${ks.result.atMost.toFixed(6)}`, `${ks.ms.toFixed(2)} ms`);
    if (result.kind === 'student_t') line('  its nu', `${result.nu.toFixed(4)} +- ${result.nuSe.toFixed(4)}`);
  }
  line('fitWeights', `${timed(5, () => fits.fitWeights(cells, { kind: 'raw' })).ms.toFixed(2)} ms`);
}

if (process.argv.includes('--coverage')) {
  console.log('\n100 tensors of 1 000 000 draws each');
  for (const nu of [3, 5, 10]) {
    let held = 0;
    const errors = [];
    for (let seed = 1; seed <= 100; seed++) {
      const histogram = fits.histogram16('top16');
      fits.addToHistogram(histogram, fits.studentTDraws(nu, seed, 1_000_000));
      const fit = fits.fitStudentT(fits.cells(histogram));
      errors.push((fit.nu - nu) / fit.nuSe);
      if (fit.nuInterval.low <= nu && nu <= fit.nuInterval.high) held++;
    }
    const mean = errors.reduce((a, b) => a + b) / errors.length;
    const sd = Math.sqrt(errors.reduce((sum, e) => sum + (e - mean) ** 2, 0) / errors.length);
    line(`nu = ${nu}`, `held ${held} of 100; errors in standard errors: mean ${mean.toFixed(3)}, sd ${sd.toFixed(3)}`);
  }
}
