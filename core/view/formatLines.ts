import { type Codebook, codebook } from '../format/codebook.ts';
import { visible } from '../weights/visibleName.ts';
import type { DataTable } from './dataTable.ts';

/** A format to be drawn as a number line. */
export interface LinedFormat {
  readonly name: string;
  readonly codebook: Codebook;
  /** Weights by code, as {@link ErrorSums.counts}; undefined where nothing is measured. */
  readonly usage: Float64Array | undefined;
}

/** A format of plain data, as messages have it. `levels` and `usage` are by code; null stands for no level, and for nothing measured. */
export function linedFormat(
  name: string,
  bits: number,
  ties: Codebook['ties'],
  levels: readonly (number | null)[],
  usage: readonly number[] | null,
): LinedFormat {
  const byCode = new Float64Array(2 ** bits);
  if (usage !== null) byCode.set(usage);
  const book = codebook(
    levels.map((level) => level ?? Number.NaN),
    ties,
    bits,
  );
  return { name, codebook: book, usage: usage === null ? undefined : byCode };
}

/** `normalised`: every format over its level of largest magnitude; `absolute`: levels as they are. */
export type LineMode = 'normalised' | 'absolute';

export interface LevelMark {
  readonly code: number;
  /** The code in binary. */
  readonly bits: string;
  readonly level: number;
  /** Where it is drawn. */
  readonly x: number;
  /** Share of the weights that take this code; null where nothing is measured. */
  readonly usage: number | null;
}

export interface FormatLine {
  readonly name: string;
  readonly label: string;
  /** The level that is drawn at 1. */
  readonly unit: number;
  /** In the order of the levels. */
  readonly marks: readonly LevelMark[];
  readonly thresholds: readonly number[];
}

/** Formats on number lines under one another, on one axis. */
export interface FormatLinesView {
  readonly mode: LineMode;
  readonly lines: readonly FormatLine[];
  readonly low: number;
  readonly high: number;
  /** The largest share of any code of any format: what bars are drawn against. */
  readonly mostUsage: number;
  readonly spoken: string;
  readonly table: DataTable;
}

export function formatLines(formats: readonly LinedFormat[], mode: LineMode, subject: string): FormatLinesView {
  const lines = formats.map((format) => formatLine(format, mode));
  const xs = lines.flatMap(({ marks }) => marks.map(({ x }) => x));
  const low = xs.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);
  const high = xs.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  const [from, to] = xs.length === 0 ? [-1, 1] : low === high ? [low - 1, high + 1] : [low, high];
  const usages = lines.flatMap(({ marks }) => marks.map(({ usage }) => usage ?? 0));
  return {
    mode,
    lines,
    low: from!,
    high: to!,
    mostUsage: usages.reduce((most, usage) => Math.max(most, usage), 0),
    spoken: inWords(lines, mode, subject),
    table: tableOf(lines, subject),
  };
}

/** The line of one format. */
export function formatLine({ name, codebook, usage }: LinedFormat, mode: LineMode): FormatLine {
  const { ascending, codes, thresholds, bits } = codebook;
  const largest = ascending.reduce((most, level) => Math.max(most, Math.abs(level)), 0);
  const unit = mode === 'normalised' && largest > 0 ? largest : 1;
  const n = usage?.reduce((sum, count) => sum + count, 0) ?? 0;
  return {
    name,
    label: visible(name),
    unit,
    marks: Array.from(ascending, (level, i) => {
      const code = codes[i]!;
      const share = usage && n > 0 ? usage[code]! / n : null;
      return { code, bits: code.toString(2).padStart(bits, '0'), level, x: level / unit, usage: share };
    }),
    thresholds: Array.from(thresholds, (threshold) => threshold / unit),
  };
}

function inWords(lines: readonly FormatLine[], mode: LineMode, subject: string): string {
  if (lines.length === 0) return 'Number lines: there is no format to draw';
  const unit = mode === 'normalised' ? ', each over its level of largest magnitude' : '';
  const isMeasured = lines.some(({ marks }) => marks.some(({ usage }) => usage !== null));
  const usage = isMeasured ? `, with how often each code is used on ${visible(subject)}` : '';
  return `Number lines of the levels of ${lines.length} ${lines.length === 1 ? 'format' : 'formats'}${unit}${usage}`;
}

const tableOf = (lines: readonly FormatLine[], subject: string): DataTable => ({
  caption: `Levels by format, and their usage on ${visible(subject)}`,
  columns: [
    { name: 'format', title: 'Format', digits: 'text' },
    { name: 'code', title: 'Code', digits: 'text' },
    { name: 'level', title: 'Level', digits: 'long' },
    { name: 'drawn_at', title: 'Drawn at', digits: 'short' },
    { name: 'usage', title: 'Usage', digits: 'percent' },
  ],
  rows: lines.flatMap(({ name, marks }) => marks.map(({ bits, level, x, usage }) => [name, bits, level, x, usage])),
});
