// Types of every folder, then lint and format. Ends with `N passed, N failed`.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, root } from './run.mjs';

const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'tsconfig.json')));
const checks = [...folders.map((folder) => ['tsc', '-p', folder]), ['biome', 'check', '--error-on-warnings', '.']];

let nFailed = 0;
for (const [command, ...args] of checks) {
  const code = await exitCode(command, args);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${[command, ...args].join(' ')}`);
  if (code !== 0) nFailed++;
}
console.log(`${checks.length - nFailed} passed, ${nFailed} failed`);
process.exitCode = nFailed === 0 ? 0 : 1;
