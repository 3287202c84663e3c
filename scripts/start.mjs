// `npm start`: builds, evaluates the example on the command line, and opens it in VS Code with the extension loaded.
//   --serve  serve VS Code on localhost even where `code` is installed
//   --once   print the address, check that it answers, and end
//   --built  use the bundles and the package that are in dist/ already
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { remoteUri, startCodeServer, workbenchAddress } from './codeServer.mjs';
import { findOnPath, root, run } from './run.mjs';

const [serve, once, built] = ['--serve', '--once', '--built'].map((option) => process.argv.includes(option));
const folder = join(root, 'examples');
const example = join(folder, 'paper.nibble');
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

try {
  await main();
} catch (error) {
  // The commands have said what went wrong in them; a stack of this script would only hide it.
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  if (!built) await run('node', ['esbuild.mjs']);
  await run('node', ['dist/cli.cjs', 'eval', example]);
  const code = serve || !hasDisplay ? undefined : findOnPath(process.platform === 'win32' ? ['code.cmd', 'code.exe'] : ['code']);
  if (code === undefined) await serveVsCode();
  else await openDesktop(code);
}

/** Opens the installed VS Code, which needs no package: it loads the extension from this folder. */
async function openDesktop(code) {
  console.log(`\nOpening the example in VS Code (${code})`);
  await run(code, [`--extensionDevelopmentPath=${root}`, folder, example]);
}

async function serveVsCode() {
  await run('bash', ['scripts/setup-vscode.sh', '--no-browser']);
  if (!built) await run('node', ['scripts/package.mjs']);
  const server = await startCodeServer({ vsix: join(root, 'dist/nibble.vsix') });
  try {
    const address = workbenchAddress(server.origin, folder, [['openFile', remoteUri(server.origin, example)]]);
    console.log(`\nVS Code with Nibble: ${address}`);
    if (once) return await checkAnswers(address);
    if (hasDisplay && process.stdout.isTTY) openBrowser(address);
    console.log('Ctrl-C ends it');
    await interrupted();
  } finally {
    await server.stop();
  }
}

async function checkAnswers(address) {
  const response = await fetch(address);
  const page = await response.text();
  if (!response.ok || !page.includes('workbench')) throw new Error(`VS Code answered ${response.status}:\n${page.slice(0, 500)}`);
  console.log('VS Code answers');
}

function interrupted() {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, done);
  });
}

function openBrowser(address) {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true });
  // The address is printed, so a desktop without an opener loses nothing.
  child.once('error', () => console.log(`No ${opener} here: open the address yourself`));
  child.unref();
}
