import { type DataTable, shownCell } from '../core/view/dataTable.ts';
import { button, element, write } from './dom.ts';

/** Rows that a table under a picture shows; a file has all. */
const MOST_ROWS = 500;

/** The table with the values of a picture, beneath it, behind a heading that opens it. It is made when it is seen. */
export class TableTwin {
  readonly root: HTMLDetailsElement;
  readonly #summary = element('summary', '', 'Table');
  readonly #body = element('div', '');
  readonly #reveal: ((row: number) => void) | undefined;
  #tables: readonly DataTable[] = [];
  #made: readonly DataTable[] | undefined;

  /** @param reveal What the first cell of a row leads to; undefined where it leads nowhere. */
  constructor(reveal?: (row: number) => void) {
    this.#reveal = reveal;
    this.root = element('details', 'twin', this.#summary, this.#body);
    this.root.addEventListener('toggle', () => this.#make());
  }

  show(tables: readonly DataTable[]): void {
    this.#tables = tables;
    this.root.hidden = tables.length === 0;
    this.#make();
  }

  #make(): void {
    if (!this.root.open || this.#made === this.#tables) return;
    this.#made = this.#tables;
    this.#body.replaceChildren(...this.#tables.map((table) => this.#table(table)));
  }

  #table(table: DataTable): HTMLElement {
    const { caption, columns, rows } = table;
    const heads = columns.map(({ title, digits }) => {
      const head = element('th', digits === 'text' ? '' : 'figure', title);
      head.scope = 'col';
      return head;
    });
    const body = rows.slice(0, MOST_ROWS).map((cells, i) =>
      element(
        'tr',
        '',
        ...columns.map((column, at) => {
          const shown = shownCell(cells[at] ?? null, column);
          if (at > 0) return element('td', column.digits === 'text' ? '' : 'figure', shown);
          const head = element('th', '', this.#reveal ? this.#lead(shown, i) : element('bdi', '', shown));
          head.scope = 'row';
          return head;
        }),
      ),
    );
    const shownCaption = element('caption', '');
    write(shownCaption, caption);
    const made = element('table', '', shownCaption, element('thead', '', element('tr', '', ...heads)), element('tbody', '', ...body));
    const scroll = element('div', 'scroll', made);
    scroll.tabIndex = 0;
    scroll.role = 'region';
    scroll.ariaLabel = caption;
    const more = rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${rows.length} rows; the CSV file has all` : '';
    return element('div', '', element('h2', 'twin-title', caption), scroll, element('p', 'note', more));
  }

  #lead(label: string, row: number): HTMLElement {
    return button('link', label, label, () => this.#reveal?.(row));
  }
}
