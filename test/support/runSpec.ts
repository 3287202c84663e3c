import { expect, test } from 'vitest';
import { type Analysis, analyse } from '../../core/lang/analysis.ts';
import type { Finding } from '../../core/lang/finding.ts';
import type { Files } from '../../core/lang/module.ts';
import { checkClaim } from './claims.ts';
import { type ExpectedFinding, expectations } from './expectations.ts';
import { type Block, blocksOf } from './markdown.ts';

/** Makes a test of every Nibble block of a page; the comments of a block say what comes of it. docs/language.md explains them. */
export function testPage(page: string): void {
  const blocks = blocksOf(page, 'nibble');
  if (blocks.length === 0) throw new Error('A page of specs without a single spec');
  const files = filesOf(blocks);
  for (const block of blocks) {
    test(`${block.heading} (line ${block.line})`, () => checkSpec(block.text, `page:/${block.title ?? `line-${block.line}`}`, files));
  }
}

/** Checks a spec against its own comments. */
export function checkSpec(text: string, uri = 'page:/spec', files: Files = filesOf([])): void {
  const analysis = analyse(uri, text, files);
  const { findings, claims } = expectations(text);
  checkFindings(analysis, findings);
  for (const claim of claims) checkClaim(analysis, claim);
}

/** Titled blocks are files that the others may use. */
export function filesOf(blocks: readonly Pick<Block, 'title' | 'text'>[]): Files {
  return {
    resolve: (_, path) => `page:/${path.replace(/^\.\//, '')}`,
    read: (uri) => {
      const found = blocks.find(({ title }) => `page:/${title}` === uri);
      return found ? { text: found.text } : { problem: 'there is no such file' };
    },
  };
}

/** All errors and warnings are announced; other findings may be passed over, but those announced are there. */
function checkFindings({ findings, file }: Analysis, expected: readonly ExpectedFinding[]): void {
  const isLoud = (finding: Finding): boolean => finding.severity === 'error' || finding.severity === 'warning';
  const unmet: string[] = [];
  const left = [...findings];
  for (const announced of expected) {
    const at = left.findIndex((finding) => isMet(finding, announced, file.text));
    if (at < 0)
      unmet.push(`announced and not found: line ${announced.line + 1} ${announced.severity} [${announced.code}] ${announced.part}`);
    else left.splice(at, 1);
  }
  const surplus = left.filter(isLoud).map((finding) => {
    const { line, column } = placeOf(file.text, finding.start);
    return `found and not announced: line ${line + 1}, column ${column + 1} ${finding.severity} [${finding.code}] ${finding.message}`;
  });
  expect([...unmet, ...surplus]).toEqual([]);
}

function isMet({ severity, code, message, start, end }: Finding, announced: ExpectedFinding, text: string): boolean {
  const { line, column } = placeOf(text, start);
  const { columns } = announced;
  return (
    severity === announced.severity &&
    code === announced.code &&
    message.includes(announced.part) &&
    line === announced.line &&
    (!columns || (columns.start === column && (columns.end ?? end - start + column) === end - start + column))
  );
}

/** Line and column of an offset, both from 0. */
function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, column: before.at(-1)!.length };
}
