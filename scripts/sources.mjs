// Modules of the product for scripts and benches: Node 20 does not run TypeScript by itself.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { kernelsForEsbuild } from './kernels.mjs';
import { root } from './run.mjs';

/** What modules export, all together. Paths are from the root: `core/hardware/grid.ts`. */
export async function exportsOf(modules) {
  const folder = join(root, 'out/scripts');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `sources-${process.pid}.mjs`);
  await build({
    stdin: { contents: modules.map((path) => `export * from './${path}';`).join('\n'), resolveDir: root, sourcefile: 'sources.ts' },
    outfile,
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
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile);
  }
}
