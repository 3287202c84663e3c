import type { ResultSection, Sort } from '../core/view/resultsView.ts';
import { sqnrSvg } from '../core/view/svg/sqnrSvg.ts';
import { element, write } from './dom.ts';
import { type Exportable, ExportBar, fileName, type Keep } from './exports.ts';
import { SqnrCanvas } from './sqnrCanvas.ts';
import { ResultsTable } from './table.ts';

/** What the user can do in a section. */
export interface SectionActions {
  reveal(format: string): void;
  sort(sort: Sort): void;
  keep(what: Keep): void;
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
  #view: ResultSection | undefined;
  #document = '';

  constructor(actions: SectionActions) {
    this.#chart = new SqnrCanvas(actions.reveal);
    this.#table = new ResultsTable(actions);
    const exports = new ExportBar(() => this.#exportable(), actions.keep);
    const heading = element('h2', '', this.#title, ' ', this.#subject);
    this.root = element('section', '', heading, this.#chart.root, this.#table.root, exports.root);
  }

  /** @param selected The format that the cursor of the editor is on. @param document The name of the document. */
  show(view: ResultSection, sort: Sort, selected: string | null, document: string): void {
    this.#document = document;
    const next = JSON.stringify([view, sort, selected]);
    if (next === this.#shown) return;
    this.#shown = next;
    this.#view = view;
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

  #exportable(): Exportable | null {
    const { chart, table, title, subject } = this.#view ?? {};
    if (!chart || !table || title === undefined || subject === undefined) return null;
    return {
      name: fileName(this.#document, 'results', title, subject),
      draw: (drawing) => sqnrSvg(chart, `SQNR on ${subject}`, drawing),
      table,
    };
  }
}
