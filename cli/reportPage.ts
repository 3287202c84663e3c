import { assertionLine } from '../core/ide/hoverOfDeclared.ts';
import type { Finding } from '../core/lang/finding.ts';
import type { AssertionResult } from '../core/lang/spec.ts';
import { count } from '../core/view/digits.ts';
import type { ChartTheme } from '../core/view/svg/colours.ts';
import { all, type Markup, sentence, tag, text } from '../core/view/svg/markup.ts';
import type { WeightFileHash } from '../node/weightFileHashes.ts';
import { dataTable, drawn, htmlPage, smallTable } from './htmlPage.ts';
import type { ReportFigure } from './reportFigures.ts';

/** All that a report says, worked out. */
export interface Report {
  /** The spec, as it was named. */
  readonly spec: string;
  readonly theme: ChartTheme;
  /** Where each finding begins: `file:line:column`. */
  readonly findings: readonly { readonly place: string; readonly finding: Finding }[];
  readonly assertions: readonly AssertionResult[];
  readonly sections: readonly ReportSection[];
  /** The spec and the files it uses: name, bytes, SHA-256. */
  readonly sources: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
  readonly weightFiles: readonly WeightFileHash[];
  readonly versions: readonly (readonly [string, string])[];
}

export interface ReportSection {
  readonly title: string;
  readonly figures: readonly ReportFigure[];
}

/** The page. The same report gives the same bytes. */
export function reportPage(report: Report): string {
  let nFigures = 0;
  const sections = report.sections.map(({ title, figures }, i) =>
    tag(
      'section',
      { 'aria-labelledby': `section-${i + 1}` },
      tag('h2', { id: `section-${i + 1}` }, text(title)),
      figures.map((one) => figure(one, ++nFigures, report.theme)),
    ),
  );
  const body = tag(
    'body',
    {},
    tag('header', {}, tag('h1', {}, text(`Report of ${report.spec}`)), tag('p', {}, sentence(summaryOf(report)))),
    tag('main', {}, contents(report), assertions(report), findings(report), sections, origins(report)),
    tag('footer', {}, tag('p', {}, sentence('Written by nibble report. This page has no script and opens no connection.'))),
  );
  return htmlPage(`Report of ${report.spec}`, report.theme, body);
}

function summaryOf({ assertions: asserted, findings: found, sections }: Report): string {
  const nHolding = asserted.filter(({ outcome }) => outcome === 'holds').length;
  const nErrors = found.filter(({ finding }) => finding.severity === 'error').length;
  const nWarnings = found.filter(({ finding }) => finding.severity === 'warning').length;
  const nFigures = sections.reduce((sum, { figures }) => sum + figures.length, 0);
  const held = asserted.length === 0 ? 'No assertions' : `${nHolding} of ${asserted.length} assertions hold`;
  return `${held}; ${counted(nErrors, 'error')}, ${counted(nWarnings, 'warning')}; ${counted(nFigures, 'figure')}.`;
}

const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;

function contents({ sections }: Report): Markup | undefined {
  if (sections.length < 2) return undefined;
  const links = sections.map(({ title }, i) => tag('li', {}, tag('a', { href: `#section-${i + 1}` }, text(title))));
  return tag('nav', { 'aria-label': 'Sections' }, tag('ul', {}, links));
}

function assertions({ assertions: asserted }: Report): Markup | undefined {
  if (asserted.length === 0) return undefined;
  const words: Readonly<Record<AssertionResult['outcome'], string>> = {
    holds: '✓',
    fails: '✗',
    pending: '?',
    'not-computed': '?',
    invalid: '?',
  };
  return tag(
    'section',
    { 'aria-labelledby': 'assertions' },
    tag('h2', { id: 'assertions' }, text('Assertions')),
    tag(
      'ul',
      {},
      asserted.map((one) =>
        tag(
          'li',
          {},
          text(`${words[one.outcome]} `),
          tag('code', {}, sentence(one.text)),
          sentence(` ${assertionLine(one)}.`),
          one.doc === '' ? undefined : sentence(` ${one.doc}`),
        ),
      ),
    ),
  );
}

function findings({ findings: found }: Report): Markup {
  const lines = found.map(({ place, finding: { severity, code, message } }) =>
    tag(
      'li',
      {},
      tag('span', { class: 'level' }, text(severity)),
      sentence(' '),
      quoting(message),
      sentence(' ('),
      tag('span', { class: 'mono' }, text(place)),
      sentence(`, ${code})`),
    ),
  );
  return tag(
    'section',
    { 'aria-labelledby': 'findings' },
    tag('h2', { id: 'findings' }, text('Findings')),
    lines.length === 0 ? tag('p', {}, text('None.')) : tag('ul', {}, lines),
  );
}

/** A message, in which what stands in backquotes is code. */
const quoting = (message: string): Markup =>
  all(message.split('`').map((part, i) => (i % 2 === 1 ? tag('code', {}, sentence(part)) : sentence(part))));

/** Two drawings of one picture, of which the width of the page shows one: a drawing that is only made smaller cannot be read. */
function figure({ title, notes, draw, tables }: ReportFigure, number: number, theme: ChartTheme): Markup {
  return all([
    tag('h3', {}, text(`${number}. ${title}`)),
    tag('figure', {}, drawn(draw, `figure-${number}`, theme), tag('figcaption', {}, sentence(notes.map((note) => `${note}.`).join(' ')))),
    ...tables.map((table, i) => {
      const name = tables.length > 1 ? `Data ${number}.${i + 1}` : `Data ${number}`;
      return tag('details', {}, tag('summary', {}, text(`${name}: ${table.caption}`)), dataTable(table, name));
    }),
  ]);
}

/** What the figures are of, so that whoever has the files can tell. */
function origins({ sources, weightFiles, versions }: Report): Markup {
  const bytes = (n: number): string => `${count(n)} bytes`;
  const rows = [
    ...sources.map(({ name, sizeBytes, sha256 }) => [name, bytes(sizeBytes), 'all', sha256]),
    ...weightFiles.map(({ name, sizeBytes, sha256, hashedBytes }) => [
      name,
      bytes(sizeBytes),
      hashedBytes === sizeBytes ? 'all' : `the first ${bytes(hashedBytes)}`,
      sha256,
    ]),
  ];
  return tag(
    'section',
    { 'aria-labelledby': 'origins' },
    tag('h2', { id: 'origins' }, text('Files and versions')),
    smallTable(
      'Files',
      ['File', 'Size', 'Hashed', 'SHA-256'],
      rows.map((cells) => cells.map((cell, i) => tag('td', { class: i === 3 ? 'mono' : undefined }, text(cell)))),
    ),
    tag('p', {}, sentence(versions.map(([name, version]) => `${name} ${version}`).join(', '))),
  );
}
