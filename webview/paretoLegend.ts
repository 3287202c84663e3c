import type { ParetoPoint, ParetoView, Series } from '../core/view/pareto.ts';
import { seriesMark } from '../core/view/svg/seriesMark.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Colours } from './colours.ts';
import { drawn, element } from './dom.ts';
import { entry, sample } from './legendEntry.ts';

/** What marks and colours stand for. Where there are several series each is a switch that shows or hides its points. */
export class ParetoLegend {
  readonly root = element('div', 'legend');
  readonly #toggle: (series: string, isShown: boolean) => void;
  /** What is there, to tell whether there is anything to do: a button that is made anew loses the click that is being made. */
  #shown = '';

  constructor(toggle: (series: string, isShown: boolean) => void) {
    this.#toggle = toggle;
    this.root.role = 'group';
    this.root.ariaLabel = 'Series';
  }

  show({ points, series, staircase }: ParetoView, theme: Colours): void {
    const has = (status: ParetoPoint['status']): boolean => points.some((point) => point.status === status);
    const others = { front: staircase.length > 1, dominated: has('dominated'), backdrop: has('backdrop') };
    const next = JSON.stringify([series, others, theme.series, theme.mark, theme.text, theme.muted]);
    if (next === this.#shown) return;
    this.#shown = next;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['series'] : undefined;
    // One that is hidden must have a way back, even where it is all there is.
    const ofSeries = series.map((one, i) =>
      series.length > 1 || !one.isShown ? this.#switch(one, i, theme) : entry(visible(one.name), mark(one, i, theme)),
    );
    const front = entry('Pareto front', drawn('path', { d: 'M-8 5h8v-9h8', fill: 'none', stroke: theme.mark, 'stroke-width': 1.5 }));
    const dominated = entry('dominated: pale', drawn('circle', { r: 4, fill: theme.text, 'fill-opacity': 0.55 }));
    const behind = entry('of the library behind', drawn('circle', { r: 2.5, fill: theme.muted }));
    this.root.replaceChildren(
      ...ofSeries,
      ...(others.front ? [front] : []),
      ...(others.dominated ? [dominated] : []),
      ...(others.backdrop ? [behind] : []),
    );
    if (focused === undefined) return;
    for (const one of ofSeries) if (one.dataset['series'] === focused) one.focus();
  }

  #switch(series: Series, i: number, theme: Colours): HTMLElement {
    const { name, isShown } = series;
    const made = element('button', 'entry', sample(mark(series, i, theme)), element('bdi', '', visible(name)));
    made.type = 'button';
    made.dataset['series'] = name;
    made.ariaPressed = String(isShown);
    made.title = isShown ? 'Hide these points' : 'Show these points';
    made.addEventListener('click', () => this.#toggle(name, !isShown));
    return made;
  }
}

function mark({ origin }: Series, i: number, theme: Colours): SVGElement {
  const { d, isHollow } = seriesMark(origin, i, 5.5);
  const colour = origin === 'backdrop' ? theme.muted : theme.series[i % theme.series.length]!;
  return isHollow ? drawn('path', { d, fill: 'none', stroke: colour, 'stroke-width': 1.6 }) : drawn('path', { d, fill: colour });
}
