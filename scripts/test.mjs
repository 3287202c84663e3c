// `npm test`: everything, on a machine with nothing but Node. Ends with `N passed, N failed` alone on the last line.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, root } from './run.mjs';

const report = join(root, 'out/vitest.json');

/** In the order in which they make sense: a test of the package wants a package. `counts` says where a step's own counts are found. */
const steps = [
  { title: 'VS Code to test in', command: ['bash', 'scripts/setup-vscode.sh'], counts: asOne },
  { title: 'Verilog simulators to test with', command: ['bash', 'scripts/setup-hardware-tools.sh'], counts: asOne },
  { title: 'llama.cpp to compare with', command: ['bash', 'scripts/setup-llama.sh'], counts: asOne },
  { title: 'types, lint and format', command: ['node', 'scripts/check.mjs'], counts: lastLine },
  { title: 'build', command: ['node', 'esbuild.mjs'], counts: asOne },
  { title: 'package', command: ['node', 'scripts/package.mjs'], counts: asOne },
  // Kept in the cache on disk, so that the tests which run the README's commands do not wait for Yosys.
  { title: 'areas of the example', command: ['node', 'dist/cli.cjs', 'check', 'examples/paper.nibble'], counts: asOne },
  {
    title: 'unit tests',
    // Built in the step before.
    env: { NIBBLE_BUILT: '1' },
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    counts: vitestReport,
  },
  { title: 'in VS Code, under development', command: ['node', 'test/vscode/run.mjs'], counts: lastLine },
  { title: 'in VS Code, as installed', command: ['node', 'test/vscode/run.mjs', '--vsix'], counts: lastLine },
  { title: 'in VS Code, as a person', command: ['node', 'test/vscode/e2e.mjs'], counts: lastLine },
];

mkdirSync(join(root, 'out'), { recursive: true });
rmSync(report, { force: true });

const rows = [];
for (const { title, command, counts, env = {} } of steps) {
  console.log(`\n--- ${title}`);
  const start = performance.now();
  let output = '';
  const code = await exitCode(command[0], command.slice(1), { env, onOutput: (text) => (output += text) });
  const { passed, failed } = counts(code, output);
  // A step that fails without a failed test, because it crashed say, is a failure still.
  rows.push({ title, passed, failed: code !== 0 ? Math.max(failed, 1) : failed, seconds: (performance.now() - start) / 1000 });
}

console.log('');
for (const { title, passed, failed, seconds } of rows) {
  console.log(
    `${title.padEnd(32)} ${String(passed).padStart(5)} passed ${String(failed).padStart(5)} failed ${seconds.toFixed(0).padStart(5)} s`,
  );
}
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') === 0 ? 0 : 1;

function asOne(code) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function lastLine(_code, output) {
  const [, passed, failed] = output.trimEnd().match(/(\d+) passed, (\d+) failed$/) ?? [];
  return passed === undefined ? { passed: 0, failed: 1 } : { passed: Number(passed), failed: Number(failed) };
}

function vitestReport() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch (error) {
    // Without a report vitest did not come to its end, which counts as a failure.
    console.error(`No report of the unit tests: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
}
