// The panel alone, with a minified bundle: see bench/panel.ts. Usage: node bench/panel.mjs
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.chdir(join(import.meta.dirname, '..'));
execFileSync(process.execPath, ['esbuild.mjs', '--production'], { stdio: 'inherit' });
await build({
  entryPoints: { panel: 'bench/panel.ts' },
  outdir: 'out/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
const { panelFigures } = await import(pathToFileURL(join('out/bench', 'panel.mjs')).href);
const { title, head, rows } = await panelFigures();
console.log(`${title}\n`);
for (const [what, ...figures] of [head, ...rows]) console.log(what.padEnd(76) + figures.map((figure) => figure.padStart(11)).join(''));
