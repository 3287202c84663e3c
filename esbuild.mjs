// Builds every bundle. `--production` minifies, `--watch` builds again on each change.
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { context } from 'esbuild';
import { kernelsForEsbuild } from './scripts/kernels.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

const shared = {
  bundle: true,
  minify: production,
  // Shipped bundles do not point to their maps, which stay in dist/ for whoever reads a stack trace.
  sourcemap: production ? 'external' : true,
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.nibble': 'text' },
  plugins: [kernelsForEsbuild],
};

// CommonJS needs the extension `.cjs`, because package.json says "type": "module".
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  // Its usual entry is minified with other packages in it, whose licences nobody would see.
  alias: { glob: 'glob/raw' },
  outExtension: { '.js': '.cjs' },
};

const makeExecutable = {
  name: 'make-executable',
  setup(build) {
    build.onEnd(({ errors }) => {
      if (errors.length === 0) chmodSync('dist/cli.cjs', 0o755);
    });
  },
};

const suite = 'test/vscode/suite';
const suiteFiles = readdirSync(suite).filter((name) => name === 'index.ts' || name.endsWith('.test.ts'));

const bundles = [
  { ...node, entryPoints: { client: 'client/main.ts' }, outdir: 'dist', external: ['vscode'] },
  { ...node, entryPoints: { server: 'server/main.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { worker: 'node/worker.ts' }, outdir: 'dist' },
  // Yosys stays outside: 38 MB that only synthesis needs, with files that it finds beside itself.
  { ...node, entryPoints: { synthesis: 'node/synthesis/child.ts' }, outdir: 'dist', external: ['@yowasp/yosys'] },
  {
    ...node,
    entryPoints: { cli: 'cli/main.ts' },
    outdir: 'dist',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [kernelsForEsbuild, makeExecutable],
  },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    // The Chromium of the oldest VS Code that may run the extension.
    target: 'chrome122',
    entryPoints: [
      { in: 'webview/main.ts', out: 'webview' },
      { in: 'webview/style.css', out: 'webview' },
    ],
    outdir: 'dist',
  },
  // Mocha is an ES module that must be the one instance which its own globals belong to, so it stays outside.
  { ...node, entryPoints: suiteFiles.map((name) => join(suite, name)), outdir: 'out/test', external: ['vscode', 'mocha'] },
];

const contexts = await Promise.all(bundles.map((bundle) => context(bundle)));
if (watch) {
  await Promise.all(contexts.map((c) => c.watch()));
} else {
  // Every bundle is tried before the first failure counts, so that one run shows all that is wrong.
  const results = await Promise.allSettled(contexts.map((c) => c.rebuild()));
  await Promise.all(contexts.map((c) => c.dispose()));
  // esbuild has printed the errors already.
  if (results.some((r) => r.status === 'rejected')) process.exitCode = 1;
}
