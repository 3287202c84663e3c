// Packages the extension as dist/nibble.vsix and prints its size.
import { statSync } from 'node:fs';
import { run } from './run.mjs';

const vsix = 'dist/nibble.vsix';

// `--no-dependencies`, because esbuild has bundled them. The repository has no public address yet to link to.
await run('vsce', ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', vsix]);
console.log(`${vsix}: ${Math.round(statSync(vsix).size / 1024)} KB`);
