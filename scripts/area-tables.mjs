// Writes the tables of docs/hardware.md: every format of std.paper with the cells of every library, and the published table beside them.
//
//   node scripts/area-tables.mjs            synthesises what is not in the cache (NIBBLE_CACHE), some minutes where nothing is
//   node scripts/area-tables.mjs --prove    proves the RTL and the netlists as well, and writes what came of it
//
// It needs `node esbuild.mjs` first. A table stands between a comment that names it and the next comment.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted, proofTable } from './areaProofs.mjs';
import { root } from './run.mjs';
import { exportsOf } from './sources.mjs';

const modules = await exportsOf([
  'core/hardware/accumulator.ts',
  'core/hardware/architecturesFor.ts',
  'core/hardware/cells/index.ts',
  'core/hardware/grid.ts',
  'core/hardware/mac.ts',
  'core/hardware/netlist/cellModel.ts',
  'core/hardware/netlist/readNetlist.ts',
  'core/hardware/paperTable.ts',
  'core/hardware/power.ts',
  'core/hardware/product.ts',
  'core/hardware/productForm.ts',
  'core/hardware/referenceMac.ts',
  'core/hardware/source.ts',
  'core/lang/analysis.ts',
  'core/lang/module.ts',
  'core/numeric/rankCorrelation.ts',
  'node/cacheFolder.ts',
  'node/synthesis/synthesiser.ts',
  'node/synthesis/yosys.ts',
]);
const { accumulatorBits, architecturesFor, cellLibraries, paperTable, productForm, rankCorrelation } = modules;

const page = join(root, 'docs/hardware.md');
const script = join(root, 'dist/synthesis.cjs');
const synthesiser = new modules.Synthesiser({ script, yosys: undefined, cache: modules.cachePlace(), limits: modules.usualLimits });
const options = { signal: new AbortController().signal, effort: 'quick' };
const libraries = Object.values(cellLibraries);
/** Tables without a common grid are rounded to fixed point of this many bits. */
const fixedPointBits = 8;

/** What is built for best-of: the architectures of which each is the smallest for some codebook. */
const tried = ['signmag', 'mini', 'mini_neg', 'norm', 'odd', 'odd_neg', 'table_signmag'];
/** What is built as a reference MAC, whose product is in two's complement. */
const referred = ['twos', 'mini', 'mini_neg', 'signmag'];

const formats = [...modules.analyseModule(modules.loadLibrary('std.paper')).formats.values()].filter(({ codebook }) => codebook?.bits >= 3);
const sources = new Map(
  formats.map(({ name, codebook }) => {
    const grid = modules.grid(codebook, fixedPointBits);
    if ('problem' in grid) throw new Error(`${name}: ${grid.problem}`);
    return [name, { grid, activation: 'format', terms: 256 }];
  }),
);

let nNetlists = 0;
let nVectors = 0;

try {
  const reference = await byFormatAndLibrary(referenceOf);
  write('reference', areaTable(reference));
  write('published', await publishedTable(reference));
  write('power', powerTable(reference));
  const best = await byFormatAndLibrary(bestOf);
  write('best-of', areaTable(best));
  write(
    'checked',
    `${nNetlists} netlists were compared with their codebooks, at ${nVectors.toLocaleString('en')} outputs in all, and every one agreed.`,
  );
  if (process.argv.includes('--prove')) write('proofs', await proofTable([...sources], synthesiser, modules, best));
} finally {
  synthesiser.close();
}

/** By library and format. */
async function byFormatAndLibrary(of) {
  const found = new Map();
  for (const library of libraries) {
    for (const [name, source] of sources) found.set(`${library.name} ${name}`, await of(source, library));
    console.log(`${of.name}: ${library.name} is done, ${nNetlists} netlists so far`);
  }
  return found;
}

async function synthesised(designs, library) {
  const results = await synthesiser.synthesise(designs, library, options);
  nNetlists += results.length;
  for (const { checked } of results) nVectors += checked.nEqual;
  return results;
}

/** The smallest unit of product and accumulator: in parts, or the two smallest in parts as a whole. */
async function bestOf(source, library) {
  const architectures = architecturesFor(source).filter(({ name }) => tried.includes(name));
  const products = await synthesised(
    architectures.map((architecture) => modules.productDesign(architecture.name, source, architecture)),
    library,
  );
  const forms = new Map(architectures.map((architecture) => productForm(source, architecture)).map((form) => [form.kind, form]));
  const accumulators = await synthesised(
    [...forms].map(([kind, form]) => modules.accumulatorDesign(kind, form, accumulatorBits(source))),
    library,
  );
  const inParts = architectures
    .map((architecture, i) => {
      const rest = accumulators.find(({ design }) => design === productForm(source, architecture).kind);
      return { architecture, area: products[i].area + rest.area, product: products[i].area };
    })
    .sort((a, b) => a.area - b.area);
  const two = inParts.slice(0, 2);
  const wholes = await synthesised(
    two.map(({ architecture }) => modules.macDesign(architecture.name, source, architecture)),
    library,
  );
  const candidates = [inParts[0], ...two.map((one, i) => ({ ...one, area: wholes[i].area, netlist: wholes[i].netlist }))];
  return candidates.reduce((smallest, one) => (one.area < smallest.area ? one : smallest));
}

