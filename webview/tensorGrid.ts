import { shortNames } from '../core/view/shortNames.ts';
import { textWidth } from '../core/view/svg/measureText.ts';
import { SIZE } from '../core/view/svg/plot.ts';
import { rowWindow, type TensorRow } from '../core/view/tensorTable.ts';
import type { TensorSort } from './choices.ts';
import { element, onWidth, widthOf, write } from './dom.ts';
import { type GridCell, type GridColumn, type GridView, gridColumns } from './tensorColumns.ts';

export interface GridActions {
  open(row: TensorRow): void;
  sort(by: GridColumn['by']): void;
}

/** In pixels, as the style sheet has it. */
const ROW = 24;
const PADDING = 12;

/** Rows that are made beyond either edge, so that a scroll does not show nothing. */
const SPARE = 8;

/** In em: a grid that is narrower than this shows what matters most first. */
const NARROW = 36;

/** The share of the width that names may take, and the most of it in em. */
const NAMES = { share: 0.46, most: 19 } as const;

const legend =
  'Figures are SQNR in dB. The best of a row is bold, with a dot; what is green is less than 0.5 dB below it; what is red, or underlined in high contrast, ' +
  '1.5 dB or more';

/**
 * A grid of any number of rows, of which those in sight are there. The grid itself keeps the focus and tells which cell is the active one, so that
 * rows may come and go.
 */
export class TensorGrid {
  /** What the names are without, and what the colours mean. */
  readonly note = element('p', 'note');
  readonly root = element('div', 'grid');
  readonly #head = element('div', 'grid-head');
  readonly #above = element('div', '');
  readonly #body = element('div', 'grid-body');
  readonly #below = element('div', '');
  readonly #actions: GridActions;
  #view: GridView = { formats: [], measured: [] };
  #columns: readonly GridColumn[] = [];
  #rows: readonly TensorRow[] = [];
  #sort: TensorSort | null = null;
  #selected: string | null = null;
  /** Row -1 is the head. */
  #active = { row: 0, column: 0 };
  /** The room that the columns were laid out for. */
  #laidOut = { mostName: 0, isNarrow: false };
  /** What is in the page, to tell whether a scroll changes it. */
  #made = { from: -1, to: -1 };

