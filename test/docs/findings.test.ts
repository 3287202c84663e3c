import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allFindings } from '../../core/ide/allFindings.ts';
import { type FindingCode, findingCodes } from '../../core/lang/finding.ts';
import { maxTextLength } from '../../core/syntax/parser.ts';
import { analysed } from '../support/analysed.ts';
import { expectations } from '../support/expectations.ts';
import { knownOn } from '../support/factsOn.ts';
import { blocksOf } from '../support/markdown.ts';
import { bell, resultCodes } from '../support/resultExamples.ts';
import { testPage } from '../support/runSpec.ts';

const page = readFileSync('docs/findings.md', 'utf8');

describe('every example has the findings it announces', () => testPage(page));

/** What the page says of a code, by its heading. */
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [/^`(.*)`/.exec(section)![1]!, section]),
);

test('the page has every code, in the order of the table, and no other', () => {
  expect([...sections.keys()]).toEqual(Object.keys(findingCodes));
});

test.each(Object.entries(findingCodes))(
  '%s has its severity and meaning there, an example, and how to mend it',
  (code, [severity, meaning]) => {
    const section = sections.get(code)!;
    expect(section).toContain(`\n*${severity}* · ${meaning}\n`);
    const paragraphs = section.split(/\n\n/).filter((part) => part.trim() !== '' && !part.startsWith('##'));
    expect(paragraphs.length).toBeGreaterThanOrEqual(4);
  },
);

/** Findings that no short spec on a page can show. */
const bySpec: Partial<Record<FindingCode, string>> = {
  'syntax.too-deep': `let a = ${'('.repeat(200)}1${')'.repeat(200)}`,
  'syntax.too-large': ' '.repeat(maxTextLength + 1),
};

describe('every code is produced', () => {
  const announced = new Set(
    blocksOf(page, 'nibble').flatMap(({ heading, text }) =>
      expectations(text)
        .findings.filter(({ code }) => heading === `\`${code}\``)
        .map(({ code }) => code),
    ),
  );

  test.each(Object.keys(findingCodes) as FindingCode[])('%s', async (code) => {
    const spec = bySpec[code];
    if (spec) expect(analysed(spec).findings.map((finding) => finding.code)).toEqual([code]);
    else if (code === 'error.gap-to-optimum') expect((await farFromBest()).map((finding) => finding.code)).toContain(code);
    else if (resultCodes.has(code)) expect(resultCodes.get(code)!().map((finding) => finding.code)).toContain(code);
    else expect(announced).toContain(code);
  });
});

/** Evenly spaced levels on a bell. */
async function farFromBest() {
  const spec = `weights w = "model.safetensors"
scale s { block = 64, axis = last, anchor = absmax }
format A { levels = int() }
compare c { formats = A, on = w, scale = s }`;
  const { analysis, results } = await knownOn(analysed(spec), bell);
  return allFindings(analysis, results, new Map());
}

test('the pages name no code that is not there', () => {
  const topics = [...new Set(Object.keys(findingCodes).map((code) => code.split('.')[0]))].join('|');
  const pages = ['findings', 'language'].map((name) => readFileSync(`docs/${name}.md`, 'utf8')).join('\n');
  const said = [...pages.matchAll(new RegExp(`[\`[]((?:${topics})\\.[a-z]+(?:-[a-z]+)*)[\`\\]]`, 'g'))].map(([, code]) => code!);
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((code) => !Object.hasOwn(findingCodes, code))).toEqual([]);
});
