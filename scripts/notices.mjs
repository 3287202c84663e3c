// Writes THIRD-PARTY-NOTICES.md: the licences of all packages whose code is in a bundle, and where data come from.
//   --check  write nothing; exit code 1 where the file is not what it should be
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { carriedLicences } from './carriedLicences.mjs';
import { kernelsForEsbuild } from './kernels.mjs';
import { root } from './run.mjs';

const file = join(root, 'THIRD-PARTY-NOTICES.md');
const text = await notices();
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (text !== current()) {
  console.error('THIRD-PARTY-NOTICES.md is stale: run `node scripts/notices.mjs`');
  process.exitCode = 1;
}

async function notices() {
  // One version may lie in several folders.
  const packages = [...new Map((await bundledFolders()).map(packageAt).map((one) => [`${one.name} ${one.version}`, one])).values()].sort(
    byName,
  );
  const rows = packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`);
  const licences = groupsOf(packages).map(([licenceText, members]) => {
    const title = members.map(({ name, version }) => `${name} ${version}`).join(', ');
    return `### ${title}\n\n\`\`\`text\n${licenceText}\n\`\`\`\n`;
  });
  const carried = Object.entries(carriedLicences).map(([title, text]) => `#### ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  const sources = (await citations()).map((source) => `- ${source}`);
  return `# Third-party notices

Written by \`node scripts/notices.mjs\`; do not edit.

## Packages

The code of these packages is in the bundles \`dist/*.cjs\` and \`dist/webview.js\`. Development tools are not shipped and not listed.

| package | version | licence |
| --- | --- | --- |
${rows.join('\n')}

${licences.join('\n')}
## Yosys

The extension carries @yowasp/yosys ${yosysVersion()} as a program of its own, in \`dist/node_modules\`, and starts it for synthesis.

${carried.join('\n')}
## Weights and texts

examples/tiny-lm holds a language model that was trained for Nibble, under the licence of Nibble. It is in the repository and not in the extension.
Its training and held-out texts, *Moby Dick* by Herman Melville and the State of the Union addresses, are in the public domain
(Public Domain Dedication and License 1.0).

## Published tables

Levels of published formats are compared with those of a spec, or derived by the published rule. The numbers are cited from these publications and
programs; no code of theirs is in Nibble.

${sources.join('\n')}
`;
}

function yosysVersion() {
  return JSON.parse(readFileSync(join(root, 'node_modules/@yowasp/yosys/package.json'), 'utf8')).version;
}

/** Packages with one licence text, which is then printed once. */
function groupsOf(packages) {
  const groups = new Map();
  for (const one of packages) groups.set(one.licenceText, [...(groups.get(one.licenceText) ?? []), one]);
  return [...groups];
}

function byName(a, b) {
  return compare(a.name, b.name) || compare(a.version, b.version);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The folders of the packages with at least one byte in a bundle. The entry points are those of esbuild.mjs; a test holds them equal. */
async function bundledFolders() {
  const node = {
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['vscode', '@yowasp/yosys'],
    alias: { glob: 'glob/raw' },
  };
  const entryPoints = {
    client: 'client/main.ts',
    server: 'server/main.ts',
    worker: 'node/worker.ts',
    synthesis: 'node/synthesis/child.ts',
    cli: 'cli/main.ts',
  };
  const inputs = [
    ...(await inputsOf({ ...node, entryPoints })),
    ...(await inputsOf({ platform: 'browser', format: 'iife', entryPoints: { webview: 'webview/main.ts' } })),
  ];
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageFolder(path) ?? []) : []));
  return [...new Set(folders)];
}

/** Every file that bundles are made of, with what esbuild says of it. */
async function inputsOf(options) {
  const fixed = { absWorkingDir: root, bundle: true, write: false, metafile: true, outdir: 'dist', logLevel: 'warning' };
  const { metafile } = await build({ ...fixed, loader: { '.nibble': 'text' }, plugins: [kernelsForEsbuild], ...options });
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
}

function packageFolder(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

function packageAt(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const licence = license ?? licenses?.map(({ type }) => type).join(' or ');
  const named = readdirSync(join(root, folder)).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  if (licence === undefined || named === undefined) throw new Error(`${folder} is bundled and has no licence`);
  return {
    name,
    version,
    licence,
    licenceText: readFileSync(join(root, folder, named), 'utf8')
      .replace(/\r\n/g, '\n')
      .trim(),
  };
}

/** Every source of the tables of published formats, each once, and the paper with its code. */
async function citations() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'core/format/knownTables.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'warning',
  });
  const { knownTables } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  // "two's complement" is nobody's publication.
  const sources = knownTables.map(({ source }) => source).filter((source) => !source.startsWith("two's complement"));
  return [...new Set(['arXiv 2405.03103 and its code, github.com/cornell-zhang/llm-datatypes', ...sources])].sort(compare);
}

function current() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A file that is not there is stale as well.
    return undefined;
  }
}