async function referenceOf(source, library) {
  const architectures = architecturesFor(source).filter(({ name }) => referred.includes(name));
  const results = await synthesised(
    architectures.map((architecture) => modules.referenceMacDesign(architecture.name, source, architecture)),
    library,
  );
  const { design, area, netlist } = results.reduce((smallest, one) => (one.area < smallest.area ? one : smallest));
  return { architecture: architectures.find(({ name }) => name === design), area, netlist, design };
}

function areaTable(found) {
  const rows = [...sources].map(([name, source]) => {
    const { step, fixedPointBits: rounded } = source.grid;
    const areas = libraries.flatMap((library) => {
      const { area } = found.get(`${library.name} ${name}`);
      return [formatted(area), (area / found.get(`${library.name} INT4`).area).toFixed(2)];
    });
    const grid = rounded === undefined ? String(step) : `k = ${rounded}`;
    return [name, grid, accumulatorBits(source), ...areas, found.get(`${libraries[0].name} ${name}`).architecture.name];
  });
  return table(
    [
      'format',
      'grid',
      'bits of sum',
      ...libraries.flatMap(({ name }) => [`${name} um^2`, '/ INT4']),
      `architecture in ${libraries[0].name}`,
    ],
    rows,
    2,
  );
}

/** The reference MAC beside the published one, with one factor for each library; with the published widths of accumulators as well. */
async function publishedTable(reference) {
  const rows = [];
  const summary = [];
  for (const library of libraries) {
    const exact = paperTable.map(({ format }) => reference.get(`${library.name} ${format}`).area);
    const asPublished = [];
    for (const { format, accumulatorBits: width } of paperTable)
      asPublished.push((await referenceOf(withWidth(format, width), library)).area);
    for (const [title, areas] of [
      ['exact', exact],
      ['as published', asPublished],
    ]) {
      const { factor, errors } = fitted(areas);
      rows.push([library.name, title, ...errors.map((error) => signed(100 * error))]);
      const sizes = errors.map(Math.abs);
      const ranks = rankCorrelation(
        areas,
        paperTable.map(({ macArea }) => macArea),
      );
      summary.push([
        library.name,
        title,
        factor.toPrecision(3),
        ...[mean(sizes), Math.max(...sizes)].map((one) => (100 * one).toFixed(1)),
        ranks.toFixed(3),
      ]);
    }
  }
  const first = table(['cells', 'accumulators', 'factor', 'mean error %', 'greatest error %', 'rank correlation'], summary, 2);
  const second = table(['error in %, scaled', 'accumulators', ...paperTable.map(({ format }) => format)], rows, 2);
  return `${first}\n\n${second}`;
}

/** The source whose exact accumulator has a width: with other than 256 terms, and so not exact for 256. */
function withWidth(format, width) {
  const source = sources.get(format);
  return { ...source, terms: 256 * 2 ** (width - accumulatorBits(source)) };
}

/** The factor with the least mean square of relative errors, and these errors. */
function fitted(areas) {
  const ratios = areas.map((area, i) => area / paperTable[i].macArea);
  const factor = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.reduce((sum, ratio) => sum + ratio ** 2, 0);
  return { factor, errors: ratios.map((ratio) => factor * ratio - 1) };
}

/** What the smallest reference MACs switch, over INT4, beside the published power. */
function powerTable(reference) {
  const [library] = libraries;
  const models = modules.cellModels(library);
  const switched = paperTable.map(({ format }) => {
    const { netlist, design } = reference.get(`${library.name} ${format}`);
    return modules.switchedArea(modules.readNetlist(netlist, design, models), library, sources.get(format), undefined, 1);
  });
  const int4 = paperTable.findIndex(({ format }) => format === 'INT4');
  const rows = paperTable.map(({ format, power }, i) => {
    const [ours, theirs] = [switched[i] / switched[int4], power / paperTable[int4].power];
    return [format, ours.toFixed(2), theirs.toFixed(2), signed(100 * (ours / theirs - 1))];
  });
  const ranks = rankCorrelation(
    switched,
    paperTable.map(({ power }) => power),
  );
  return `${table(['format', 'switched area / INT4', 'published power / INT4', 'difference %'], rows, 1)}\n\nRank correlation ${ranks.toFixed(3)}.`;
}

function write(name, text) {
  const before = readFileSync(page, 'utf8');
  const block = new RegExp(`(<!-- ${name} -->\n)[^]*?(?=<!-- end -->)`);
  if (!block.test(before)) throw new Error(`${page} has no place for the table ${name}`);
  writeFileSync(
    page,
    before.replace(block, (_, start) => `${start}\n${text}\n\n`),
  );
}

function table(head, rows, nText) {
  const lines = [head, head.map((_, i) => (i < nText ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function signed(percent) {
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(1)}`;
}

function mean(numbers) {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
