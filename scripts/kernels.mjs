// Compiles kernels/ to WebAssembly, and hands the bytes to whoever bundles `kernels/kernels.wasm`. `node scripts/kernels.mjs` prints the size.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run.mjs';

/** The bytes of the kernels. Compiled once for each state of the sources, the compiler and its options; kept in out/kernels. */
export async function compiledKernels() {
  const key = createHash('sha256').update(compilerVersion).update(options.join(' '));
  for (const name of sourceNames()) key.update(name).update(readFileSync(join(folder, name)));
  const kept = join(root, 'out/kernels', `${key.digest('hex').slice(0, 16)}.wasm`);
  try {
    return readFileSync(kept);
  } catch {
    // Not compiled yet, which is what follows.
  }
  const bytes = await compile();
  mkdirSync(join(root, 'out/kernels'), { recursive: true });
  // Several builds may run at once: none may read a file that another one has half written.
  writeFileSync(`${kept}.${process.pid}`, bytes);
  renameSync(`${kept}.${process.pid}`, kept);
  return bytes;
}

/** For esbuild: `import wasm from '.../kernels/kernels.wasm'` gives the bytes. */
export const kernelsForEsbuild = {
  name: 'kernels',
  setup(build) {
    build.onResolve({ filter: /[/\\]kernels\.wasm$/ }, () => ({ path: join(folder, 'kernels.wasm') }));
    build.onLoad({ filter: /[/\\]kernels\.wasm$/ }, async () => {
      const watchFiles = sourceNames().map((name) => join(folder, name));
      try {
        return { contents: await compiledKernels(), loader: 'binary', watchFiles };
      } catch (error) {
        return { errors: [{ text: error.message }], watchFiles };
      }
    });
  },
};

/** The same for Vite and Vitest. */
export const kernelsForVite = {
  name: 'kernels',
  enforce: 'pre',
  resolveId: (id) => (/[/\\]kernels\.wasm$/.test(id) ? join(folder, 'kernels.wasm') : undefined),
  async load(id) {
    if (!/[/\\]kernels\.wasm$/.test(id)) return undefined;
    const base64 = (await compiledKernels()).toString('base64');
    return `export default Uint8Array.from(atob('${base64}'), (character) => character.charCodeAt(0))`;
  },
};

const folder = join(root, 'kernels');
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
const compilerVersion = createRequire(import.meta.url)('assemblyscript/package.json').version;

const sourceNames = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort();

async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main(['index.ts', ...options, '--outFile', 'kernels.wasm'], {
    readFile: (name) => (sourceNames().includes(name) ? readFileSync(join(folder, name), 'utf8') : null),
    writeFile: (_name, contents) => (bytes = Buffer.from(contents)),
    listFiles: () => [],
  });
  if (error) throw new Error(`kernels/ does not compile: ${error.message}\n${stderr}`);
  return bytes;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(`${(await compiledKernels()).length} bytes`);
