import type { AreaFigures } from '../core/hardware/areaReport.ts';
import { cellLibraries } from '../core/hardware/cells/index.ts';
import { chipOverhead } from '../core/hardware/figures.ts';
import { PAPER_TABLE_SOURCE, paperTable } from '../core/hardware/paperTable.ts';
import { rankCorrelation } from '../core/numeric/rankCorrelation.ts';
import { significant } from '../core/view/digits.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { AreaRow, AreaRows } from './area.ts';
import { out } from './output.ts';

/** Which of the two units a figure is of. */
type Which = 'best' | 'reference';

/** How much larger the unit of a format makes a chip than that of INT4, as a share of the chip. */
function overhead({ format, report }: AreaRow, which: Which, { int4, shares }: AreaRows): number {
  const part = { macArea: report[which].area, bits: format.bits };
  return chipOverhead(part, { macArea: int4.report[which].area, bits: 4 }, shares);
}

/** One line a format. Schema 1; later versions add keys and change none. */
export function areaJson(found: AreaRows): string {
  const { rows, int4, e2m1, asked, usedOn } = found;
  const figures = (row: AreaRow, which: Which) => {
    const unit: AreaFigures = row.report[which];
    return {
      architecture: unit.architecture,
      area: unit.area,
      ge: unit.ge ?? null,
      product: unit.product,
      decode: unit.decode ?? null,
      accumulator: unit.accumulator,
      registers: unit.registers,
      transistors: unit.transistors,
      accumulator_bits: unit.accumulatorBits,
      levels_of_logic: unit.levelsOfLogic,
      ratio_int4: unit.area / int4.report[which].area,
      ratio_e2m1: unit.area / e2m1.report[which].area,
      overhead_percent: 100 * overhead(row, which, found),
    };
  };
  const lines = rows.map((row) => {
    const { format, report, switched, published } = row;
    const best = figures(row, 'best');
    return {
      schema: 1,
      format: format.name,
      cells: report.cells,
      node: report.node,
      datapath: report.datapath,
      terms: report.terms,
      effort: asked.effort,
      step: report.grid.step,
      fixed_point_bits: report.grid.fixedPointBits ?? null,
      best,
      reference: figures(row, 'reference'),
      ratio_int4: best.ratio_int4,
      overhead_percent: best.overhead_percent,
      power_ratio_int4: switched / int4.switched,
      used_on: usedOn ?? null,
      published: published
        ? {
            area: published.macArea,
            accumulator_bits: published.accumulatorBits,
            power: published.power,
            overhead_percent: published.chipOverheadPercent,
          }
        : null,
      checked: {
        coverage: report.checked.product.coverage,
        vectors: report.checked.product.nVectors,
        equal: report.checked.product.nEqual,
        netlists: report.checked.nNetlists,
      },
      yosys: report.yosys,
    };
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The smallest units, the reference MACs beside the paper's, and what both mean. */
export function areaTables(found: AreaRows): string {
  const { rows, shares, usedOn } = found;
  const isPublished = rows.some(({ published }) => published !== undefined);
  const fixed = [...new Set(rows.map(({ report }) => report.grid.fixedPointBits))].filter((bits) => bits !== undefined);
  const notes = [
    `chip: ${percentOf(shares.mac)} of it in proportion to MAC area, ${percentOf(shares.memory)} to bits of weights; change over INT4 (arXiv 2405.03103)`,
    'multiply: with its decoders; decode: these alone, which share logic with what multiplies; transistors: of the cells in static CMOS, by rule',
    `power: toggles of the netlist on operands drawn ${usedOn === undefined ? 'uniformly' : `as ${visible(usedOn)} uses the codes`}, weighted by the area of their cells, and the clock inside flip-flops, over those of INT4; without glitches, wires and clock tree`,
    ...fixed.map(
      (bits) => `k: levels have no common grid and are rounded to fixed point of ${bits} bits; another --fixed-point is another area`,
    ),
    ...(isPublished ? [`paper: ${PAPER_TABLE_SOURCE}`] : []),
    ...correlation(found),
    checkedNote(found),
  ];
  return `${out.bold(title(found))}\n\n${unitTable(found, 'best')}\n${out.bold('Reference MAC: registers for operands, product and sum')}\n\n${referenceTable(found)}\n${notes.join('\n')}\n`;
}

const percentOf = (share: number): string => `${significant(100 * share, 3)} %`;

function title({ int4: { report }, asked }: AreaRows): string {
  const library = Object.hasOwn(cellLibraries, report.cells) ? cellLibraries[report.cells]!.title : visible(report.cells);
  const factors = { both: 'both factors are codes', int8: 'codes times int8', fp16: 'codes times fp16' }[report.datapath];
  return `Smallest unit in um2 of ${library}; ${factors}, sums exact for ${report.terms} terms; ${asked.effort} synthesis, ±3 %`;
}

const common = (row: AreaRow, which: Which, { int4, e2m1 }: AreaRows): readonly string[] => {
  const { area, ge } = row.report[which];
  return [
    significant(area, 4),
    ge === undefined ? '' : significant(ge, 4),
    (area / int4.report[which].area).toFixed(2),
    (area / e2m1.report[which].area).toFixed(2),
  ];
};

const nameOf = ({ format, report }: AreaRow): string =>
  report.grid.fixedPointBits === undefined ? format.name : `${format.name}, k = ${report.grid.fixedPointBits}`;

const signed = (percent: number): string => `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(2)} %`;

function unitTable(found: AreaRows, which: Which): string {
  const head = [
    'format',
    'um2',
    'GE',
    '× INT4',
    '× E2M1',
    'multiply',
    'decode',
    'accumulate',
    'registers',
    'transistors',
    'sum bits',
    'levels',
    'architecture',
    'chip',
  ];
  const rows = found.rows.map((row) => {
    const { product, decode, accumulator, registers, transistors, accumulatorBits, levelsOfLogic, architecture } = row.report[which];
    return [
      nameOf(row),
      ...common(row, which, found),
      significant(product, 4),
      decode === undefined ? '' : significant(decode, 4),
      significant(accumulator - registers, 4),
      significant(registers, 4),
      String(transistors),
      String(accumulatorBits),
      String(levelsOfLogic),
      architecture,
      signed(100 * overhead(row, which, found)),
    ];
  });
  return textTable(head, rows);
}

function referenceTable(found: AreaRows): string {
  const isPublished = found.rows.some(({ published }) => published !== undefined);
  const paper = isPublished ? ['paper um2', 'paper × INT4', 'paper bits', 'paper power', 'paper chip'] : [];
  const head = ['format', 'um2', 'GE', '× INT4', '× E2M1', 'sum bits', 'levels', 'architecture', 'power', 'chip', ...paper];
  const [base] = paperTable;
  const rows = found.rows.map((row) => {
    const { accumulatorBits, levelsOfLogic, architecture } = row.report.reference;
    const { published } = row;
    const beside = published
      ? [
          significant(published.macArea, 4),
          (published.macArea / base!.macArea).toFixed(2),
          String(published.accumulatorBits),
          (published.power / base!.power).toFixed(2),
          signed(published.chipOverheadPercent),
        ]
      : [];
    return [
      nameOf(row),
      ...common(row, 'reference', found),
      String(accumulatorBits),
      String(levelsOfLogic),
      architecture,
      (row.switched / found.int4.switched).toFixed(2),
      signed(100 * overhead(row, 'reference', found)),
      ...beside,
    ];
  });
  return textTable(head, rows);
}

/** Only over all of the paper's formats, on the datapath of the paper: of a few, ranks say nothing. */
function correlation({ rows, asked }: AreaRows): readonly string[] {
  const known = paperTable.map(({ format }) => rows.find(({ published }) => published?.format === format));
  if (asked.hardware.datapath !== 'both' || known.some((row) => row === undefined)) return [];
  const all = known as readonly AreaRow[];
  const area = rankCorrelation(
    all.map(({ report }) => report.reference.area),
    all.map(({ published }) => published!.macArea),
  );
  const power = rankCorrelation(
    all.map(({ switched }) => switched),
    all.map(({ published }) => published!.power),
  );
  return [
    `Rank correlation with the paper over its ${all.length} formats: area of the reference MAC ${area.toFixed(2)}, power ${power.toFixed(2)}`,
  ];
}

function checkedNote({ rows, int4 }: AreaRows): string {
  const nVectors = rows.reduce((sum, { report }) => sum + report.checked.product.nVectors, 0);
  const nNetlists = rows.reduce((sum, { report }) => sum + report.checked.nNetlists, 0);
  const coverage = rows.every(({ report }) => report.checked.product.coverage === 'exhaustive') ? 'all' : 'sampled';
  return `Mapped by ${int4.report.yosys}; ${nNetlists} netlists equal their codebooks, products in ${coverage} ${nVectors} cases`;
}
