// The panel alone, with a minified bundle: see bench/panel.ts. Usage: node bench/panel.mjs
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { exportsOf } from '../scripts/sources.mjs';

process.chdir(join(import.meta.dirname, '..'));
execFileSync(process.execPath, ['esbuild.mjs', '--production'], { stdio: 'inherit' });
const { panelFigures } = await exportsOf(['bench/panel.ts']);
const { title, head, rows } = await panelFigures();
console.log(`${title}\n`);
for (const [what, ...figures] of [head, ...rows]) console.log(what.padEnd(76) + figures.map((figure) => figure.padStart(11)).join(''));
