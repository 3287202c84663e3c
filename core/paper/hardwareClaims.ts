import type { AreaFigures, AreaReport } from '../hardware/areaReport.ts';
import { chipOverhead, paperShares } from '../hardware/figures.ts';
import { PAPER_TABLE_SOURCE, type PublishedMac, paperTable, publishedMac } from '../hardware/paperTable.ts';
import { rankCorrelation } from '../numeric/rankCorrelation.ts';
import type { Cell } from '../view/dataTable.ts';
import { type Claim, mean, SAME_ORDER } from './claim.ts';

/** Areas of formats on one hardware, by their names in `std.paper`. */
export interface MeasuredAreas {
  /** The hardware: its cells and its process. */
  readonly subject: string;
  readonly reports: ReadonlyMap<string, AreaReport>;
}

export const hardwareClaims = (measured: MeasuredAreas | undefined): readonly Claim[] => [
  areas(measured),
  accumulators(measured),
  overheads(measured),
];

/** A row of the table with the report beside it. */
interface Pair {
  readonly published: PublishedMac;
  readonly report: AreaReport;
  readonly reference: AreaFigures;
}

const pairsOf = (measured: MeasuredAreas | undefined): readonly Pair[] =>
  paperTable.flatMap((published) => {
    const report = measured?.reports.get(published.format);
    return report?.reference ? [{ published, report, reference: report.reference }] : [];
  });

/** Two texts or recipes of one function differ by up to 5 % here (docs/hardware.md), and the paper had another process, tool and clock. */
const MEAN_ERROR = 0.06;

function areas(measured: MeasuredAreas | undefined): Claim {
  const pairs = pairsOf(measured);
  const base = pairs.find(({ published }) => published.format === 'INT4');
  const ours = pairs.map(({ reference }) => reference.area);
  const theirs = pairs.map(({ published }) => published.macArea);
  const factor = Math.exp(mean(pairs.map((_, i) => Math.log(theirs[i]! / ours[i]!))));
  const errors = pairs.map((_, i) => (ours[i]! * factor) / theirs[i]! - 1);
  const meanError = mean(errors.map(Math.abs));
  const correlation = rankCorrelation(ours, theirs);
  const isKnown = pairs.length > 1;
  return {
    id: 'areas',
    title: 'Area of a MAC unit',
    where: 'Table 10',
    published: 'Ten MAC units in TSMC 28 nm, from 160.7 µm² (INT4) to 268.9 µm² (E2M1-B)',
    measured: isKnown
      ? `${pairs.length} of them, in three stages as in the paper, in ${measured!.subject}: with one factor between the processes the areas are off by ${percent(meanError)} in the mean, the most by ${percent(Math.max(...errors.map(Math.abs)))}; rank correlation ${correlation.toFixed(2)}`
      : 'Nothing',
    verdict: !isKnown
      ? 'not measured'
      : meanError < MEAN_ERROR && correlation > SAME_ORDER
        ? 'agrees'
        : correlation > SAME_ORDER
          ? 'agrees in part'
          : 'differs',
    why: 'The factor takes out the process. What is left is the tool and the rows whose accumulators are not exact: E2M1-I and E2M1-B are narrower in the paper than a sum without loss needs, E2M1 + SP is wider',
    tables: [
      {
        caption: `MAC units: published (${PAPER_TABLE_SOURCE}) and synthesised`,
        columns: [
          { name: 'format', title: 'Format', digits: 'text' },
          { name: 'published_um2', title: 'Published (µm²)', digits: 'short' },
          { name: 'reference_um2', title: 'In three stages (µm²)', digits: 'short' },
          { name: 'error', title: 'Off by, scaled', digits: 'text' },
          { name: 'published_ratio', title: 'Published, over INT4', digits: 'short' },
          { name: 'reference_ratio', title: 'In three stages, over INT4', digits: 'short' },
          { name: 'best_um2', title: 'Smallest found (µm²)', digits: 'short' },
        ],
        rows: pairs.map(({ published, report, reference }, i): Cell[] => [
          published.format,
          published.macArea,
          reference.area,
          `${errors[i]! < 0 ? '−' : '+'}${percent(Math.abs(errors[i]!))}`,
          published.macArea / publishedMac('INT4')!.macArea,
          base ? reference.area / base.reference.area : null,
          report.best.area,
        ]),
      },
    ],
    pictures: [],
  };
}

