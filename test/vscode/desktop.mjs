// The same suite in a desktop VS Code: the one at VSCODE_PATH, or one that @vscode/test-electron downloads. Ends with `N passed, N failed`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root } from '../../scripts/run.mjs';
import { copyWorkspace, workspaceFile } from './harness.mjs';
import { conclude, failure, readOutcomes } from './outcomes.mjs';

const dir = mkdtempSync(join(tmpdir(), 'vsc-'));
const workspace = copyWorkspace({ dir });
let problem;
try {
  await runTests({
    ...(process.env.VSCODE_PATH ? { vscodeExecutablePath: process.env.VSCODE_PATH } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'out/test/index.cjs'),
    launchArgs: [workspaceFile(workspace), '--disable-extensions', '--disable-workspace-trust', '--user-data-dir', join(dir, 'user')],
  });
} catch (error) {
  // It throws for failed tests too, which the outcomes tell better.
  problem = error;
}
const outcomes = readOutcomes(workspace) ?? [failure('the suite comes to its end', problem)];
rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
process.exit(conclude(outcomes));
