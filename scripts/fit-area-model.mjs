// Fits the model of areas to synthesised codebooks, and writes core/hardware/model/fitted.ts. To be run by hand after a change of the RTL, of
// node/synthesis/recipes.ts or of node/synthesis/adders.ts, with area-samples.csv and area-accumulators.csv removed first:
//
//   node esbuild.mjs
//   node scripts/fit-area-model.mjs --sample      synthesises what is not in the .csv files, about a quarter of an hour, and fits
//   node scripts/fit-area-model.mjs               fits to what is there, some seconds
//
// It prints the errors that docs/hardware.md states, of codebooks that were left out of the fit together with those of their family.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawingModules, integersOf } from './areaCodebooks.mjs';
import { readAccumulators, readSamples, sample, sampleAccumulators, samplingModules } from './areaSamples.mjs';
import { root } from './run.mjs';
import { exportsOf } from './sources.mjs';

const modules = await exportsOf([
  ...drawingModules,
  ...samplingModules,
  'core/hardware/model/productFeatures.ts',
  'core/hardware/model/regression.ts',
]);
const { accumulatorBits, featureNames, magnitudeBits, productBits, productFeatures, regression } = modules;

/** Widths of the kernel in standard deviations of the features, and the variance of what mapping adds: by trial, the least errors left out. */
const kernelWidth = 3;
const noise = 0.02;
const nFolds = 10;

if (process.argv.includes('--sample')) {
  await sampleAccumulators(modules);
  await sample(modules);
}

const libraries = ['nangate45', 'sky130', 'asap7', 'sg13g2'];
const accumulators = Object.fromEntries(libraries.map((library) => [library, accumulatorsOf(library)]));
const samples = readSamples().map(prepared);
const base = samples.filter(({ library }) => library === 'nangate45');
const folds = foldsOf(base);
const heldOut = new Map();
for (let fold = 0; fold < nFolds; fold++) {
  const model = regression(fitted(base.filter((one) => folds.get(one.group) !== fold)));
  for (const one of base.filter(({ group }) => folds.get(group) === fold)) heldOut.set(integersOf(one.source), model(one.features));
}
const model = fitted(base);
const inLibraries = Object.fromEntries(libraries.map((library) => [library, ofLibrary(library)]));
report();
writeFileSync(join(root, 'core/hardware/model/fitted.ts'), textOf());

/** What a sample is fitted by: the area of the smallest unit beyond an accumulator that takes sign and magnitude. */
function prepared({ library, family, source, products }) {
  const { signAndMagnitude, twosComplement } = accumulators[library];
  const width = accumulatorBits(source);
  const behind = {
    signAndMagnitude: linear(signAndMagnitude, width, magnitudeBits(source)),
    twosComplement: linear(twosComplement, width, productBits(source)),
  };
  const units = Object.entries(products).map(
    ([name, area]) => area + behind[name.endsWith('_neg') ? 'twosComplement' : 'signAndMagnitude'],
  );
  const area = Math.min(...units);
  return {
    library,
    family,
    group: groupOf(family, source.grid.integers),
    source,
    features: productFeatures(source),
    area,
    accumulator: behind.signAndMagnitude,
  };
}

/** Codebooks of a group are left out together: those with the same negative integers, and all that were rounded to fixed point. */
function groupOf(family, integers) {
  const inUse = integers.filter((integer) => integer !== undefined);
  const isRounded = family.includes('table') || (family === 'published' && Math.max(...inUse.map(Math.abs)) === 127);
  const negative = inUse.filter((integer) => integer < 0).sort((a, b) => a - b);
  return isRounded ? 'rounded' : negative.join(' ');
}

/** Groups shared out to folds, the largest first, each to the fold that has the fewest samples. */
function foldsOf(all) {
  const sizes = new Map();
  for (const { group } of all) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const filled = Array(nFolds).fill(0);
  const found = new Map();
  for (const [group, size] of [...sizes].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] += size;
    found.set(group, fold);
  }
  return found;
}

/** The regression of the logarithm of what the product costs on its features: linear, and what is left by the kernel. */
function fitted(some) {
  const mean = featureNames.map((_, j) => average(some.map(({ features }) => features[j])));
  const deviation = featureNames.map((_, j) => Math.sqrt(average(some.map(({ features }) => (features[j] - mean[j]) ** 2))) || 1);
  const places = some.map(({ features }) => features.map((feature, j) => rounded((feature - mean[j]) / deviation[j])));
  const logs = some.map(({ area, accumulator }) => Math.log(area - accumulator));
  const coefficients = leastSquares(
    places.map((place) => [1, ...place]),
    logs,
  );
  const rest = logs.map((log, i) => log - dot(coefficients, [1, ...places[i]]));
  // An error of the product counts by its share of the whole unit.
  const own = some.map(({ area, accumulator }) => noise * (area / (area - accumulator) / 2) ** 2);
  const gram = places.map((a, i) => places.map((b, j) => modules.kernel(a, b, kernelWidth) + (i === j ? own[i] : 0)));
  const weights = solved(gram, rest);
  return { mean, deviation, coefficients, kernelWidth, samples: places.map((place, i) => ({ weight: weights[i], place })) };
}