function accumulators(measured: MeasuredAreas | undefined): Claim {
  const pairs = pairsOf(measured);
  const differing = pairs.filter(({ published, reference }) => published.accumulatorBits !== reference.accumulatorBits);
  return {
    id: 'accumulators',
    title: 'Bits of an accumulator that loses nothing over 256 terms',
    where: 'Table 10',
    published: 'From 16 bits (INT4, APoT4) to 23 (E2M1-B)',
    measured: pairs.length === 0 ? 'Nothing' : `${pairs.length - differing.length} of ${pairs.length} widths are the same`,
    verdict:
      pairs.length === 0
        ? 'not measured'
        : differing.length === 0
          ? 'agrees'
          : differing.length < pairs.length
            ? 'agrees in part'
            : 'differs',
    why:
      differing.length === 0
        ? ''
        : `By the largest sum of 256 products on the common grid of the levels, ${differing
            .map(
              ({ published, reference }) =>
                `${published.format} needs ${reference.accumulatorBits} bits, where ${published.accumulatorBits} are printed`,
            )
            .join(
              '; ',
            )}. 19 bits are what a grid of a quarter needs, while 5 lies on that of a half; narrower sums lose something at the extremes`,
    tables: [
      {
        caption: 'Bits of the accumulator',
        columns: [
          { name: 'format', title: 'Format', digits: 'text' },
          { name: 'published', title: 'Published', digits: 'count' },
          { name: 'exact', title: 'Exact', digits: 'count' },
        ],
        rows: pairs.map(({ published, reference }): Cell[] => [published.format, published.accumulatorBits, reference.accumulatorBits]),
      },
    ],
    pictures: [],
  };
}

/** The last printed digit, and what the areas of the table are rounded by. */
const OVERHEAD_ROUNDING = 0.06;

function overheads(measured: MeasuredAreas | undefined): Claim {
  const base = publishedMac('INT4')!;
  const rows = paperTable.map((published) => {
    const { macArea, bits } = published;
    const report = measured?.reports.get(published.format);
    const baseReport = measured?.reports.get('INT4');
    return {
      published,
      formula: 100 * chipOverhead({ macArea, bits }, base, paperShares),
      own:
        report && baseReport
          ? 100 * chipOverhead({ macArea: report.best.area, bits }, { macArea: baseReport.best.area, bits: base.bits }, paperShares)
          : null,
    };
  });
  const largest = Math.max(...rows.map(({ published, formula }) => Math.abs(published.chipOverheadPercent - formula)));
  return {
    id: 'overhead',
    title: 'Relative overhead of the chip',
    where: 'Table 10',
    published: 'MAC units are a tenth of the chip and memory six tenths; the overhead over INT4 is between 0 % and 17.7 %',
    measured: `The formula 10 % (MAC / MAC of INT4 − 1) + 60 % (bits / 4 − 1) gives the printed column to within ${largest.toFixed(2)} points`,
    verdict: largest < OVERHEAD_ROUNDING ? 'agrees' : 'agrees in part',
    why: measured ? `The last column of the table puts the smallest unit found in ${measured.subject} into the same formula` : '',
    tables: [
      {
        caption: 'Overhead of the chip over INT4, in percent',
        columns: [
          { name: 'format', title: 'Format', digits: 'text' },
          { name: 'published', title: 'Published', digits: 'short' },
          { name: 'formula', title: 'By the formula', digits: 'short' },
          { name: 'own', title: 'With areas found here', digits: 'short' },
        ],
        rows: rows.map(({ published, formula, own }): Cell[] => [published.format, published.chipOverheadPercent, formula, own]),
      },
    ],
    pictures: [],
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
