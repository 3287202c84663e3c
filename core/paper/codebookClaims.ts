import type { Codebook } from '../format/codebook.ts';
import type { DataTable } from '../view/dataTable.ts';
import { count, significant } from '../view/digits.ts';
import type { Claim } from './claim.ts';
import { CODEBOOK_SOURCE, type PublishedCodebook, publishedCodebooks, publishedStudentFloats } from './publishedCodebooks.ts';

/** The codebook of a name such as `E2M1` or `SF(5)`. */
export type CodebookOf = (format: string) => Codebook;

/** What is said of the levels themselves: all of it follows without a measurement. */
export const codebookClaims = (codebookOf: CodebookOf): readonly Claim[] => [
  tables(codebookOf, {
    id: 'algorithm-1',
    title: 'Student Float follows from quantiles of Student’s t',
    where: 'Algorithm 1, Table 2',
    published: 'The tables of SF4 at 3, 4, 5 and 6 degrees of freedom, with six decimals',
    codebooks: publishedStudentFloats,
  }),
  towardsNormal(codebookOf),
  tables(codebookOf, {
    id: 'codebooks',
    title: 'The eleven codebooks',
    where: 'Table 15',
    published: 'The levels of eleven datatypes',
    codebooks: publishedCodebooks,
  }),
];

interface TablesClaim {
  readonly id: string;
  readonly title: string;
  readonly where: string;
  readonly published: string;
  readonly codebooks: readonly PublishedCodebook[];
}

function tables(codebookOf: CodebookOf, { id, title, where, published, codebooks }: TablesClaim): Claim {
  const rows = codebooks.map((one) => ({ one, distance: largestDistance(one.levels, codebookOf(one.format).ascending) }));
  const nEqual = rows.filter(({ one, distance }) => distance <= roundingOf(one)).length;
  const largest = Math.max(...rows.map(({ distance }) => distance));
  return {
    id,
    title,
    where,
    published: `${published} (${CODEBOOK_SOURCE})`,
    measured: `${nEqual} of ${count(rows.length)} equal what std.paper derives, to the digits that are printed; the largest distance of a level is ${significant(largest, 2)}`,
    verdict: nEqual === rows.length ? 'agrees' : nEqual > 0 ? 'agrees in part' : 'differs',
    why: nEqual === rows.length ? '' : `${names(rows.filter(({ one, distance }) => distance > roundingOf(one)))} differ`,
    tables: [distances(`${title}: printed and derived`, rows)],
    pictures: [],
  };
}

const names = (rows: readonly { readonly one: PublishedCodebook }[]): string => rows.map(({ one }) => one.format).join(', ');

/** Half of the last printed digit, and what float64 adds to it. */
const roundingOf = ({ decimals }: PublishedCodebook): number => 0.5 * 10 ** -decimals + 1e-15;

/** Infinite where there are more levels of one than of the other. */
function largestDistance(printed: readonly number[], derived: Float64Array): number {
  if (printed.length !== derived.length) return Number.POSITIVE_INFINITY;
  return printed.reduce((most, level, i) => Math.max(most, Math.abs(level - derived[i]!)), 0);
}

function distances(caption: string, rows: readonly { readonly one: PublishedCodebook; readonly distance: number }[]): DataTable {
  return {
    caption,
    columns: [
      { name: 'format', title: 'Format', digits: 'text' },
      { name: 'printed_as', title: 'Printed as', digits: 'text' },
      { name: 'levels', title: 'Levels', digits: 'count' },
      { name: 'decimals', title: 'Decimals printed', digits: 'count' },
      { name: 'largest_distance', title: 'Largest distance', digits: 'short' },
    ],
    rows: rows.map(({ one, distance }) => [one.format, one.printedName, one.levels.length, one.decimals, distance]),
  };
}

const sweep = [5, 10, 30, 100, 1000, 10_000, 1_000_000] as const;

/** NormalFloat rounds the outermost probability to 0.9677083, and its levels to float32. */
const NF4_ROUNDING = 2e-7;

function towardsNormal(codebookOf: CodebookOf): Claim {
  const nf4 = codebookOf('NF4').ascending;
  const rows = sweep.map((nu) => ({ nu, distance: largestDistance([...nf4], codebookOf(`SF(${nu})`).ascending) }));
  const last = rows.at(-1)!;
  const falls = rows.every(({ distance }, i) => i === 0 || distance <= rows[i - 1]!.distance);
  const isNear = last.distance < 1e-6 + NF4_ROUNDING;
  return {
    id: 'normal-limit',
    title: 'With many degrees of freedom Student Float becomes NormalFloat',
    where: 'Section 3',
    published: 'As ν grows, Student’s t becomes the normal distribution, and SF4 becomes NF4',
    measured: `At ν = ${count(last.nu)} no level is farther from NF4 than ${significant(last.distance, 2)}; at ν = 5 the farthest is off by ${significant(rows[0]!.distance, 2)}`,
    verdict: falls && isNear ? 'agrees' : 'differs',
    why: `NF4 itself is off by up to ${significant(NF4_ROUNDING, 1)}: it rounds its outermost probability to 0.9677083 and its levels to float32`,
    tables: [
      {
        caption: 'Distance of SF(ν) from NF4',
        columns: [
          { name: 'nu', title: 'ν', digits: 'count' },
          { name: 'largest_distance', title: 'Largest distance of a level', digits: 'short' },
        ],
        rows: rows.map(({ nu, distance }) => [nu, distance]),
      },
    ],
    pictures: [],
  };
}
