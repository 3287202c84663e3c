// `npm run bench`: measures what the project promises, on this machine, and prints it. `--record` writes docs/bench.md as well.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { kernelsForEsbuild } from '../scripts/kernels.mjs';

process.chdir(join(import.meta.dirname, '..'));
// As it ships: minified bundles.
execFileSync(process.execPath, ['esbuild.mjs', '--production'], { stdio: 'inherit' });
await build({
  entryPoints: { bench: 'bench/main.ts' },
  outdir: 'out/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  loader: { '.nibble': 'text' },
  plugins: [kernelsForEsbuild],
  // It finds its own files beside it.
  external: ['playwright-core'],
  logLevel: 'warning',
  // CommonJS packages in the bundle ask for Node's modules by `require`.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
const { run } = await import(pathToFileURL(join('out/bench', 'bench.mjs')).href);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
await run({ version, isRecorded: process.argv.includes('--record') });
