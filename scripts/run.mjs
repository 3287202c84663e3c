import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** The folder of the repository, wherever the script was called from. */
export const root = resolve(import.meta.dirname, '..');

/**
 * Runs a command of ours or of node_modules/.bin to its end, in the repository, with its output shown.
 * Throws where it fails.
 */
export async function run(command, args, { env = {} } = {}) {
  const code = await exitCode(command, args, { env });
  if (code !== 0) throw new Error(`\`${[command, ...args].join(' ')}\` failed with ${code}`);
}

/** As {@link run}, but returns the exit code. A command that cannot be started, or that a signal ends, counts as 1. */
export function exitCode(command, args, { env = {}, onOutput } = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`, ...env },
    stdio: ['ignore', onOutput ? 'pipe' : 'inherit', 'inherit'],
    // npm's commands are .cmd files on Windows, which only a shell starts.
    shell: process.platform === 'win32',
  });
  child.stdout?.on('data', (bytes) => {
    process.stdout.write(bytes);
    onOutput(bytes.toString());
  });
  return new Promise((done) => {
    child.once('error', (error) => {
      console.error(String(error));
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
}

/** Where the first of these commands is that is there, or undefined. */
export function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: either way not the one.
    return false;
  }
}
