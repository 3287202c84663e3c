import { describe, expect, test } from 'vitest';
import { definition, links, prepareRename, references, rename } from '../../../core/ide/navigation.ts';
import type { Analysis } from '../../../core/lang/analysis.ts';
import { loadLibrary } from '../../../core/lang/module.ts';
import { analysed } from '../../support/analysed.ts';
import { marked } from '../../support/marked.ts';

const lib = 'format Base { levels = int() }\nformat Other extends Base {}';

/** The line of the text that a place is on, with the place in braces. */
const around = (text: string, { start, end }: { readonly start: number; readonly end: number }): string => {
  const whole = `${text.slice(0, start)}{${text.slice(start, end)}}${text.slice(end)}`;
  return whole
    .split('\n')
    .find((line) => line.includes('{') && whole.indexOf(line) <= start && start <= whole.indexOf(line) + line.length)!;
};

function goes(text: string, others: Readonly<Record<string, string>> = {}): string | undefined {
  const { analysis, offset } = marked(text, others);
  const found = definition(analysis, offset);
  if (!found) return undefined;
  const file = found.uri === analysis.uri ? analysis.file.text : (others[found.uri.slice(6)] ?? loadLibrary('std.paper')!.file.text);
  return `${found.uri} ${around(file, found)}`;
}

describe('go to definition', () => {
  test.each([
    ['let x = 1\nlet y = ¦x', 'let {x} = 1'],
    ['let x = 1\nlet y = x¦', 'let {x} = 1'],
    ['let ¦x = 1', 'let {x} = 1'],
    ['format F(n) { levels = quantiles(student_t(¦n)) }', 'format F({n}) { levels = quantiles(student_t(n)) }'],
    ['format F(n) { levels = int() }\nformat G = F(¦n: 3)', 'format F({n}) { levels = int() }'],
    ['let n = 2\nformat F(n) { levels = [¦n] }', 'format F({n}) { levels = [n] }'],
    ['let k = 1\nlet a = [¦k for k in 1..3]', 'let a = [k for {k} in 1..3]'],
    ['let k = 1\nlet a = [k for k in 1..¦k]', 'let {k} = 1'],
    ['scale scale { block = 1 }\nscale s extends ¦scale {}', 'scale {scale} { block = 1 }'],
  ])('%j', (text, line) => expect(goes(text)).toBe(`page:/spec.nibble ${line}`));

  test('leads into used files, and to the file of a use', () => {
    expect(goes('use "./lib.nibble"\nformat A extends ¦Base {}', { 'lib.nibble': lib })).toBe(
      'page:/lib.nibble format {Base} { levels = int() }',
    );
    expect(goes('use "./lib¦.nibble"', { 'lib.nibble': lib })).toMatch(/^page:\/lib.nibble \{\}/);
  });

  test('leads into the built-in library', () => {
    expect(goes('use std.paper\nformat A extends ¦SF(3) {}')).toBe('nibble-library:/std/paper.nibble format {SF}(nu) {');
    expect(goes('use st¦d.paper')).toMatch(/^nibble-library:\/std\/paper.nibble/);
  });

  test('leads nowhere from a word that is no name', () => {
    expect(goes('format A { ties = ¦even }')).toBeUndefined();
    expect(goes('format A { levels = ¦int() }')).toBeUndefined();
    expect(goes('let x = ¦nothing')).toBeUndefined();
  });
});

/** The files of a small workspace, each worked out. */
function workspace(files: Readonly<Record<string, string>>): Analysis[] {
  return Object.keys(files).map((name) => analysed(files[name]!, files, name));
}

describe('references', () => {
  test('are all places of a name in all files, of no other with the same spelling', () => {
    const files = {
      'lib.nibble': lib,
      'a.nibble': 'use "./lib.nibble"\nformat Mine extends Base { ties = even }\nlet x = [Base for Base in 1..3]',
      'b.nibble': 'format Base { levels = int() }\nformat B extends Base {}',
    };
    const all = workspace(files);
    const found = references(all[0]!, lib.indexOf('Base'), all).map(({ uri, start }) => `${uri.slice(6)} ${start}`);
    expect(found).toEqual(['lib.nibble 7', `lib.nibble ${lib.indexOf('Base {}')}`, `a.nibble ${files['a.nibble'].indexOf('Base {')}`]);
  });

  test('of a parameter are those in its family, named arguments among them', () => {
    const text = 'format F(nu) { levels = quantiles(student_t(nu)) }\nlet nu = 3\nformat G = F(nu: nu)';
    const analysis = analysed(text);
    const starts = references(analysis, text.indexOf('nu'), [analysis]).map(({ start }) => start);
    expect(starts).toEqual([9, 44, text.indexOf('nu: nu')]);
  });

  test('of nothing are none', () => {
    const { analysis, offset } = marked('format A { ties = ev¦en }');
    expect(references(analysis, offset, [analysis])).toEqual([]);
  });
});

