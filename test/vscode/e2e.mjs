// Uses the installed package as a person does, in a Chromium without a window. Screenshots go to out/vscode. Ends with `N passed, N failed`.
// Arguments, if any, name the scenarios to run.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCodeServer, workbenchAddress } from '../../scripts/codeServer.mjs';
import { copyWorkspace, startBrowser, vsix } from './harness.mjs';
import { conclude, failure } from './outcomes.mjs';
import { workbench } from './workbench.mjs';

const wanted = process.argv.slice(2);
const folder = join(import.meta.dirname, 'e2e');
const names = readdirSync(folder).map((file) => file.replace(/\.mjs$/, ''));

const outcomes = [];
for (const name of names.sort()) {
  if (wanted.length === 0 || wanted.includes(name)) outcomes.push(...(await scenario(name)));
}
process.exit(conclude(outcomes));

/** Runs the steps of a scenario in one window. A failed step does not keep the next ones from being tried. */
async function scenario(name) {
  const { options = {}, steps } = await import(join(folder, `${name}.mjs`));
  const server = await startCodeServer({ vsix, ...options });
  const browser = await startBrowser();
  const done = [];
  try {
    const workspace = copyWorkspace(server);
    const window = workbench(browser.page, name);
    browser.page.setDefaultTimeout(20_000);
    await browser.page.goto(workbenchAddress(server.origin, workspace));
    await window.ready();
    for (const [title, step] of Object.entries(steps)) done.push(await attempt(`${name}: ${title}`, step, window, workspace));
    done.push(
      ...browser.outside.map((address) => failure(`${name}: nothing is asked of another machine`, `The page asked for ${address}`)),
    );
  } catch (error) {
    console.error(server.log());
    done.push(failure(`${name}: the window opens`, error));
  } finally {
    await browser.close();
    await server.stop();
  }
  return done;
}

async function attempt(title, step, window, workspace) {
  const start = performance.now();
  try {
    await step(window, workspace);
    return { title, state: 'passed', ms: performance.now() - start, error: '' };
  } catch (error) {
    await window.shot('failed');
    return failure(title, error);
  } finally {
    await window.settle();
  }
}
