import Mocha from 'mocha';
import * as vscode from 'vscode';

/** What became of one test. The runner reads these from the workspace and prints them. */
interface Outcome {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly ms: number;
  readonly error: string;
}

/** Called by VS Code in its extension host. */
export async function run(): Promise<void> {
  // The reporter is silent: what the extension host prints gets lost on its way to the runner.
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: class {} as unknown as typeof Mocha.reporters.Base });
  for (const file of await testFiles()) mocha.addFile(file);
  const outcomes = await outcomesOf(mocha);
  const results = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, '.test-results.json');
  await vscode.workspace.fs.writeFile(results, new TextEncoder().encode(JSON.stringify(outcomes)));
  if (outcomes.some(({ state }) => state === 'failed')) throw new Error('Some tests failed');
}

function outcomesOf(mocha: Mocha): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const note = (test: Mocha.Test, state: Outcome['state'], error = '') =>
    outcomes.push({ title: test.fullTitle(), state, ms: test.duration ?? 0, error });
  return new Promise((done) => {
    const runner = mocha.run(() => done(outcomes));
    runner.on('pass', (test) => note(test, 'passed'));
    runner.on('pending', (test) => note(test, 'skipped'));
    runner.on('fail', (test, error: Error) => note(test, 'failed', error.stack ?? String(error)));
  });
}

/** All of them, or those with NIBBLE_SUITE in their names. */
async function testFiles(): Promise<string[]> {
  const folder = vscode.Uri.file(__dirname);
  const files = await vscode.workspace.fs.readDirectory(folder);
  return (
    files
      .map(([name]) => name)
      .filter((name) => name.endsWith('.test.cjs') && name.includes(process.env['NIBBLE_SUITE'] ?? ''))
      // Activation happens once, so its test goes before the others.
      .sort((a, b) => Number(b === 'activation.test.cjs') - Number(a === 'activation.test.cjs') || (a < b ? -1 : 1))
      .map((name) => vscode.Uri.joinPath(folder, name).fsPath)
  );
}
