import { type DataTable, shownCell } from '../core/view/dataTable.ts';
import { arrange, button, element, write } from './dom.ts';
import { KeyedRows } from './keyedRows.ts';

/** Rows that a table under a picture shows; a file has all. */
const MOST_ROWS = 500;

/** What the first cell of a row leads to, in a table whose first column has formats. */
type Reveal = (row: number) => void;

/** The tables with the values of a picture, beneath it, behind a heading that opens them. They are made when they are seen. */
export class TableTwin {
  readonly root: HTMLDetailsElement;
  readonly #summary = element('summary', '', 'Table');
  readonly #body = element('div', '');
  readonly #reveal: Reveal | undefined;
  readonly #made: TwinTable[] = [];
  #tables: readonly DataTable[] = [];

  /** @param reveal Undefined where rows lead nowhere. */
  constructor(reveal?: Reveal) {
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
    if (!this.root.open) return;
    const shown = this.#tables.map((table, i) => {
      this.#made[i] ??= new TwinTable(this.#reveal);
      this.#made[i].show(table);
      return this.#made[i].root;
    });
    arrange(this.#body, shown);
  }
}

/** One of them: always the same elements, so that an answer takes neither the focus nor what was scrolled to. */
class TwinTable {
  readonly root: HTMLElement;
  readonly #title = element('h2', 'twin-title');
  readonly #caption = element('caption', '');
  readonly #heads = element('tr', '');
  readonly #rows: KeyedRows<readonly string[]>;
  readonly #scroll: HTMLElement;
  readonly #more = element('p', 'note');
  #shown: DataTable | undefined;

  constructor(reveal: Reveal | undefined) {
    this.#rows = new KeyedRows(
      ([name]) => name ?? '',
      ([name = '']) => {
        const lead =
          reveal && this.#shown?.columns[0]?.name === 'format'
            ? button('link', name, name, () => reveal(row.sectionRowIndex))
            : element('bdi', '', name);
        const head = element('th', '', lead);
        head.scope = 'row';
        const row = element('tr', '', head);
        return row;
      },
    );
    this.#scroll = element('div', 'scroll', element('table', '', this.#caption, element('thead', '', this.#heads), this.#rows.root));
    this.#scroll.tabIndex = 0;
    this.#scroll.role = 'region';
    this.root = element('div', '', this.#title, this.#scroll, this.#more);
  }

  show(table: DataTable): void {
    if (table === this.#shown) return;
    this.#shown = table;
    const { caption, columns, rows } = table;
    write(this.#title, caption);
    write(this.#caption, caption);
    this.#scroll.ariaLabel = caption;
    this.#heads.replaceChildren(
      ...columns.map((column) => {
        const head = element('th', classOf(column), column.title);
        head.scope = 'col';
        return head;
      }),
    );
    const shown = rows.slice(0, MOST_ROWS).map((cells) => columns.map((column, at) => shownCell(cells[at] ?? null, column)));
    this.#rows.show(shown, (row, [, ...texts]) => {
      texts.forEach((text, i) => {
        const cell = row.cells[i + 1] ?? row.appendChild(element('td', ''));
        cell.className = classOf(columns[i + 1]!);
        write(cell, text);
      });
      while (row.cells.length > columns.length) row.deleteCell(-1);
    });
    write(this.#more, rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${rows.length} rows; the CSV file has all` : '');
  }
}

const classOf = ({ digits }: DataTable['columns'][number]): string => (digits === 'text' ? '' : 'figure');
