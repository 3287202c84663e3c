// Synthesises the codebooks of areaCodebooks.mjs, and accumulators, and keeps their areas in area-samples.csv and area-accumulators.csv.
// What is there already is not done again.
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
const script = join(root, 'dist/synthesis.cjs');
const accumulatorPath = join(root, 'scripts/area-accumulators.csv');
const header = 'library,activation,family,integers,products,accumulators,unit\n';

/** All samples of codebooks: areas in um^2, by the name of the architecture or the form of the product. */
export const readSamples = () =>
  rowsOf(path).map(([library, activation, family, integers, products, accumulators, unit]) => ({
    library,
    activation,
    family,
    source: sourceOf(integers, activation),
    products: areasOf(products),
    accumulators: areasOf(accumulators),
    unit: areasOf(unit),
  }));

/** All samples of accumulators: widths in bits, areas in um^2. */
export const readAccumulators = () =>
  rowsOf(accumulatorPath).map(([library, form, productBits, width, area]) => ({
    library,
    form,
    productBits: Number(productBits),
    width: Number(width),
    area: Number(area),
  }));

function rowsOf(file) {
  const [, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return rows.map((row) => row.split(','));
}

const areasOf = (column) =>
  Object.fromEntries(
    column
      .split(' ')
      .filter(Boolean)
      .map((one) => one.split('='))
      .map(([name, area]) => [name, Number(area)]),
  );
const columnOf = (areas) => [...areas].map(([name, area]) => `${name}=${Number(area.toPrecision(6))}`).join(' ');

/** How many codebooks are synthesised: all, or some of every family. */
const asked = [
  ['nangate45', 'format', Number.POSITIVE_INFINITY],
  ['sky130', 'format', 40],
  ['asap7', 'format', 40],
  ['sg13g2', 'format', 40],
];

/** The forms of products by the names that the model has for them. */
export const forms = {
  twosComplement: { kind: 'twosComplement' },
  signAndMagnitude: { kind: 'signAndMagnitude', isSigned: false },
  /** A sign beside an activation in two's complement. */
  signAndSigned: { kind: 'signAndMagnitude', isSigned: true },
};

/** Synthesises accumulators of many widths behind products of many widths; some seconds for each library. */
export async function sampleAccumulators({ accumulatorDesign, Synthesiser, cachePlace, cellLibraries, usualLimits }) {
  const synthesiser = new Synthesiser({ script, yosys: undefined, cache: cachePlace(), limits: usualLimits });
  const options = { signal: new AbortController().signal, effort: 'quick' };
  const rows = [];
  try {
    for (const [library, cells] of Object.entries(cellLibraries)) {
      for (const [form, properties] of Object.entries(forms)) {
        for (const productBits of [4, 7, 10, 14, 19]) {
          const widths = [2, 5, 8, 12, 18].map((more) => productBits + more);
          const designs = widths.map((width) => accumulatorDesign(`acc${width}`, { ...properties, bits: productBits }, width));
          const results = await synthesiser.synthesise(designs, cells, options);
          rows.push(...results.map(({ area }, i) => [library, form, productBits, widths[i], Number(area.toPrecision(6))]));
        }
      }
    }
  } finally {
    synthesiser.close();
  }
  writeFileSync(accumulatorPath, ['library,form,productBits,width,area', ...rows, ''].join('\n'));
}

/** Adds what is missing. Every netlist is compared with its codebook, or there is no area. */
export async function sample(modules) {
  const { Synthesiser, cachePlace, cellLibraries, usualLimits } = modules;
  const synthesiser = new Synthesiser({ script, yosys: undefined, cache: cachePlace(), limits: usualLimits });
  if (!existsSync(path)) writeFileSync(path, header);
  const known = new Set(readSamples().map(({ library, activation, source }) => `${library},${activation},${integersOf(source)}`));
  const drawn = spread(drawnSources(modules));
  try {
    for (const [library, activation, n] of asked) {
      for (const [i, { family, source }] of drawn.slice(0, n).entries()) {
        if (known.has(`${library},${activation},${integersOf(source)}`)) continue;
        const options = { cells: cellLibraries[library], synthesiser, isWhole: family === 'published' || i % 4 === 0 };
        const areas = await areasOfSource({ ...source, activation }, options, modules);
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

/**
 * Architectures that are the smallest for some codebook. The others, which negate in the product what these leave to the accumulator, cost a
 * quarter of the time of all.
 */
const sampled = ['signmag', 'mini', 'mini_neg', 'norm', 'odd', 'odd_neg', 'table_signmag'];

/** The products; where asked the accumulators behind them, and the unit that is smallest in parts as a whole. */
async function areasOfSource(source, { cells, synthesiser, isWhole }, modules) {
  const { accumulatorBits, accumulatorDesign, architecturesFor, macDesign, productDesign, productForm } = modules;
  const options = { signal: new AbortController().signal, effort: 'quick' };
  const synthesised = async (designs) => (await synthesiser.synthesise(designs, cells, options)).map(({ design, area }) => [design, area]);
  const architectures = architecturesFor(source).filter(({ name }) => sampled.includes(name));
  const products = await synthesised(architectures.map((architecture) => productDesign(architecture.name, source, architecture)));
  if (!isWhole) return [products, [], []];
  const forms = new Map(architectures.map((architecture) => productForm(source, architecture)).map((form) => [form.kind, form]));
  const accumulators = await synthesised([...forms].map(([kind, form]) => accumulatorDesign(kind, form, accumulatorBits(source))));
  const inParts = architectures.map(
    (architecture, i) => products[i][1] + new Map(accumulators).get(productForm(source, architecture).kind),
  );
  const smallest = architectures[inParts.indexOf(Math.min(...inParts))];
  return [products, accumulators, await synthesised([macDesign(smallest.name, source, smallest)])];
}
