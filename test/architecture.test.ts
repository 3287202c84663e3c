import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { code, computedImports, cycles, type Import, importsOf, sourceFiles } from './support/imports.ts';
import { temporaryFolder } from './support/temporaryFolder.ts';

/** Who may import what: the whole architecture, in one table. A folder may import itself; `node:` stands for Node's own modules. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: ['jstat', 'unzipit', '@huggingface/tokenizers'],
  node: ['core', 'kernels/kernels.wasm', 'workerpool', 'lru-cache', 'cacache', '@yowasp/yosys', 'node:'],
  protocol: ['core'],
  server: ['core', 'protocol', 'vscode-languageserver', 'vscode-languageserver-textdocument'],
  client: ['protocol', 'vscode', 'vscode-languageclient/node'],
  cli: ['core', 'node', 'commander', 'picocolors', 'node:'],
  webview: ['protocol', 'core/view', 'core/weights/visibleName.ts', 'chart.js', 'chartjs-plugin-zoom'],
  browser: ['core'],
};

/** The mains, which alone may know the machine they run on. */
const mainsMayImport: Readonly<Record<string, readonly string[]>> = {
  'server/main.ts': ['node', 'node:', 'vscode-languageserver/node'],
};

const folder = temporaryFolder();

const isWithin = (to: string, allowed: string): boolean => to === allowed || to.startsWith(`${allowed}/`);

const strangers = (of: string): readonly Import[] =>
  sourceFiles(of)
    .flatMap(importsOf)
    .filter(({ file, to }) => {
      const allowed = [of, ...mayImport[of]!, ...(mainsMayImport[file] ?? [])];
      // A package counts by its whole name, a folder with all that is below it.
      return !allowed.some((name) => to === name || (isOurs(name) && isWithin(to, name)));
    });

const isOurs = (name: string): boolean => Object.hasOwn(mayImport, name.split('/')[0]!);

describe('a folder imports only itself and', () => {
  test.each(Object.entries(mayImport))('%s: %j', (folder) => {
    expect(strangers(folder).map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  test('every folder with sources is in the table', () => {
    const folders = readdirSync('.').filter((name) => !isOther(name) && statSync(name).isDirectory() && sourceFiles(name).length > 0);
    expect(folders.filter((name) => !Object.hasOwn(mayImport, name))).toEqual([]);
  });
});

/** Tests, benches, tools and what others wrote are not part of the product; kernels/ is AssemblyScript, which imports nothing but itself. */
const isOther = (name: string): boolean => /^(\..*|node_modules|tools|test|bench|scripts|kernels|dist|out|examples)$/.test(name);

test('imports of every form are found, and none in comments', () => {
  const file = folder.put(
    'all.ts',
    `import type { A } from './a.ts';
import { type B, type C } from './b.ts';
import d, { type D } from 'd';
import 'effect';
export { e } from './e.ts';
export * from 'f';
const g = await import('g');
const h = require('node:fs');
// import i from 'i';
/* import j from 'j'; */
const k = "// not a comment"; import l from 'l';
`,
  );
  const found = importsOf(file).map(({ to, isType }) => `${to.replace(`${folder.path}/`, '')}${isType ? ' (type)' : ''}`);
  expect(found.sort()).toEqual(['a.ts (type)', 'b.ts (type)', 'd', 'e.ts', 'effect', 'f', 'g', 'l', 'node:']);
});

test('imports that are worked out at run time are known one by one', () => {
  const found = Object.keys(mayImport).flatMap((folder) =>
    sourceFiles(folder).flatMap((file) => computedImports(file).map((argument) => `${file}: ${argument}`)),
  );
  // The server is a bundle of its own, beside that of the command line.
  expect(found).toEqual(["cli/main.ts: join(__dirname, 'server.cjs')"]);
});

test('protocol is types only, its own and those of the core', () => {
  for (const file of sourceFiles('protocol')) {
    expect(importsOf(file).filter(({ isType }) => !isType)).toEqual([]);
    expect(code(file)).not.toMatch(/^export (?!interface |type )/m);
  }
});

test('relative imports name the file with its extension', () => {
  const nameless = Object.keys(mayImport).flatMap((folder) =>
    sourceFiles(folder)
      .flatMap(importsOf)
      .filter(({ to }) => isOurs(to) && !/\.(ts|nibble)$/.test(to)),
  );
  expect(nameless).toEqual([]);
});

describe('the core', () => {
  const files = sourceFiles('core');
  const valuesOf = (file: string): readonly string[] =>
    importsOf(file).flatMap(({ to, isType }) => (isType || !files.includes(to) ? [] : [to]));

  // An expression may name a format, whose levels are expressions: that circle is in the language, so its evaluator has it too. All are
  // functions that call one another; no module needs another one to load.
  test('has no circle of imports but that of the evaluator, in core/lang', () => {
    const found = cycles(files, valuesOf);
    expect(found.flat().filter((file) => !file.startsWith('core/lang/'))).toEqual([]);
    expect(found.length).toBeLessThanOrEqual(1);
  });

  /** What a language feature, a sentence to the user or a picture is made of knows nothing of them. */
  test.each(['numeric', 'format', 'quantize', 'measure', 'weights', 'syntax'])('%s does not know the language or the editor', (part) => {
    const above = files.filter((file) => isWithin(file, `core/${part}`)).flatMap(importsOf);
    expect(above.filter(({ to }) => ['core/lang', 'core/ide', 'core/view'].some((folder) => isWithin(to, folder)))).toEqual([]);
  });

  test('the language does not know the editor', () => {
    const above = files.filter((file) => isWithin(file, 'core/lang')).flatMap(importsOf);
    expect(above.filter(({ to }) => isWithin(to, 'core/ide'))).toEqual([]);
  });

  // `npm run check` compiles the core against ECMAScript alone, so a global of Node or of the DOM does not compile. This holds that so.
  test('is compiled with no types of Node or of the DOM', () => {
    const options = (file: string): unknown => (JSON.parse(readFileSync(file, 'utf8')) as { compilerOptions?: unknown }).compilerOptions;
    expect(options('core/tsconfig.json')).toBeUndefined();
    expect(options('tsconfig.base.json')).toMatchObject({ lib: ['ES2023'], types: [] });
    const declared = readFileSync('core/ambient.d.ts', 'utf8').matchAll(/^declare (?:var|function|const|let|class) (\w+)/gm);
    expect([...declared].map(([, name]) => name)).toEqual(['TextDecoder', 'TextEncoder', 'btoa']);
    for (const file of files)
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/^\/\/\/\s*<reference|@ts-(ignore|expect-error|nocheck)/m);
  });

  test.each([
    'process',
    'Buffer',
    'globalThis',
    '__dirname',
    'setTimeout',
    'setInterval',
    'console',
    'performance',
    'fetch',
    'document',
    'window',
  ])('does not use the global `%s`', (name) => {
    // The same word may be the name of something of the file's own, or of a property.
    const own = new RegExp(
      `\\b(?:const|let|for \\((?:const|let)) (?:[{[][^=]*)?\\b${name}\\b|[(,{]\\s*(?:readonly )?${name}\\??:|\\b${name}\\b[,)]? *=>`,
    );
    const used = new RegExp(`(?<![.\\w'-])${name}\\b(?!['-]|\\s*:)`);
    expect(files.filter((file) => used.test(withoutStrings(code(file))) && !own.test(code(file)))).toEqual([]);
  });
});

const withoutStrings = (source: string): string => source.replace(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\$])*`/g, "''");
