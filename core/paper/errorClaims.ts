import { rankCorrelation } from '../numeric/rankCorrelation.ts';
import type { Cell, DataTable } from '../view/dataTable.ts';
import { type Claim, mean, orderVerdict, type Verdict } from './claim.ts';
import { publishedBlocks, publishedByBlock } from './publishedQuality.ts';

/** Error of formats under scales of several block sizes, on the same weights. */
export interface ErrorGrid {
  /** What was quantized. */
  readonly subject: string;
  /** Signal over quantization noise, in dB, by format and then in the order of {@link errorBlocks}; NaN where it could not be measured. */
  readonly sqnr: ReadonlyMap<string, readonly number[]>;
  /** E2M1_SR where the weight of largest magnitude goes to its largest level whatever its sign, so that no block is clipped. */
  readonly superRangeUnclipped: readonly number[];
}

/** Block sizes that errors are measured with: those of the paper's Table 5, and one scale for a tensor. */
export const errorBlocks = [...publishedBlocks, 'tensor'] as const;

export const blockTitle = (block: (typeof errorBlocks)[number]): string =>
  block === 'channel' ? 'a row' : block === 'tensor' ? 'a tensor' : `${block}`;

export const errorClaims = (grids: readonly ErrorGrid[]): readonly Claim[] => [
  orders(grids),
  superRange(grids),
  studentAgainstNormal(grids),
];

const formats = Object.keys(publishedByBlock);

function orders(grids: readonly ErrorGrid[]): Claim {
  const correlations = grids.map((grid) => publishedBlocks.map((_, i) => correlationAt(grid, i)));
  const all = correlations.flat().filter((rho) => !Number.isNaN(rho));
  const typical = mean(all);
  return {
    id: 'orders-by-block',
    title: 'The order of the formats, by size of the block',
    where: 'Table 5',
    published: 'The change of accuracy of Phi-2 by format and block size, weights only',
    measured:
      all.length === 0
        ? 'Nothing'
        : `Formats ordered by SQNR on the weights here stand to that order with a rank correlation of ${typical.toFixed(2)} in the mean over block sizes, from ${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`,
    verdict: orderVerdict(typical),
    why: 'The error of weights is no accuracy: the paper has six tasks and one run each, whose differences between near formats are within their noise, and another model',
    tables: [
      ...grids.map(sqnrTable),
      {
        caption: 'Rank correlation of SQNR here with the change of accuracy of Phi-2 (arXiv 2405.03103, Table 5), eleven formats',
        columns: [
          { name: 'weights', title: 'Weights', digits: 'text' },
          ...publishedBlocks.map((block) => ({
            name: `block_${block}`,
            title: `Blocks of ${blockTitle(block)}`,
            digits: 'short' as const,
          })),
        ],
        rows: grids.map(({ subject }, i) => [subject, ...correlations[i]!]),
      },
    ],
    pictures: [],
  };
}

function correlationAt({ sqnr }: ErrorGrid, block: number): number {
  const known = formats.filter((format) => Number.isFinite(sqnr.get(format)?.[block]));
  return rankCorrelation(
    known.map((format) => sqnr.get(format)![block]!),
    known.map((format) => publishedByBlock[format]![block]!),
  );
}

function sqnrTable({ subject, sqnr }: ErrorGrid): DataTable {
  return {
    caption: `SQNR in dB of ${subject}, scales of float32, the largest magnitude of a block on the largest level`,
    columns: [
      { name: 'format', title: 'Format', digits: 'text' },
      ...errorBlocks.map((block) => ({ name: `block_${block}`, title: `Blocks of ${blockTitle(block)}`, digits: 'decibels' as const })),
    ],
    rows: [...sqnr].map(([format, values]): Cell[] => [format, ...values]),
  };
}

/** Small blocks of the paper's Table 5, where super-range collapses, and where it does no longer. */
const SMALL = publishedBlocks.indexOf(16);
const CHANNEL = publishedBlocks.indexOf('channel');

function superRange(grids: readonly ErrorGrid[]): Claim {
  const rows = grids.map(({ subject, sqnr, superRangeUnclipped }) => {
    const [plain, range] = [sqnr.get('E2M1')!, sqnr.get('E2M1_SR')!];
    return {
      subject,
      small: range[SMALL]! - plain[SMALL]!,
      channel: range[CHANNEL]! - plain[CHANNEL]!,
      mended: superRangeUnclipped[SMALL]! - range[SMALL]!,
    };
  });
  const collapses = rows.every(({ small }) => small < 0);
  const recovers = rows.every(({ small, channel }) => channel > small);
  const isExplained = rows.every(({ mended }) => mended > 0);
  return {
    id: 'super-range',
    title: 'Super-range collapses in small blocks',
    where: 'Table 5',
    published:
      'E2M1 with super-range loses 13.54 % of accuracy with blocks of 16, where E2M1 loses 1.27 %; with a scale for a channel it is ahead, 3.21 % against 3.92 %',
    measured: rows
      .map(({ subject, small, channel, mended }) =>
        [
          `${subject}: super-range is ${signed(small)} dB from E2M1 with blocks of 16 and ${signed(channel)} dB with a scale for a row`,
          `where the scale takes the sign of the largest weight, so that nothing is clipped, it is ${signed(mended)} dB from itself at 16`,
        ].join('; '),
      )
      .join('. '),
    verdict: rows.length === 0 ? 'not measured' : collapses && recovers ? 'agrees' : collapses || recovers ? 'agrees in part' : 'differs',
    why:
      rows.length > 0 && isExplained
        ? 'The cause is the scale, not the format: absmax goes to 8, while the most negative level is −6, so a block whose extreme is negative, one of two, has it clipped to three quarters'
        : '',
    tables: [],
    pictures: [],
  };
}

const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(2)}`;

function studentAgainstNormal(grids: readonly ErrorGrid[]): Claim {
  const ahead = (grid: ErrorGrid): readonly number[] => errorBlocks.map((_, i) => grid.sqnr.get('SF4')![i]! - grid.sqnr.get('NF4')![i]!);
  const all = grids.flatMap(ahead);
  const nAhead = all.filter((difference) => difference > 0).length;
  const verdict: Verdict = all.length === 0 ? 'not measured' : nAhead === all.length ? 'agrees' : nAhead > 0 ? 'agrees in part' : 'differs';
  return {
    id: 'sf4-error',
    title: 'Student Float against NormalFloat, by error of weights',
    where: 'Sections 3 and 5',
    published: 'SF4 is the better of the two for weights with heavy tails; the paper shows it by the quality of models, not by error',
    measured: `SF4 has less squared error than NF4 in ${nAhead} of ${all.length} cases of weights and block size`,
    verdict,
    why:
      verdict === 'agrees'
        ? ''
        : 'A block divided by its largest magnitude has lost its tail: what is left is nearer to uniform than to Student’s t, the more the smaller the block is. With one scale for a tensor the tail is there, and SF4 is made for it',
    tables: [
      {
        caption: 'SQNR of SF4 less that of NF4, in dB',
        columns: [
          { name: 'weights', title: 'Weights', digits: 'text' },
          ...errorBlocks.map((block) => ({ name: `block_${block}`, title: `Blocks of ${blockTitle(block)}`, digits: 'short' as const })),
        ],
        rows: grids.map((grid) => [grid.subject, ...ahead(grid)]),
      },
    ],
    pictures: [],
  };
}