/** The factor of products to those of nangate45, and the errors of whole units left out. */
function ofLibrary(library) {
  const some = samples.filter((one) => one.library === library);
  const measured = new Map(base.map((one) => [integersOf(one.source), one.area - one.accumulator]));
  const ratios = some.map(({ source, area, accumulator }) => Math.log((area - accumulator) / measured.get(integersOf(source))));
  const factor = Math.exp(average(ratios));
  const errors = some.map((one) => {
    const estimate = factor * Math.exp(heldOut.get(integersOf(one.source))) + one.accumulator;
    return { ...one, error: estimate / one.area - 1 };
  });
  return { factor, spread: Math.sqrt(average(ratios.map((ratio) => (ratio - Math.log(factor)) ** 2))), errors };
}

/** The area of accumulators by form: a constant, by bit of the sum, by bit of the product; relative errors count. */
function accumulatorsOf(library) {
  const all = readAccumulators().filter((one) => one.library === library);
  const found = [...new Set(all.map(({ form }) => form))].map((form) => {
    const own = all.filter((one) => one.form === form);
    const coefficients = leastSquares(
      own.map(({ width, productBits: bits, area }) => [1 / area, width / area, bits / area]),
      own.map(() => 1),
    );
    const errors = own.map(({ width, productBits: bits, area }) => linear(coefficients, width, bits) / area - 1);
    console.log(`accumulator ${library} ${form}: ${coefficients.map((one) => one.toPrecision(4)).join(' ')} um^2, ${summary(errors)}`);
    return [form, coefficients];
  });
  return Object.fromEntries(found);
}

function linear([constant, byBit, byProductBit], width, bits) {
  return constant + byBit * width + byProductBit * bits;
}

function report() {
  for (const library of libraries) {
    const { factor, spread, errors } = inLibraries[library];
    console.log(`\n${library}: products ${factor.toPrecision(4)} of nangate45, spread ${percent(spread)}`);
    console.log(`  held out, all:    ${summary(errors.map(({ error }) => error))}`);
    const fourBits = errors.filter(({ source }) => source.grid.bits === 4);
    console.log(`  held out, 4 bits: ${summary(fourBits.map(({ error }) => error))}`);
    if (library !== 'nangate45') continue;
    for (const family of new Set(errors.map((one) => one.family))) {
      const own = errors.filter((one) => one.family === family).map(({ error }) => error);
      console.log(`    ${family.padEnd(16)} ${summary(own)}, mean ${percent(average(own))}`);
    }
    for (const { error, family, area, source } of errors.toSorted((a, b) => Math.abs(b.error) - Math.abs(a.error)).slice(0, 8)) {
      console.log(`    worst: ${percent(error)} of ${area.toFixed(0)} um^2, ${family}: ${integersOf(source)}`);
    }
  }
}

function summary(errors) {
  const sizes = errors.map(Math.abs);
  return `n ${errors.length}, median ${percent(quantile(sizes, 0.5))}, p90 ${percent(quantile(sizes, 0.9))}, greatest ${percent(Math.max(...sizes))}`;
}

/** The model as TypeScript. */
function textOf() {
  const numbers = (list) => `[${list.map((one) => Number(one.toPrecision(5))).join(', ')}]`;
  const rows = model.samples.map(({ weight, place }) => [Number(weight.toPrecision(5)), ...place].join(' '));
  const entries = libraries.map((library) => {
    const { factor, errors } = inLibraries[library];
    const within = quantile(
      errors.map(({ error }) => Math.abs(error)),
      0.9,
    );
    const accumulator = numbers(accumulators[library].signAndMagnitude);
    return `  ${library}: { product: ${Number(factor.toPrecision(5))}, accumulator: ${accumulator}, within: ${Number(within.toPrecision(2))} },`;
  });
  return `// Written by scripts/fit-area-model.mjs, which says how and when to write it again.
import type { LibraryFit } from './libraryFit.ts';
import { type Regression, samplesOf } from './regression.ts';

/** What a product adds to its accumulator, in nangate45 and um^2, as a logarithm. */
export const fittedProduct: Regression = {
  mean: ${numbers(model.mean)},
  deviation: ${numbers(model.deviation)},
  coefficients: ${numbers(model.coefficients)},
  kernelWidth: ${model.kernelWidth},
  samples: samplesOf(\`
${rows.join('\n')}
\`),
};

export const fittedLibraries: Readonly<Record<string, LibraryFit>> = {
${entries.join('\n')}
};
`;
}

/** The solution of least squares by its normal equations, with a trace of ridge where columns are alike. */
function leastSquares(rows, values) {
  const n = rows[0].length;
  const normal = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0) * (i === j ? 1 + 1e-6 : 1)),
  );
  return solved(
    normal,
    Array.from({ length: n }, (_, i) => rows.reduce((sum, row, k) => sum + row[i] * values[k], 0)),
  );
}

/** The solution of a symmetric positive definite system, by elimination. */
function solved(matrix, values) {
  const n = values.length;
  const rows = matrix.map((row, i) => [...row, values[i]]);
  for (let p = 0; p < n; p++) {
    for (let r = p + 1; r < n; r++) {
      const factor = rows[r][p] / rows[p][p];
      for (let c = p; c <= n; c++) rows[r][c] -= factor * rows[p][c];
    }
  }
  const found = Array(n).fill(0);
  for (let p = n - 1; p >= 0; p--) {
    let value = rows[p][n];
    for (let c = p + 1; c < n; c++) value -= rows[p][c] * found[c];
    found[p] = value / rows[p][p];
  }
  return found;
}

function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function average(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}

function dot(a, b) {
  return a.reduce((sum, one, i) => sum + one * b[i], 0);
}

function rounded(number) {
  return Math.round(number * 1e4) / 1e4;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
