import { lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nibble } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const run = (args: readonly string[], input?: string) => nibble(args, { cwd: folder.path, ...(input === undefined ? {} : { input }) });

describe('check', () => {
  test('says nothing on standard error of a sound spec, and ends with 0', async () => {
    folder.put('sound.nibble', 'use std.paper\nformat Mine extends E2M1 { negative_zero = 5 }\nassert 2 + 2 == 4\n');
    const { code, stdout, stderr } = await run(['check', 'sound.nibble']);
    expect(stdout).toBe('✓ 2 + 2 == 4  Holds: 4 against 4\nsound.nibble: 0 errors, 1 of 1 assertions hold\n');
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/error/);
  });

  test('names file, line, column, severity and code of an error, and ends with 1', async () => {
    folder.put('typo.nibble', '// a comment\r\nuse std.paper\r\n\r\nformat Mine extends E2M2 {}\r\n');
    const { code, stdout, stderr } = await run(['check', 'typo.nibble']);
    expect(stderr).toMatch(/^typo\.nibble:4:21: error .*`E2M2`.*\[name\.unknown\]\n$/);
    expect(stdout).toBe('typo.nibble: 1 error, 0 of 0 assertions hold\n');
    expect(code).toBe(1);
  });

  test('counts columns in UTF-16 units, as editors do', async () => {
    folder.put('wide.nibble', '/* \u{1F600} é */ let a = b\n');
    expect((await run(['check', 'wide.nibble'])).stderr).toMatch(/^wide\.nibble:1:20: error /);
  });

  test('notes the other places that an error has to do with', async () => {
    folder.put('other.nibble', '\n\nformat Twice { levels = [-1, 1], bits = 3 }\n');
    folder.put('twice.nibble', 'use "other.nibble"\nlet Twice = 1\n');
    const { stderr } = await run(['check', 'twice.nibble']);
    expect(stderr).toMatch(/^twice\.nibble:2:5: error .*\[name\.duplicate\]\n {2}other\.nibble:3:8: note `Twice` is declared here\n/m);
  });

  test('fails where an assertion does not hold, and tells both sides', async () => {
    folder.put('fails.nibble', 'let a = 3\nassert a > 4\nassert a > 2\n');
    const { code, stdout, stderr } = await run(['check', 'fails.nibble']);
    expect(stderr).toMatch(/^fails\.nibble:2:8: error .*3.*4.*\[assert\.failed\]\n$/);
    expect(stdout).toMatch(/^✗ a > 4 .*3 against 4\n✓ a > 2 .*\nfails\.nibble: 1 error, 1 of 2 assertions hold\n$/);
    expect(code).toBe(1);
  });

  test('goes on with the next file, and fails if any does', async () => {
    folder.put('a.nibble', 'let a = \n');
    folder.put('b.nibble', 'let b = 1\n');
    const { code, stdout } = await run(['check', 'a.nibble', 'b.nibble']);
    expect(stdout).toBe('a.nibble: 1 error, 0 of 0 assertions hold\nb.nibble: 0 errors, 0 of 0 assertions hold\n');
    expect(code).toBe(1);
  });
});

describe('fmt', () => {
  const untidy = 'let   a=1 // kept\n\n\n\nformat  F{levels=[-1,1],bits=3}\n';

  test('lays a file out, after which it has nothing to do', async () => {
    const path = folder.put('untidy.nibble', untidy);
    expect(await run(['fmt', 'untidy.nibble'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const tidy = readFileSync(path, 'utf8');
    expect(tidy).not.toBe(untidy);
    expect(tidy).toContain('let a = 1  // kept\n');
    expect(await run(['fmt', '--check', 'untidy.nibble'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await run(['fmt', '-'], untidy)).stdout).toBe(tidy);
  });

  test('--check names the files that would change, changes none, and ends with 1', async () => {
    const path = folder.put('checked.nibble', untidy);
    expect(await run(['fmt', '--check', 'checked.nibble'])).toEqual({ code: 1, stdout: 'checked.nibble would change\n', stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe(untidy);
  });

  test('reads standard input as -, and --check judges it', async () => {
    expect(await run(['fmt', '-'], 'let   a=1\n')).toEqual({ code: 0, stdout: 'let a = 1\n', stderr: '' });
    expect(await run(['fmt', '-', '--check'], 'let   a=1\n')).toEqual({ code: 1, stdout: '- would change\n', stderr: '' });
    expect(await run(['fmt', '-', '--check'], 'let a = 1\n')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('keeps what it cannot read, and lays out the rest', async () => {
    const { code, stdout, stderr } = await run(['fmt', '-'], 'let   a=1\nformat { ]] \nlet   b=2\n');
    expect(stdout).toContain('let a = 1\n');
    expect(stdout).toContain(']]');
    expect(stderr).toMatch(/^warning: - has \d+ syntax errors/);
    expect(code).toBe(0);
  });

  test('keeps the mode of a file, and a link to it a link', async () => {
    const path = folder.put('target.nibble', untidy);
    symlinkSync('target.nibble', folder.at('link.nibble'));
    const { mode } = statSync(path);
    expect((await run(['fmt', 'link.nibble'])).code).toBe(0);
    expect(lstatSync(folder.at('link.nibble')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('let a = 1  // kept');
    expect(statSync(path).mode).toBe(mode);
  });

  test('leaves a file that is not UTF-8 as it is', async () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('let   a=1 // caf'), 0xe9, 0x0a]);
    const path = folder.put('latin.nibble', bytes);
    const { code, stderr } = await run(['fmt', 'latin.nibble']);
    expect(stderr).toMatch(/^error: latin\.nibble .*UTF-8/);
    expect(code).toBe(1);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
  });
});

describe('the command line', () => {
  test('--version is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help lists every command on standard output, and that of a command its options', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['check', 'eval', 'fmt', 'codebook', 'lsp']) expect(stdout).toMatch(new RegExp(`^ {2}${command} .*\\w`, 'm'));
    const help = await run(['eval', '--help']);
    expect(help.code).toBe(0);
    for (const option of ['--json', '--csv', '--md']) expect(help.stdout).toContain(option);
  });

  test.for([
    { args: ['frobnicate'], says: /unknown command 'frobnicate'/ },
    { args: ['eval'], says: /missing required argument 'file'/ },
    { args: ['eval', 'a', 'b'], says: /too many arguments/ },
    { args: ['eval', '--xml', 'a'], says: /unknown option '--xml'/ },
    { args: ['eval', '--json', '--csv', 'a'], says: /--json and --csv exclude one another/ },
    { args: ['lsp'], says: /'--stdio' not specified/ },
    { args: [], says: /Usage: nibble/ },
  ])('$args is a mistake: exit code 2, said on standard error', async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test.for([['check'], ['eval'], ['fmt'], ['codebook', 'E2M1', '--file']])(
    '%s says which file is missing, or is a folder',
    async (args) => {
      expect(await run([...args, 'nothing.nibble'])).toEqual({ code: 1, stdout: '', stderr: 'error: There is no file nothing.nibble\n' });
      expect(await run([...args, '.'])).toEqual({ code: 1, stdout: '', stderr: 'error: . is not a file\n' });
    },
  );
});
