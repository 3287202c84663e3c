// What the runners share: a workspace to spoil, and a headless Chromium to look at VS Code with.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findOnPath, root } from '../../scripts/run.mjs';

export const vsix = join(root, 'dist/nibble.vsix');

/** Where screenshots and results go. */
export const out = join(root, 'out/vscode');
mkdirSync(out, { recursive: true });

/** Copies the sample workspace, with the trained model that ships, into a server's temporary folder. */
export function copyWorkspace(server) {
  const folder = join(server.dir, 'workspace');
  cpSync(join(root, 'test/vscode/workspace'), folder, { recursive: true });
  cpSync(join(root, 'examples/tiny-lm/tiny.safetensors'), join(folder, 'weights/tiny.safetensors'));
  return folder;
}

/** A workspace file that holds a folder: only in one can a test add another folder without losing its extension host. */
export function workspaceFile(folder) {
  const file = `${folder}.code-workspace`;
  writeFileSync(file, JSON.stringify({ folders: [{ path: folder }] }));
  return file;
}

/** A page, and the addresses outside this machine that it asked for, which were refused: there should be none. */
export async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' });
  const outside = [];
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => {
      outside.push(route.request().url());
      return route.abort();
    },
  );
  return { page: await context.newPage(), outside, close: () => browser.close() };
}

/** The same names that scripts/setup-vscode.sh looks for. */
export function findChromium() {
  const found = process.env.CHROMIUM ?? findOnPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  if (found === undefined) throw new Error('No Chromium here: run `bash scripts/setup-vscode.sh`');
  return found;
}
