import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the package holds what the extension needs at run time, and nothing else', () => {
  const listed = execFileSync('node', ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], { encoding: 'utf8' });
  const all = listed.split('\n').filter((line) => line !== '');
  const yosys = all.filter((file) => file.startsWith('dist/node_modules/@yowasp/yosys/'));
  const files = all.filter((file) => !yosys.includes(file));
  const expected = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/client.cjs',
    'dist/server.cjs',
    'dist/synthesis.cjs',
    'dist/webview.css',
    'dist/webview.js',
    'dist/worker.cjs',
    'language-configuration.json',
    'media/icon.png',
    'media/nibble-dark.svg',
    'media/nibble-light.svg',
    'package.json',
    'snippets/nibble.json',
    'syntaxes/nibble.markdown.tmLanguage.json',
    'syntaxes/nibble.tmLanguage.json',
  ];
  expect(files.filter((file) => !file.startsWith('THIRD-PARTY')).sort()).toEqual(expected);
  // `npm run package` has put it there.
  const needed = ['package.json', 'gen/bundle.js', 'gen/yosys.core.wasm', 'gen/resources-yosys.js', 'gen/share/xilinx/cells_xtra.v'];
  expect(yosys).toEqual(expect.arrayContaining(needed.map((file) => `dist/node_modules/@yowasp/yosys/${file}`)));
});
