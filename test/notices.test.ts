import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const notices = readFileSync('THIRD-PARTY-NOTICES.md', 'utf8');
const listed = [...notices.matchAll(/^\| (\S+) \| (\d\S*) \| (\S.*) \|$/gm)].map(([, name, version]) => `${name} ${version}`);

test('THIRD-PARTY-NOTICES.md is what scripts/notices.mjs writes', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/notices.mjs', '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

// The script has entry points of its own; the maps say what the build itself has put in.
test('every package in a bundle is listed, and no other', () => {
  const maps = readdirSync('dist').filter((name) => /^(client|server|worker|cli)\.cjs\.map$|^webview\.js\.map$/.test(name));
  expect(maps).toEqual(expect.arrayContaining(['cli.cjs.map', 'client.cjs.map', 'server.cjs.map', 'worker.cjs.map']));
  const folders = new Set(maps.flatMap((name) => sourcesOf(`dist/${name}`).flatMap((source) => packageFolder(source) ?? [])));
  const bundled = [...folders].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { name: string; version: string };
    return `${name} ${version}`;
  });
  expect([...new Set(bundled)].sort()).toEqual([...listed].sort());
});

test('every package listed has the text of its licence', () => {
  const withText = [...notices.matchAll(/^### (.*)\n\n```text\n(.+\n)+?/gm)].flatMap(([, title]) => title!.split(', '));
  expect(withText.sort()).toEqual([...listed].sort());
});

test('no licence obliges those who use Nibble to publish their own code', () => {
  const licences = [...notices.matchAll(/^\| \S+ \| \d\S* \| (\S.*) \|$/gm)].map(([, licence]) => licence);
  expect([...new Set(licences)].sort()).toEqual(['Apache-2.0', 'BlueOak-1.0.0', 'ISC', 'MIT']);
});

test('the package ships the licence, the notices, the changelog and the readme', () => {
  const shipped = execFileSync(process.execPath, ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'], { encoding: 'utf8' }).split(
    '\n',
  );
  expect(shipped).toEqual(expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.md']));
}, 60_000);

const sourcesOf = (map: string): readonly string[] => (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources;

/** Sources are relative to dist/. */
const packageFolder = (source: string): string | undefined => /^\.\.\/(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
