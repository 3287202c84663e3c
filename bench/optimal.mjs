// Times of the exact optimum, in ms of processor time (other processes do not count): the least of 5 runs after one to warm up. Usage: node bench/optimal.mjs
import { build } from 'esbuild';

const exports = ['optimalLevels', 'lloydMax', 'codebookError', 'moments'].map((name) => `export * from './core/fit/${name}.ts';`);
const bundle = await build({
  stdin: { contents: exports.join('\n'), resolveDir: new URL('..', import.meta.url).pathname },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const { codebookError, lloydMax, optimalLevels, pointMoments } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString('base64')}`
);

const free = { bits: 4, measure: 'mse', zero: false, symmetric: 'no', pin: [], grid: 'any' };
const cases = {
  free: {},
  zero: { zero: true },
  'pairs, zero': { zero: true, symmetric: 'pairs' },
  'pin -1 0 1': { pin: [-1, 0, 1] },
  'step 1/64': { grid: { step: 1 / 64 } },
  'step 1/1024': { grid: { step: 1 / 1024 } },
  'pairs, zero, step 1/64': { zero: true, symmetric: 'pairs', grid: { step: 1 / 64 } },
  'spare, zero, step 1/64': { zero: true, symmetric: 'pairs-and-spare', grid: { step: 1 / 64 } },
  '6 bits': { bits: 6 },
};

console.log(`${''.padEnd(36)}${[2049, 16385, 65536].map((n) => `${n} bins`.padStart(14)).join('')}`);
const profiles = [2049, 16385, 65536].map(normalBlocks);
for (const measure of ['mse', 'mae']) {
  for (const [name, constraints] of Object.entries(cases)) {
    const times = profiles.map((moments) => time(() => optimalLevels(moments, { ...free, measure, ...constraints })));
    row(`${measure} ${name}`, times);
  }
  const start = Array.from({ length: 16 }, (_, i) => (i - 7.5) / 8);
  row(
    `${measure} Lloyd-Max, one start`,
    profiles.map((moments) => time(() => lloydMax(moments, start, measure))),
  );
  row(
    `${measure} preparing a profile`,
    profiles.map((moments) => time(() => codebookError(moments, measure))),
  );
  row(
    `${measure} one codebook, prepared (x 1000)`,
    profiles.map((moments) => {
      const errorOf = codebookError(moments, measure);
      return time(() => Array.from({ length: 1000 }, () => errorOf(start)));
    }),
  );
}

/** The density of N(0, 1) / 2.8 on [-1, 1], with a peak at either end as blocks have. */
function normalBlocks(n) {
  const x = Float64Array.from({ length: n }, (_, i) => (2 * i) / (n - 1) - 1);
  return pointMoments(
    x,
    x.map((at, i) => Math.exp(-0.5 * (2.8 * at) ** 2) + (i === 0 || i === n - 1 ? n / 100 : 0)),
  );
}

function time(run) {
  run();
  const times = Array.from({ length: 5 }, () => {
    const from = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

function row(name, times) {
  console.log(`${name.padEnd(36)}${times.map((ms) => ms.toFixed(2).padStart(14)).join('')}`);
}
