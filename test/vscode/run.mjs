// Runs the suite in the extension host of a real VS Code: on the extension under development, or with `--vsix` on the installed package.
// Ends with `N passed, N failed`.
import { join } from 'node:path';
import { remoteUri, startCodeServer, workbenchAddress } from '../../scripts/codeServer.mjs';
import { root } from '../../scripts/run.mjs';
import { copyWorkspace, out, startBrowser, vsix, workspaceFile } from './harness.mjs';
import { conclude, failure, readOutcomes } from './outcomes.mjs';

const installed = process.argv.includes('--vsix');
const limitMs = 180_000;

process.exit(conclude(await outcomes()));

async function outcomes() {
  // VS Code in a browser saves by itself, unlike on a desktop; tests say when something is saved.
  const settings = { 'files.autoSave': 'off' };
  const server = await startCodeServer({ driver: true, settings, ...(installed ? { vsix } : {}) });
  let browser;
  try {
    browser = await startBrowser();
    return await runSuite(server, browser);
  } catch (error) {
    await browser?.page.screenshot({ path: join(out, 'suite-failed.png') });
    console.error(server.log());
    return [failure('the suite comes to its end', error)];
  } finally {
    await browser?.close();
    await server.stop();
  }
}

async function runSuite(server, { page, outside }) {
  const workspace = copyWorkspace(server);
  const log = [];
  await page.exposeFunction('codeAutomationLog', (type, args) => log.push(`${type}: ${args.join(' ')}`));
  const ended = await suiteEnd(page);
  const response = await page.goto(
    workbenchAddress(server.origin, workspaceFile(workspace), [
      ['extensionDevelopmentPath', remoteUri(server.origin, installed ? join(root, 'test/vscode/stub') : root)],
      ['extensionTestsPath', remoteUri(server.origin, join(root, 'out/test/index.cjs'))],
      ['skipWelcome', 'true'],
    ]),
  );
  if (!response.ok()) throw new Error(`VS Code answered ${response.status()}`);
  const code = await ended.promise;
  // VS Code says 0 also where the extension host died, so only what the suite wrote as its last act counts.
  const results = readOutcomes(workspace);
  if (results === undefined) throw new Error(`The suite did not finish; VS Code said ${code}\n${log.slice(-50).join('\n')}`);
  return [...results, ...outside.map((address) => failure('nothing is asked of another machine', `The page asked for ${address}`))];
}

/** A promise of the exit code that VS Code tells when the tests are over; it fails when it is too late. Wrapped, so as not to be awaited here. */
async function suiteEnd(page) {
  let over;
  const promise = new Promise((done, failed) => {
    over = done;
    page.on('crash', () => failed(new Error('The page crashed')));
    setTimeout(() => failed(new Error(`No result after ${limitMs / 1000} s`)), limitMs).unref();
  });
  await page.exposeFunction('codeAutomationExit', (code) => over(code));
  return { promise };
}
