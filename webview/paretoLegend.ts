import type { ParetoPoint, ParetoView } from '../core/view/pareto.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Colours } from './colours.ts';
import { drawn, element } from './dom.ts';

/** What marks and colours stand for: an entry a series, then the front. */
export function paretoLegend(view: ParetoView, theme: Colours): readonly HTMLElement[] {
  const { points, series, staircase } = view;
  const ofSeries = series.map((name, i) => {
    const { status } = points.find((point) => point.series === name)!;
    return entry(visible(name), mark(status, i, theme));
  });
  const front = entry('Pareto front', drawn('path', { d: 'M-8 5h8v-9h8', fill: 'none', stroke: theme.mark, 'stroke-width': 1.5 }));
  const hasDominated = points.some(({ status }) => status === 'dominated');
  const dominated = entry('dominated: pale', drawn('circle', { r: 4, fill: theme.text, 'fill-opacity': 0.55 }));
  return [...ofSeries, ...(staircase.length > 1 ? [front] : []), ...(hasDominated ? [dominated] : [])];
}

/** The marks of series, as {@link shapes} of the canvas. */
function mark(status: ParetoPoint['status'], i: number, theme: Colours): SVGElement {
  const colour = theme.series[i % theme.series.length]!;
  if (status === 'published') return drawn('path', { d: 'M0 -6l6 6l-6 6l-6 -6z', fill: 'none', stroke: colour, 'stroke-width': 1.8 });
  if (status === 'backdrop') return drawn('circle', { r: 2.5, fill: theme.muted });
  switch (i % 4) {
    case 0:
      return drawn('circle', { r: 5, fill: colour });
    case 1:
      return drawn('rect', { x: -4, y: -4, width: 8, height: 8, fill: colour });
    case 2:
      return drawn('path', { d: 'M0 -5.5l5 8.5h-10z', fill: colour });
    default:
      return drawn('path', { d: 'M0 5.5l5 -8.5h-10z', fill: colour });
  }
}

/** Drawn for those who see it: whoever does not is told by the table. */
function entry(label: string, sample: SVGElement): HTMLElement {
  return element('span', 'entry', drawn('svg', { viewBox: '-9 -8 18 16', width: 18, height: 16, 'aria-hidden': 'true' }, sample), label);
}
