import { type ColumnName, resultColumns } from '../core/view/resultColumns.ts';
import { nextSort, type ResultLine, type ResultSection, type Sort } from '../core/view/resultsView.ts';
import { element, write } from './dom.ts';
import { KeyedRows } from './keyedRows.ts';
import type { SectionActions } from './section.ts';

/** The results of a section as a table, whose heads sort it and whose rows lead to the formats. */
export class ResultsTable {
  /** Scrolls sideways where the column is narrow, by keyboard too. */
  readonly root: HTMLElement;
  readonly #actions: SectionActions;
  readonly #caption = element('caption', '');
  readonly #rows = new KeyedRows<ResultLine>(
    ({ key }) => key,
    (line) => this.#row(line),
  );
  readonly #heads: ReadonlyMap<ColumnName, HTMLElement>;
  #sort: Sort = null;

  constructor(actions: SectionActions) {
    this.#actions = actions;
    this.#heads = new Map([this.#head('format', 'Format'), ...resultColumns.map(({ name, title }) => this.#head(name, title))]);
    const head = element('thead', '', element('tr', '', ...this.#heads.values()));
    this.root = element('div', 'scroll', element('table', '', this.#caption, head, this.#rows.root));
    this.root.tabIndex = 0;
    this.root.role = 'region';
  }

  show({ title, subject, rows }: ResultSection, sort: Sort, selected: string | null): void {
    this.#sort = sort;
    this.root.ariaLabel = `${title} on ${subject}`;
    write(
      this.#caption,
      `${title} on ${subject}: error of each format. The head of a column sorts by it, a format leads to its declaration`,
    );
    for (const [name, head] of this.#heads) head.ariaSort = sort?.by === name ? sort.direction : 'none';
    this.#rows.show(rows, (row, line) => fill(row, line, line.format === selected));
  }

  #head(name: ColumnName, title: string): [ColumnName, HTMLElement] {
    const button = element('button', '', element('span', '', title), element('span', 'arrow'));
    button.type = 'button';
    button.addEventListener('click', () => this.#actions.sort(nextSort(this.#sort, name)));
    const head = element('th', name === 'format' ? '' : 'figure', button);
    head.scope = 'col';
    return [name, head];
  }

  #row({ format, cells }: ResultLine): HTMLTableRowElement {
    const button = element('button', 'link', element('bdi', ''));
    button.type = 'button';
    button.title = 'Go to the declaration';
    const head = element('th', '', button, ' ');
    head.scope = 'row';
    const row = element('tr', '', head, ...cells.map(() => element('td', 'figure')));
    // For the pointer anywhere on the row; for the keyboard there is the button, whose click comes by here too.
    row.addEventListener('click', () => {
      if (getSelection()?.isCollapsed !== false) this.#actions.reveal(format);
    });
    return row;
  }
}

function fill(row: HTMLTableRowElement, { label, isBest, cells }: ResultLine, isSelected: boolean): void {
  row.classList.toggle('is-best', isBest);
  row.classList.toggle('is-selected', isSelected);
  write(row.querySelector('bdi')!, label);
  const [head, ...figures] = row.cells;
  const mark = head!.querySelector('.best');
  if (isBest && !mark) head!.append(element('span', 'best', 'best'));
  if (!isBest) mark?.remove();
  figures.forEach((cell, i) => {
    write(cell, cells[i]!);
  });
}
