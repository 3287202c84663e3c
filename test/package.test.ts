import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the package holds what the extension needs at run time, and nothing else', () => {
  const listed = execFileSync('node', ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], { encoding: 'utf8' });
  const files = listed.split('\n').filter((line) => line !== '');
  const expected = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/client.cjs',
    'dist/server.cjs',
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
});
