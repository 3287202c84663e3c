import { drawingModules } from './areaCodebooks.mjs';
import { sample, samplingModules } from './areaSamples.mjs';
import { exportsOf } from './sources.mjs';
const modules = await exportsOf([...drawingModules, ...samplingModules]);
await sample(modules, Number(process.argv[2]));
