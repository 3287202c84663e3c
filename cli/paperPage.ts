import type { Claim, Verdict } from '../core/paper/claim.ts';
import { type DataTable, shownCell } from '../core/view/dataTable.ts';
import type { ChartTheme } from '../core/view/svg/colours.ts';
import { type Markup, sentence, tag, text } from '../core/view/svg/markup.ts';
import { dataTable, drawn, htmlPage, smallTable } from './htmlPage.ts';

/** Everything that the page says. */
export interface PaperPage {
  /** What was measured on, as it was named. */
  readonly spec: string;
  readonly theme: ChartTheme;
  readonly claims: readonly Claim[];
  /** What could not be measured, and what the measurements are of: sentences without their full stop. */
  readonly notes: readonly string[];
  readonly versions: readonly (readonly [string, string])[];
}

const TITLE = 'Learning from Students, measured again';

const opening =
  'Dotzel et al., "Learning from Students: Applying t-Distributions to Explore Accurate and Efficient Formats for LLMs", ICML 2024 (arXiv 2405.03103), claim by claim: what was published, what Nibble measures, and whether the two agree.';

const verdicts: readonly Verdict[] = ['agrees', 'agrees in part', 'differs', 'not measured'];

const signs: Readonly<Record<Verdict, string>> = { agrees: '✓', 'agrees in part': '◐', differs: '✗', 'not measured': '–' };

/** The page as HTML, in one file without a script. */
export function paperHtml({ spec, theme, claims, notes, versions }: PaperPage): string {
  const sections = claims.map((claim, i) => section(claim, i + 1, theme));
  const body = tag(
    'body',
    {},
    tag('header', {}, tag('h1', {}, text(TITLE)), tag('p', {}, sentence(opening)), tag('p', {}, sentence(summaryOf(claims)))),
    tag(
      'main',
      {},
      tag('nav', { 'aria-label': 'Claims' }, summaryTable(claims)),
      sections,
      tag(
        'section',
        { 'aria-labelledby': 'basis' },
        tag('h2', { id: 'basis' }, text('What was measured')),
        tag(
          'ul',
          {},
          notes.map((note) => tag('li', {}, sentence(`${note}.`))),
        ),
        tag('p', {}, sentence([`Spec: ${spec}`, ...versions.map(([name, version]) => `${name} ${version}`)].join(', '))),
      ),
    ),
    tag('footer', {}, tag('p', {}, sentence('Written by nibble paper. This page has no script and opens no connection.'))),
  );
  return htmlPage(TITLE, theme, body);
}

export function summaryOf(claims: readonly Claim[]): string {
  const counts = verdicts.map((verdict) => ({ verdict, n: claims.filter((claim) => claim.verdict === verdict).length }));
  return `${counts
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${n === 1 ? verdict : verdict.replace(/^(agree|differ)s/, '$1')}`)
    .join(', ')}.`;
}

const summaryTable = (claims: readonly Claim[]): Markup =>
  smallTable(
    'Summary',
    ['Claim', 'Where', 'Verdict'],
    claims.map(({ id, title, where, verdict }) => [
      tag('td', {}, tag('a', { href: `#${id}` }, sentence(title))),
      tag('td', {}, sentence(where)),
      tag('td', {}, sentence(`${signs[verdict]} ${verdict}`)),
    ]),
  );

function section(
  { id, title, where, published, measured, verdict, why, tables, pictures }: Claim,
  number: number,
  theme: ChartTheme,
): Markup {
  const said = [
    ['Published', `${published}.`],
    ['Measured', `${measured}.`],
    ['Verdict', `${signs[verdict]} ${verdict}${why === '' ? '' : `. ${why}`}.`],
  ] as const;
  return tag(
    'section',
    { 'aria-labelledby': id },
    tag('h2', { id }, sentence(`${number}. ${title}`)),
    tag('p', { class: 'where' }, sentence(where)),
    tag(
      'dl',
      {},
      said.map(([term, content]) => tag('div', {}, tag('dt', {}, text(term)), tag('dd', {}, sentence(content)))),
    ),
    pictures.map(({ draw }, i) => tag('figure', {}, drawn(draw, `figure-${number}-${i + 1}`, theme))),
    tables.map((table, i) => {
      const name = tables.length > 1 ? `Table ${number}.${i + 1}` : `Table ${number}`;
      return tag('details', {}, tag('summary', {}, sentence(`${name}: ${table.caption}`)), dataTable(table, name));
    }),
  );
}

/** The page as Markdown, without its pictures. */
export function paperMarkdown({ spec, claims, notes, versions }: PaperPage): string {
  const summary = markdownTable(
    ['Claim', 'Where', 'Verdict'],
    claims.map(({ title, where, verdict }) => [title, where, `${signs[verdict]} ${verdict}`]),
    () => false,
  );
  const sections = claims.map(({ title, where, published, measured, verdict, why, tables }, i) =>
    [
      `## ${i + 1}. ${title}`,
      `*${where}*`,
      `- **Published.** ${published}.`,
      `- **Measured.** ${measured}.`,
      `- **Verdict.** ${signs[verdict]} ${verdict}${why === '' ? '' : `. ${why}`}.`,
      ...tables.map(tableMarkdown),
    ].join('\n\n'),
  );
  const basis = [
    ...notes.map((note) => `- ${note}.`),
    '',
    [`Spec: ${spec}`, ...versions.map(([name, version]) => `${name} ${version}`)].join(', '),
  ];
  return `${[`# ${TITLE}`, opening, summaryOf(claims), summary, ...sections, '## What was measured', basis.join('\n')].join('\n\n')}\n`;
}

function tableMarkdown({ caption, columns, rows }: DataTable): string {
  const shown = rows.map((cells) => cells.map((cell, i) => shownCell(cell, columns[i]!)));
  return `${caption}:\n\n${markdownTable(
    columns.map(({ title }) => title),
    shown,
    (i) => columns[i]!.digits !== 'text',
  )}`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], isNumber: (column: number) => boolean): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = head.map((_, i) => (isNumber(i) ? '---:' : '---'));
  return [row(head), `| ${rule.join(' | ')} |`, ...rows.map(row)].join('\n');
}

/** Names come from files: nothing in them is markup. */
const escaped = (cell: string): string => cell.replace(/[\\|`*_[\]<>&]/g, (character) => `\\${character}`);
