import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the suite left in the workspace, or undefined where it never came to its end. */
export function readOutcomes(workspace) {
  const file = join(workspace, '.test-results.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Prints a line for each outcome, and `N passed, N failed` as the last one. Returns the exit code. */
export function conclude(outcomes) {
  const marks = { passed: 'ok     ', failed: 'FAILED ', skipped: 'skipped' };
  for (const { title, state, ms, error } of outcomes) {
    console.log(`${marks[state]} ${title} (${Math.round(ms)} ms)`);
    if (state === 'failed') console.log(`        ${error.replaceAll('\n', '\n        ')}`);
  }
  const count = (state) => outcomes.filter((outcome) => outcome.state === state).length;
  if (count('skipped') > 0) console.log(`${count('skipped')} skipped`);
  console.log(`${count('passed')} passed, ${count('failed')} failed`);
  return count('failed') === 0 && count('passed') > 0 ? 0 : 1;
}

/** An outcome for what went wrong around the tests. */
export const failure = (title, error) => ({ title, state: 'failed', ms: 0, error: error?.stack ?? String(error) });
