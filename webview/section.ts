import type { ResultSection, Sort } from '../core/view/resultsView.ts';
import { element, write } from './dom.ts';
import { SqnrCanvas } from './sqnrCanvas.ts';
import { ResultsTable } from './table.ts';

/** What the user can do in a section. */
export interface SectionActions {
  reveal(format: string): void;
  sort(sort: Sort): void;
}

/** A section on the page: a heading, the chart, and the table with the same values. */
export class ResultsSection {
  readonly root: HTMLElement;
  readonly #title = element('span', 'title');
  readonly #subject = element('span', 'subject');
  readonly #chart: SqnrCanvas;
  readonly #table: ResultsTable;
  /** What is shown, to tell whether there is anything to do. */
  #shown = '';

  constructor(actions: SectionActions) {
    this.#chart = new SqnrCanvas(actions.reveal);
    this.#table = new ResultsTable(actions);
    this.root = element('section', '', element('h2', '', this.#title, ' ', this.#subject), this.#chart.root, this.#table.root);
  }

  /** @param selected The format that the cursor of the editor is on. */
  show(view: ResultSection, sort: Sort, selected: string | null): void {
    const next = JSON.stringify([view, sort, selected]);
    if (next === this.#shown) return;
    this.#shown = next;
    write(this.#title, view.title);
    write(this.#subject, view.subject);
    this.#chart.show(view.chart);
    this.#table.show(view, sort, selected);
  }

  recolour(): void {
    this.#chart.recolour();
  }

  dispose(): void {
    this.#chart.dispose();
  }
}
