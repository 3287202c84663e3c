import type { ChartColours } from './colours.ts';
import { type Markup, tag, text } from './markup.ts';
import { fitted, textWidth } from './measureText.ts';
import { SIZE } from './plot.ts';

/** An entry: a sample about (0, 0), at most 16 wide, and what it stands for. */
export interface LegendEntry {
  readonly sample: Markup;
  readonly label: string;
}

/** A legend in as many lines as its entries need, and how high it is. */
export function legend(
  entries: readonly LegendEntry[],
  left: number,
  top: number,
  right: number,
  colours: ChartColours,
): { readonly drawn: Markup; readonly height: number } {
  let x = left;
  let y = top + LINE / 2;
  const drawn = entries.map(({ sample, label }) => {
    const shown = fitted(label, SIZE.small, right - left - 24);
    const width = 22 + textWidth(shown, SIZE.small) + 14;
    if (x > left && x + width > right + 14) {
      x = left;
      y += LINE;
    }
    const at = x;
    x += width;
    return tag(
      'g',
      { transform: `translate(${at + 8} ${y})` },
      sample,
      tag('text', { x: 14, y: 4, 'font-size': SIZE.small, fill: colours.muted }, text(shown)),
    );
  });
  return { drawn: tag('g', {}, drawn), height: entries.length === 0 ? 0 : y - top + LINE / 2 };
}

const LINE = 18;
