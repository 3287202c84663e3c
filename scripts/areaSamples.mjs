// Synthesises the codebooks of areaCodebooks.mjs and keeps their areas in area-samples.csv. What is there already is not done again.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawnSources, integersOf, sourceOf } from './areaCodebooks.mjs';
import { root } from './run.mjs';

/** The modules of the product that sampling needs, for `exportsOf`. */
export const samplingModules = [
  'core/hardware/accumulator.ts',
  'core/hardware/architecturesFor.ts',
  'core/hardware/cells/index.ts',
  'core/hardware/mac.ts',
  'core/hardware/product.ts',
  'core/hardware/productForm.ts',
  'core/hardware/source.ts',
  'node/cacheFolder.ts',
  'node/synthesis/synthesiser.ts',
  'node/synthesis/yosys.ts',
];

const path = join(root, 'scripts/area-samples.csv');
const header = 'library,activation,family,integers,products,accumulators,units\n';

/** All samples: areas in um^2, by the name of the architecture, or the form of the product. */
export function readSamples() {
  const [, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const [library, activation, family, integers, products, accumulators, units] = row.split(',');
    return {
      library,
      activation,
      family,
      source: sourceOf(integers, activation),
      products: areasOf(products),
      accumulators: areasOf(accumulators),
      units: areasOf(units),
    };
  });
}

const areasOf = (column) => Object.fromEntries(column.split(' ').map((one) => one.split('=')).map(([name, area]) => [name, Number(area)]));
const columnOf = (areas) => [...areas].map(([name, area]) => `${name}=${Number(area.toPrecision(6))}`).join(' ');

/** How many codebooks are synthesised: all, or some of every family. */
const asked = [
  ['nangate45', 'format', Number.POSITIVE_INFINITY],
  ['sky130', 'format', 40],
  ['asap7', 'format', 40],
  ['sg13g2', 'format', 40],
  ['nangate45', 'int8', 40],
];

/** Adds what is missing, for at most some seconds. Every netlist is compared with its codebook, or there is no area. */
export async function sample(modules, limitS) {
  const { Synthesiser, cachePlace, cellLibraries, usualLimits } = modules;
  const script = join(root, 'dist/synthesis.cjs');
  const synthesiser = new Synthesiser({ script, yosys: undefined, cache: cachePlace(), limits: usualLimits });
  if (!existsSync(path)) writeFileSync(path, header);
  const known = new Set(readSamples().map(({ library, activation, source }) => `${library},${activation},${integersOf(source)}`));
  const start = Date.now();
  const drawn = spread(drawnSources(modules));
  try {
    for (const [library, activation, n] of asked) {
      for (const { family, source } of drawn.slice(0, n)) {
        if (known.has(`${library},${activation},${integersOf(source)}`)) continue;
        if (Date.now() - start > limitS * 1000) return;
        const areas = await areasOfSource({ ...source, activation }, cellLibraries[library], synthesiser, modules);
        appendFileSync(path, `${[library, activation, family, integersOf(source), ...areas.map(columnOf)].join(',')}\n`);
      }
    }
  } finally {
    synthesiser.close();
  }
}

/** In an order in which neighbours are of different families. */
function spread(drawn) {
  // Coprime to every number of codebooks that is no multiple of it.
  const stride = 157;
  return drawn.map((_, i) => drawn[(i * stride) % drawn.length]);
}

/** The products of all architectures and the accumulators behind them; then whole units of the two that are smallest in parts. */
async function areasOfSource(source, library, synthesiser, modules) {
  const { accumulatorBits, accumulatorDesign, architecturesFor, macDesign, productDesign, productForm } = modules;
  const options = { signal: new AbortController().signal, effort: 'quick' };
  const architectures = architecturesFor(source);
  const forms = new Map(architectures.map((architecture) => productForm(source, architecture)).map((form) => [form.kind, form]));
  const results = await synthesiser.synthesise(
    [
      ...architectures.map((architecture) => productDesign(architecture.name, source, architecture)),
      ...[...forms].map(([kind, form]) => accumulatorDesign(kind, form, accumulatorBits(source))),
    ],
    library,
    options,
  );
  const areas = results.map(({ design, area }) => [design, area]);
  const accumulators = areas.slice(architectures.length);
  const inParts = (architecture, i) => areas[i][1] + new Map(accumulators).get(productForm(source, architecture).kind);
  const smallest = architectures.toSorted((a, b) => inParts(a, architectures.indexOf(a)) - inParts(b, architectures.indexOf(b))).slice(0, 2);
  const units = await synthesiser.synthesise(
    smallest.map((architecture) => macDesign(architecture.name, source, architecture)),
    library,
    options,
  );
  return [areas.slice(0, architectures.length), accumulators, units.map(({ design, area }) => [design, area])];
}
