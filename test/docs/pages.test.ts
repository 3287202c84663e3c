import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blocksOf } from '../support/markdown.ts';

// What pages lead to, and what they list of the sources.

describe('links and pictures lead to something that is there', () => {
  test.each([
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'docs/ARCHITECTURE.md',
    'docs/cli.md',
    'docs/editors.md',
    'docs/hardware.md',
    'docs/model.md',
    'docs/panel.md',
  ])('in %s', (page) => {
    const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(([, link, picture]) => (link ?? picture)!);
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target))).toEqual([]);
  });
});

test('every picture of docs/images is shown by a page, and every one that a page shows is there', () => {
  const pages = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];
  const shown = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\b(?:src|srcset)="([^"]+\.png)"|\]\(([^)]+\.png)\)/g)].map(([, tag, link]) =>
      join(dirname(page), (tag ?? link)!),
    ),
  );
  expect([...new Set(shown)].sort()).toEqual(
    readdirSync('docs/images')
      .map((name) => `docs/images/${name}`)
      .sort(),
  );
});

describe('docs/ARCHITECTURE.md', () => {
  const page = readFileSync('docs/ARCHITECTURE.md', 'utf8');

  test('shows every folder of the core, and no other', () => {
    const shown = [...page.matchAll(/^ {2}(\w+)\/ {2,}/gm)].map(([, name]) => name);
    const folders = readdirSync('core', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(shown.sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  test('names only files that are there', () => {
    const named = [...page.matchAll(/`((?:core|node|server|client|cli|protocol|webview|scripts|test)\/[\w./]*\w\.\w+)`/g)].map(
      ([, name]) => name!,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  test('has the table of imports that the test of the architecture holds', () => {
    const rules = readFileSync('test/architecture.test.ts', 'utf8');
    const [table] = /^const mayImport[\s\S]*?^};/m.exec(rules)!;
    const packages = [...table.matchAll(/'([a-z][\w./-]*)'/g)].map(([, name]) => name!.replace(/^(vscode-languageclient)\/node$/, '$1'));
    const section = page.split(/^## /m).find((part) => part.startsWith('Who may import whom'))!;
    expect(
      packages.filter((name) => !section.includes(`\`${name.replace('vscode-languageserver-textdocument', 'vscode-languageserver')}\``)),
    ).toEqual([]);
  });
});

describe('docs/editors.md', () => {
  const page = readFileSync('docs/editors.md', 'utf8');

  test('lists every request and notification beyond LSP', () => {
    const declared = [...readFileSync('protocol/messages.ts', 'utf8').matchAll(/^ {2}'(nibble\/\w+)'/gm)].map(([, method]) => method);
    expect([...page.matchAll(/^\| `(nibble\/\w+)` \|/gm)].map(([, method]) => method)).toEqual(declared);
  });

  test('has JSON that is JSON', () => {
    const blocks = blocksOf(page, 'json');
    expect(blocks.map(({ text }) => Object.keys(JSON.parse(text)))).toEqual([['clients']]);
  });
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  const headings = [...(anchor === undefined ? '' : readFileSync(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    anchorOf(heading!),
  );
  return anchor === undefined || headings.includes(anchor);
}

/** As GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
