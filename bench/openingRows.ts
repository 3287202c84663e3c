import type { Openings } from './opening.d.mts';
import type { PanelFigures } from './panel.ts';
import { timing } from './timing.ts';

/** What bench/opening.mjs measured, as a table. */
export function openingFigures({ panel, preview }: { readonly panel: Openings; readonly preview: Openings }): PanelFigures {
  const row = (what: string, { later }: Openings, name: 'frame' | 'paint' | 'canvas'): readonly string[] => {
    const { median, p95 } = timing(later.map((times) => times[name]));
    return [what, median.toFixed(0), p95.toFixed(0)];
  };
  return {
    title: 'The panel in VS Code, from the click on its button, results at hand',
    head: ['', 'median ms', 'p95 ms'],
    rows: [
      row('to the frame that VS Code gives it', panel, 'frame'),
      row('to first contentful paint', panel, 'paint'),
      row('to its chart, drawn', panel, 'canvas'),
      row('to first contentful paint of VS Code’s own preview of Markdown', preview, 'paint'),
      ['to first contentful paint, for the first time in a window', panel.first.paint.toFixed(0), ''],
      ['the same of the preview of Markdown', preview.first.paint.toFixed(0), ''],
    ],
  };
}
