import type { Analysis } from '../lang/analysis.ts';
import { brailleLine } from '../view/brailleLine.ts';
import { numberLine, palettes } from '../view/numberLine.ts';
import { evaluationsOf, type Known, resultOf } from './known.ts';
import { image } from './markdown.ts';

/** Something that is drawn within a line, and is not part of the text. */
export interface Inlay {
  readonly at: number;
  readonly label: string;
  /** Markdown. */
  readonly tooltip: string;
}

/** Cells of a picture in a line: wide enough to tell 16 levels apart, narrow enough to stand behind a name. */
const CELLS = 24;

/** The levels of each format, as far as declarations end between two offsets: drawn behind the line on which the declaration begins. */
export function inlays(analysis: Analysis, from: number, to: number, known: Known): readonly Inlay[] {
  const { text } = analysis.file;
  return [...analysis.formats].flatMap(([{ declaration }, format]): Inlay[] => {
    const { codebook } = format;
    if (declaration.end < from || declaration.start > to || codebook.ascending.length === 0) return [];
    const evaluation = evaluationsOf(analysis).find((one) => one.format.codebook === codebook);
    const usage = evaluation && resultOf(evaluation, known.results)?.total.counts;
    const line = text.indexOf('\n', declaration.start);
    const end = line < 0 ? text.length : line;
    const at = text.slice(0, end).trimEnd().length;
    return [
      {
        at: Math.max(at, declaration.start),
        label: brailleLine(codebook.ascending, CELLS),
        tooltip: image(numberLine(codebook, palettes[known.theme], usage), 'levels on the number line'),
      },
    ];
  });
}
