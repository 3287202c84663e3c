// A language server that dies again and again.
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

export const steps = {
  async 'a server that keeps crashing is reported, and restarted on request'(window, workspace) {
    await window.open('sample.nibble');
    await window.languageStatusSays(/Nibble: ready/);
    await window.settle();
    const message = window.notification('The Nibble language server stopped');
    for (let i = 0; i < 100 && !(await message.isVisible()); i++) {
      killServers(dirname(workspace));
      await window.page.waitForTimeout(50);
    }
    await message.waitFor();
    await window.shot('crashed');
    await message.locator('.monaco-button', { hasText: 'Restart' }).click();
    await window.languageStatusSays(/Nibble: ready/);
  },
};

/** Kills the language servers of the extension that is installed in our own temporary folder, and no others. */
function killServers(home) {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const ours = lines.filter((line) => line.includes(home) && line.includes('dist/server.cjs'));
  for (const line of ours) process.kill(Number.parseInt(line, 10), 'SIGKILL');
}
