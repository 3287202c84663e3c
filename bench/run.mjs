// `npm run bench`: measures what the project promises, on this machine, and prints it. `--record` writes docs/bench.md as well.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportsOf } from '../scripts/sources.mjs';
import { measureOpenings } from './opening.mjs';

process.chdir(join(import.meta.dirname, '..'));
// As it ships: minified bundles, and the package that VS Code installs.
execFileSync(process.execPath, ['scripts/package.mjs'], { stdio: 'inherit' });
const { run } = await exportsOf(['bench/main.ts']);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
await run({ version, measureOpenings, isRecorded: process.argv.includes('--record') });
