import { drawn, element } from './dom.ts';

/** A mark about (0, 0), for those who see it: whoever does not is told by the table. */
export const sample = (mark: SVGElement): SVGElement =>
  drawn('svg', { viewBox: '-9 -8 18 16', width: 18, height: 16, 'aria-hidden': 'true' }, mark);

/** What a mark stands for. */
export const entry = (label: string, mark: SVGElement): HTMLElement => element('span', 'entry', sample(mark), label);
