import { test } from 'vitest';
import { analyse } from '../core/lang/analysis.ts';
import { parse } from '../core/syntax/parser.ts';
import { formatted } from '../core/syntax/formatter.ts';
import { folds, outline } from '../core/ide/outline.ts';
const files = { resolve: (_: string, p: string) => p, read: () => ({ problem: 'there is no such file' }) };
const inputs: Record<string, string> = {
  lets: Array.from({ length: 30000 }, (_, i) => `let a${i} = b${i}\n`).join(''),
  letsOk: Array.from({ length: 60000 }, (_, i) => `let a${i} = ${i} // c\n`).join(''),
  chain: Array.from({ length: 30000 }, (_, i) => `let a${i} = a${i + 1}\n`).join(''),
  dup: 'let a = 1\n'.repeat(60000),
  missing: 'let a =\n'.repeat(60000),
  formats: 'format A { levels = [1, 2\n'.repeat(20000),
  props: `format A {\n${'  levels = int()\n'.repeat(60000)}}\n`,
  list: `let a = [${'1, '.repeat(250000)}]`,
  sum: `let a = ${'1 + '.repeat(200000)}1`,
  minus: `let a = ${'-'.repeat(500000)}1`,
  pow: `let a = ${'2^'.repeat(300000)}1`,
  brackets: '['.repeat(1000000), parens: 'let a = ' + '('.repeat(1000000), braces: 'format A ' + '{ a = '.repeat(150000),
  garbage: 'x@#}'.repeat(250000), quotes: '"'.repeat(1000000), comments: '/**/'.repeat(250000), docs: '/// x\n'.repeat(150000) + 'let a = 1', slash: '/'.repeat(1000000), dots: '.'.repeat(1000000),
  equals: 'a = '.repeat(250000), oneline: 'let a = 1 '.repeat(100000), words: 'let a = ' + 'x '.repeat(400000), fors: 'let a = [' + 'x for '.repeat(150000),
  asserts: 'assert 1 < x\n'.repeat(60000), uses: 'use std.paper\n'.repeat(60000), uses2: 'use "x"\n'.repeat(60000),
  calls: 'let a = ' + 'f('.repeat(400000), cmp: 'compare c { formats = [' + 'A, '.repeat(100000) + '] }', nest: 'scale s { second = { block = 3, type = fp16, '.repeat(20000),
  ext: Array.from({ length: 20000 }, (_, i) => `format A${i} extends A${i + 1} {}\n`).join(''),
  sizes: 'format A { levels = [1,2,3] }\n'.repeat(1) + Array.from({ length: 20000 }, (_, i) => `format A${i} { levels = [${i}, 1] }\n`).join(''),
};
test('x', () => {
  for (const [name, text] of Object.entries(inputs)) {
    const out: string[] = [];
    const run = (what: string, f: () => unknown) => { const t = Date.now(); try { f(); } catch (e) { out.push('THROWS ' + what + ' ' + String(e).slice(0, 80)); } out.push(`${what} ${Date.now() - t}`); };
    let file: any;
    run('parse', () => { file = parse(text); });
    run('format', () => { const f = formatted(file); if (formatted(parse(f)) !== f) out.push('NOT IDEMPOTENT'); });
    run('outline', () => { folds({ file } as never); outline({ file } as never); });
    run('analyse', () => { const a = analyse('u', text, files); out.push(`findings ${a.findings.length}`); });
    console.log(name, text.length, out.join(', '));
  }
}, 600000);