  constructor(actions: GridActions) {
    this.#actions = actions;
    this.root.role = 'grid';
    this.root.ariaLabel =
      'SQNR by tensor and format, and what each does to a loss where that is known. Enter on a row shows its distribution, on a head sorts by it';
    this.root.tabIndex = 0;
    for (const part of [this.#head, this.#body]) part.role = 'rowgroup';
    for (const part of [this.#above, this.#below]) part.role = 'presentation';
    this.root.append(this.#head, this.#above, this.#body, this.#below);
    this.root.addEventListener('scroll', () => this.#make(), { passive: true });
    this.root.addEventListener('keydown', (event) => this.#press(event));
    this.root.addEventListener('click', (event) => this.#click(event));
    new ResizeObserver(() => this.#make()).observe(this.root);
    onWidth(this.root, () => {
      const { mostName, isNarrow } = this.#room();
      if (mostName !== this.#laidOut.mostName || isNarrow !== this.#laidOut.isNarrow) this.#layOut();
    });
  }

  show(view: GridView, rows: readonly TensorRow[], sort: TensorSort | null, selected: string | null): void {
    this.#view = view;
    this.#rows = rows;
    this.#sort = sort;
    this.#selected = selected;
    this.root.hidden = view.formats.length === 0;
    this.root.ariaRowCount = String(rows.length + 1);
    this.#layOut();
  }

  /** The size of the font in pixels, the room for a name in em, and whether there is little of it. */
  #room(): { readonly size: number; readonly mostName: number; readonly isNarrow: boolean } {
    const size = Number.parseFloat(getComputedStyle(this.root).fontSize);
    const ems = (this.root.clientWidth || innerWidth) / size;
    return { size, mostName: Math.min(NAMES.most, NAMES.share * ems), isNarrow: ems < NARROW };
  }

  /** Columns for the room there is, the same in all rows, as each row is laid out by itself; then all that is in sight anew. */
  #layOut(): void {
    const { size, mostName, isNarrow } = this.#room();
    this.#laidOut = { mostName, isNarrow };
    // Names of a model begin and end alike: where they have no room, that is left out and said once.
    const { labels, note } = shortNames(
      this.#rows.map(({ label }) => label),
      (mostName - PADDING / size) * SIZE.small,
    );
    write(this.note, this.#rows.length === 0 ? '' : [note, legend].filter((part) => part !== '').join('. '));
    const active = this.#columns[this.#active.column]?.by;
    const style = getComputedStyle(this.root);
    const ems = (pixels: number): number => pixels / size;
    this.#columns = gridColumns(this.#view, labels, {
      widest: (texts) => ems(widthOf(longest(texts), style)),
      padding: ems(PADDING),
      arrow: 0.7,
      mostName,
      isNarrow,
    });
    const nColumns = this.#columns.length;
    this.root.ariaColCount = String(nColumns);
    this.root.style.setProperty('--columns', this.#columns.map(({ track }) => track).join(' '));
    // The active cell stays in its column, wherever that is now.
    const column = this.#columns.findIndex(({ by }) => by.column === active?.column && by.format === active.format);
    this.#active = {
      row: Math.min(this.#active.row, Math.max(0, this.#rows.length - 1)),
      column: column >= 0 ? column : clamped(this.#active.column, 0, Math.max(0, nColumns - 1)),
    };
    this.#head.replaceChildren(this.#headRow());
    this.#made = { from: -1, to: -1 };
    this.#make();
  }

  #headRow(): HTMLElement {
    const row = newRow(1);
    row.append(
      ...this.#columns.map(({ by, title }, i) => {
        const cell = cellAt('columnheader', -1, i, element('bdi', '', title), element('span', 'arrow'));
        const isSorted = this.#sort?.column === by.column && this.#sort.format === by.format;
        cell.ariaSort = isSorted ? this.#sort!.direction : 'none';
        cell.title = `Sort by ${title}`;
        if (by.format !== null && by.format === this.#selected) cell.classList.add('is-selected');
        return cell;
      }),
    );
    return row;
  }

  #make(): void {
    const { clientHeight, scrollTop } = this.root;
    if (clientHeight === 0) return;
    const { from, to, above, below } = rowWindow(this.#rows.length, ROW, scrollTop, clientHeight, SPARE);
    if (from === this.#made.from && to === this.#made.to) return;
    this.#made = { from, to };
    this.#above.style.height = `${above}px`;
    this.#below.style.height = `${below}px`;
    this.#body.replaceChildren(...this.#rows.slice(from, to).map((row, i) => this.#row(row, from + i)));
    this.#mark();
  }

  #row(row: TensorRow, at: number): HTMLElement {
    const made = newRow(at + 2);
    made.append(...this.#columns.map((column, i) => filled(cellAt(i === 0 ? 'rowheader' : 'gridcell', at, i), column.cell(row, at))));
    return made;
  }

  /** Shows which cell is the active one. */
  #mark(): void {
    const id = `cell-${this.#active.row}-${this.#active.column}`;
    for (const old of this.root.querySelectorAll('.is-active')) old.classList.remove('is-active');
    const cell = this.root.querySelector(`#${id}`);
    cell?.classList.add('is-active');
    // One that is scrolled away is in no place that could be named.
    if (cell) this.root.setAttribute('aria-activedescendant', id);
    else this.root.removeAttribute('aria-activedescendant');
  }

  #press(event: KeyboardEvent): void {
    const { row, column } = this.#active;
    const page = Math.max(1, Math.floor(this.root.clientHeight / ROW) - 2);
    const ends = { row: this.#rows.length - 1, column: this.#columns.length - 1 };
    const isFar = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [row - page, column],
      PageDown: [row + page, column],
      Home: [isFar ? 0 : row, 0],
      End: [isFar ? ends.row : row, ends.column],
    };
    const to = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (to) {
      this.#active = { row: clamped(to[0], -1, ends.row), column: clamped(to[1], 0, ends.column) };
      this.#reach();
    } else if (event.key === 'Enter' || event.key === ' ') this.#act(row, column);
    else return;
    event.preventDefault();
  }

  /** Scrolls so that the active cell is in sight, below the head and right of the names. */
  #reach(): void {
    const { row, column } = this.#active;
    const head = this.#head.offsetHeight;
    const top = row * ROW;
    if (row >= 0) {
      if (top < this.root.scrollTop) this.root.scrollTop = top;
      const bottom = top + ROW + head - this.root.clientHeight;
      if (bottom > this.root.scrollTop) this.root.scrollTop = bottom;
    }
    this.#make();
    this.#mark();
    const cell = this.root.querySelector<HTMLElement>(`#cell-${row}-${column}`);
    if (!cell || column === 0) {
      if (column === 0) this.root.scrollLeft = 0;
      return;
    }
    const nameWidth = this.#head.querySelector<HTMLElement>('.grid-name')?.offsetWidth ?? 0;
    const left = cell.offsetLeft - nameWidth;
    if (left < this.root.scrollLeft) this.root.scrollLeft = left;
    const right = cell.offsetLeft + cell.offsetWidth - this.root.clientWidth;
    if (right > this.root.scrollLeft) this.root.scrollLeft = right;
  }

  #click({ target }: MouseEvent): void {
    const { row, column } = (target instanceof Element && target.closest<HTMLElement>('[data-row]')?.dataset) || {};
    if (row === undefined || column === undefined || getSelection()?.isCollapsed === false) return;
    this.#active = { row: Number(row), column: Number(column) };
    this.#mark();
    this.#act(Number(row), Number(column));
  }

  #act(row: number, column: number): void {
    const found = this.#rows[row];
    if (found) this.#actions.open(found);
    const by = row < 0 ? this.#columns[column]?.by : undefined;
    if (by) this.#actions.sort(by);
  }
}

function newRow(index: number): HTMLElement {
  const row = element('div', 'grid-row');
  row.role = 'row';
  row.ariaRowIndex = String(index);
  return row;
}

function cellAt(role: 'columnheader' | 'rowheader' | 'gridcell', row: number, column: number, ...children: readonly Node[]): HTMLElement {
  const cell = element('div', column === 0 ? 'grid-name' : 'figure', ...children);
  cell.role = role;
  cell.ariaColIndex = String(column + 1);
  cell.id = `cell-${row}-${column}`;
  cell.dataset['row'] = String(row);
  cell.dataset['column'] = String(column);
  return cell;
}

function filled(cell: HTMLElement, { text, aside, title, heat, isWinner }: GridCell): HTMLElement {
  if (aside !== undefined) cell.append(element('bdi', 'grid-best', text), ' ', element('span', 'aside', aside));
  // Only names may run from right to left, and hundreds of elements are made at a scroll.
  else if (text !== '') cell.append(cell.role === 'rowheader' ? element('bdi', '', text) : text);
  if (title !== undefined) cell.title = title;
  if (heat !== undefined) cell.dataset['heat'] = String(heat);
  if (isWinner) cell.classList.add('is-winner');
  return cell;
}

/** The text that is probably the widest: of thousands, one is worth measuring. */
function longest(texts: readonly string[]): string {
  let [most, found] = [0, ''];
  for (const text of texts) {
    const width = textWidth(text, 1);
    if (width > most) [most, found] = [width, text];
  }
  return found;
}

const clamped = (x: number, least: number, most: number): number => Math.max(least, Math.min(most, x));