/** The files after a rename of the name at `¦` in the first one, or why there is none. */
function renamed(files: Readonly<Record<string, string>>, to: string): Readonly<Record<string, string>> | string {
  const [first] = Object.keys(files);
  const offset = files[first!]!.indexOf('¦');
  const texts: Record<string, string> = { ...files, [first!]: files[first!]!.replace('¦', '') };
  const all = workspace(texts);
  const result = rename(all[0]!, offset, to, all);
  if ('problem' in result) return result.problem;
  for (const [uri, edits] of result) {
    const name = uri.slice(6);
    for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
      texts[name] = texts[name]!.slice(0, start) + text + texts[name]!.slice(end);
    }
  }
  return texts;
}

describe('rename', () => {
  test('changes every file that uses the name', () => {
    const files = { 'lib.nibble': lib.replace('Base', 'Ba¦se'), 'a.nibble': 'use "./lib.nibble"\nformat Mine extends Base {}' };
    expect(renamed(files, 'Root')).toEqual({
      'lib.nibble': 'format Root { levels = int() }\nformat Other extends Root {}',
      'a.nibble': 'use "./lib.nibble"\nformat Mine extends Root {}',
    });
  });

  test('changes parameters and variables where they mean something', () => {
    expect(renamed({ 'a.nibble': 'format F(¦n) { levels = [n, n] }\nlet n = 1\nformat G = F(n: n)' }, 'm')).toEqual({
      'a.nibble': 'format F(m) { levels = [m, m] }\nlet n = 1\nformat G = F(m: n)',
    });
    expect(renamed({ 'a.nibble': 'let k = 2\nlet a = [k*¦k for k in 1..k]' }, 'j')).toEqual({
      'a.nibble': 'let k = 2\nlet a = [j*j for j in 1..k]',
    });
  });

  test('leaves the meaning as it was: findings and levels are the same', () => {
    const text = 'format A { levels = int() }\nformat B extends ¦A { bits = 5 }';
    const after = renamed({ 'a.nibble': text }, 'C') as Record<string, string>;
    const levels = (spec: string): string[] => [...analysed(spec).formats.values()].map(({ codebook }) => codebook.ascending.join(' '));
    expect(levels(after['a.nibble']!)).toEqual(levels(text.replace('¦', '')));
  });

  test.each([
    ['let ¦x = 1', '2x', 'is no name'],
    ['let ¦x = 1', 'a b', 'is no name'],
    ['let ¦x = 1', '', 'is no name'],
    ['let ¦x = 1', 'format', 'is a word of the language'],
    ['let ¦x = 1\nlet y = 2', 'y', 'is declared already'],
    ['use std.paper\nlet ¦x = 1', 'NF4', 'is declared already'],
    ['use std.paper\nformat A extends ¦NF4 {}', 'Mine', 'belongs to a built-in library'],
    ['format A { ties = ¦even }', 'odd', 'There is no name here'],
    ['format F(¦n, m) { levels = [n, m] }', 'm', 'is declared already'],
    ['let m = 1\nformat F(¦n) { levels = [n, m] }', 'm', 'is declared already'],
    ['let ¦x = 1\nlet a = [x*k for k in 1..3]', 'k', 'is declared already'],
  ])('%j to %j is refused: %s', (text, to, part) => expect(renamed({ 'a.nibble': text }, to)).toContain(part));

  test('to a name that another file has is refused where the two would meet', () => {
    const files = { 'lib.nibble': lib.replace('Base', 'Ba¦se'), 'a.nibble': 'use "./lib.nibble"\nformat Mine extends Base {}' };
    expect(renamed(files, 'Mine')).toContain('is declared already');
  });

  test('to itself changes nothing', () => {
    expect(renamed({ 'a.nibble': 'let ¦x = 1\nlet y = x' }, 'x')).toEqual({ 'a.nibble': 'let x = 1\nlet y = x' });
  });

  test('is prepared with the whole name, or refused at once', () => {
    const prepared = (text: string) => {
      const { analysis, offset } = marked(text);
      return prepareRename(analysis, offset);
    };
    expect(prepared('let some¦thing = 1')).toMatchObject({ text: 'something', start: 4, end: 13 });
    expect(prepared('use std.paper\nformat A extends N¦F4 {}')).toEqual({
      problem: '`NF4` belongs to a built-in library and cannot be renamed',
    });
    expect(prepared('let x = ¦1 + 2')).toBeUndefined();
  });
});

test('links are the files that a spec names', () => {
  const text = 'use "./lib.nibble"\nuse std.paper\nweights a = "a.npy"\nweights b = ["b/*.npz", "c.safetensors"] { include = ["x"] }';
  expect(links(analysed(text)).map(({ path, start, end }) => [path, text.slice(start, end)])).toEqual([
    ['./lib.nibble', '"./lib.nibble"'],
    ['a.npy', '"a.npy"'],
    ['c.safetensors', '"c.safetensors"'],
  ]);
});
