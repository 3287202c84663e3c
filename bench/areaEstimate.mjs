// Time of the estimate of an area, each time of a codebook that nothing is known of, in ms of processor time and over that of multiplying all pairs
// of its codes: the least of 5 runs over all formats of std.paper of that width. Usage: node bench/areaEstimate.mjs
import { exportsOf } from '../scripts/sources.mjs';

const { analyseModule, estimateArea, grid, loadLibrary } = await exportsOf([
  'core/hardware/areaModel.ts',
  'core/hardware/grid.ts',
  'core/lang/analysis.ts',
  'core/lang/module.ts',
]);
const formats = [...analyseModule(loadLibrary('std.paper')).formats.values()];

for (const bits of [3, 4, 5]) {
  const grids = formats.filter(({ codebook }) => codebook?.bits === bits).map(({ codebook }) => grid(codebook, 8));
  // What is known of a grid is kept with it, so each run has grids of its own.
  const estimateMs = time(grids, (one) => estimateArea({ grid: one, activation: 'format', terms: 256 }, 'nangate45').area);
  const pairsMs = time(grids, ({ integers }) =>
    integers.reduce((sum, a) => sum + integers.reduce((part, b) => part + (a ?? 0) * (b ?? 0), 0), 0),
  );
  console.log(
    `${bits} bits, ${grids.length} formats: ${estimateMs.toFixed(3)} ms each, ${(estimateMs / pairsMs).toFixed(0)} times all its products`,
  );
}

function time(grids, run) {
  const repeats = 50;
  const times = Array.from({ length: 6 }, () => {
    const fresh = Array.from({ length: repeats }, () => grids.map((one) => ({ ...one }))).flat();
    const from = process.cpuUsage();
    for (const one of fresh) run(one);
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000 / fresh.length;
  });
  // The first run warms up.
  return Math.min(...times.slice(1));
}
