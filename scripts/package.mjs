// Packages the extension as dist/nibble.vsix and prints its size.
import { cpSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const vsix = 'dist/nibble.vsix';

// Yosys goes along whole, as it finds its files beside itself. The extension works without it, but for synthesis.
const carried = join(root, 'dist/node_modules/@yowasp/yosys');
rmSync(carried, { recursive: true, force: true });
mkdirSync(carried, { recursive: true });
for (const part of ['package.json', 'gen'])
  cpSync(join(root, 'node_modules/@yowasp/yosys', part), join(carried, part), { recursive: true });

// `--no-dependencies`, because esbuild has bundled them. The repository has no public address yet to link to.
await run('vsce', ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix]);
console.log(`${vsix}: ${Math.round(statSync(vsix).size / 1024)} KB`);
