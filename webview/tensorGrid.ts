import { count, decibels, significant } from '../core/view/digits.ts';
import { effectText, lossText } from '../core/view/lossText.ts';
import { textWidth } from '../core/view/svg/measureText.ts';
import { SIZE } from '../core/view/svg/plot.ts';
import { shortNames } from '../core/view/svg/tensorsSvg.ts';
import { rowWindow, type TensorRow, type TensorTableView } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { TensorSort } from './choices.ts';
import { element } from './dom.ts';

export interface GridActions {
  open(row: TensorRow): void;
  sort(column: GridSort['column'], format: string | null): void;
}

/** The order of a grid: as it is chosen, or by what the named format does to a loss. */
export type GridSort = TensorSort | (Omit<TensorSort, 'column'> & { readonly column: 'loss' });

/** In pixels, as the style sheet has it. */
const ROW = 24;

/** Rows that are made beyond either edge, so that a scroll does not show nothing. */
const SPARE = 8;

/** In dB below the best, where the next colour of a cell begins; as in core/view/svg/tensorsSvg.ts. */
const STEPS = [0.005, 0.5, 1.5, 3] as const;

/** Columns before those of formats: name, weights, nu. */
const BEFORE = 3;

/** The columns of webview/style/grid.css. */
const COLUMNS = 'min(var(--name), 46vw) 6.5em 5em repeat(var(--formats), var(--figure))';

/** The width of a change of a loss with its interval. */
const EFFECT = '13em';

/**
 * A grid of any number of rows, of which those in sight are there. The grid itself keeps the focus and tells which cell is the active one, so that
 * rows may come and go.
 */
export class TensorGrid {
  /** What the names are without. */
  note = '';
  readonly root = element('div', 'grid');
  readonly #head = element('div', 'grid-head');
  readonly #above = element('div', '');
  readonly #body = element('div', 'grid-body');
  readonly #below = element('div', '');
  readonly #actions: GridActions;
  #formats: readonly string[] = [];
  /** Of those by place, which have a column of effects behind the columns of all formats. */
  #measured: readonly number[] = [];
  #rows: readonly TensorRow[] = [];
  /** By row, as they are shown. */
  #labels: readonly string[] = [];
  #selected: string | null = null;
  /** Row -1 is the head. */
  #active = { row: 0, column: 0 };
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
  }

  show(
    { formats, measured }: Pick<TensorTableView, 'formats' | 'measured'>,
    rows: readonly TensorRow[],
    sort: GridSort | null,
    selected: string | null,
  ): void {
    this.#formats = formats;
    this.#measured = measured;
    this.#rows = rows;
    this.#selected = selected;
    this.root.hidden = formats.length === 0;
    this.root.ariaRowCount = String(rows.length + 1);
    this.root.ariaColCount = String(this.#nColumns);
    this.#layOut();
    this.#active = {
      row: Math.min(this.#active.row, Math.max(0, rows.length - 1)),
      column: Math.min(this.#active.column, this.#nColumns - 1),
    };
    this.#head.replaceChildren(this.#headRow(sort));
    this.#made = { from: -1, to: -1 };
    this.#make();
  }

  get #nColumns(): number {
    return BEFORE + this.#formats.length + this.#measured.length;
  }

  /** Columns of one width in all rows, as each row is laid out by itself. */
  #layOut(): void {
    const size = Number.parseFloat(getComputedStyle(this.root).fontSize);
    const widest = (names: readonly string[], from: number, to: number): string => {
      const ems = names.reduce((most, name) => Math.max(most, textWidth(name, 1)), 0) + 20 / size;
      return `${Math.min(to, Math.max(from, ems)).toFixed(2)}em`;
    };
    // Names of a model begin and end alike: where they have no room, that is left out and said once.
    const room = Math.min(19 * size, 0.46 * innerWidth) - 12;
    const { labels, note } = shortNames(
      this.#rows.map(({ label }) => label),
      (room * SIZE.small) / size,
    );
    this.#labels = labels;
    this.note = note;
    this.root.style.setProperty('--name', widest(labels, 8, 19));
    this.root.style.setProperty('--figure', widest(this.#formats.map(visible), 4.9, 5.8));
    this.root.style.setProperty('--formats', String(this.#formats.length));
  }

  #headRow(sort: GridSort | null): HTMLElement {
    const plain = (['name', 'n', 'nu'] as const).map((column) => ({ column, format: null, title: titles[column] }));
    const ofFormats = this.#formats.map((format) => ({ column: 'sqnr' as const, format, title: visible(format) }));
    const effects = this.#measured.map((i) => {
      const format = this.#formats[i]!;
      return { column: 'loss' as const, format, title: `Δloss ${visible(format)}` };
    });
    const row = this.#newRow(1);
    row.append(
      ...[...plain, ...ofFormats, ...effects].map(({ column, format, title }, i) => {
        const cell = this.#cell('columnheader', -1, i, element('bdi', '', title), element('span', 'arrow'));
        cell.ariaSort = sort?.column === column && sort.format === format ? sort.direction : 'none';
        cell.title = `Sort by ${title}`;
        if (format !== null && format === this.#selected) cell.classList.add('is-selected');
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

  #newRow(index: number): HTMLElement {
    const row = element('div', 'grid-row');
    row.role = 'row';
    row.ariaRowIndex = String(index);
    // The style sheet knows the columns that are always there.
    if (this.#measured.length > 0) row.style.gridTemplateColumns = `${COLUMNS} repeat(${this.#measured.length}, ${EFFECT})`;
    return row;
  }

  #row({ label, file, n, nu, sqnr, effects, best, below }: TensorRow, at: number): HTMLElement {
    const row = this.#newRow(at + 2);
    const name = this.#cell('rowheader', at, 0, element('bdi', '', this.#labels[at] ?? label));
    name.title = `${label}\n${visible(file)}`;
    const figures = sqnr.map((figure, i) => {
      const isBest = best.includes(i);
      const cell = this.#cell('gridcell', at, i + BEFORE, figure === null ? '' : decibels(figure));
      const off = below[i] ?? null;
      if (off !== null) cell.dataset['heat'] = String(STEPS.filter((step) => off >= step).length);
      if (isBest) cell.classList.add('is-winner');
      if (off !== null && off > 0) cell.title = `${visible(this.#formats[i]!)}: ${decibels(off)} dB below the best`;
      return cell;
    });
    const losses = this.#measured.map((format, i) => {
      const effect = effects[format] ?? null;
      const cell = this.#cell('gridcell', at, BEFORE + sqnr.length + i, effect === null ? '' : minus(lossText(effect.alone)));
      if (effect !== null) cell.title = `${visible(this.#formats[format]!)}: ${minus(effectText(effect))}`;
      return cell;
    });
    const shownNu = nu === null ? '' : Number.isFinite(nu) ? significant(nu, 3) : 'normal';
    row.append(name, this.#cell('gridcell', at, 1, count(n)), this.#cell('gridcell', at, 2, shownNu), ...figures, ...losses);
    return row;
  }

  #cell(
    role: 'columnheader' | 'rowheader' | 'gridcell',
    row: number,
    column: number,
    ...children: readonly (Node | string)[]
  ): HTMLElement {
    const cell = element('div', column === 0 ? 'grid-name' : 'figure', ...children);
    cell.role = role;
    cell.ariaColIndex = String(column + 1);
    cell.id = `cell-${row}-${column}`;
    cell.dataset['row'] = String(row);
    cell.dataset['column'] = String(column);
    return cell;
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
    const ends = { row: this.#rows.length - 1, column: this.#nColumns - 1 };
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
    if (row >= 0) {
      const found = this.#rows[row];
      if (found) this.#actions.open(found);
    } else if (column >= BEFORE + this.#formats.length) {
      const format = this.#measured[column - BEFORE - this.#formats.length];
      if (format !== undefined) this.#actions.sort('loss', this.#formats[format]!);
    } else if (column >= BEFORE) this.#actions.sort('sqnr', this.#formats[column - BEFORE] ?? null);
    else this.#actions.sort((['name', 'n', 'nu'] as const)[column]!, null);
  }
}

const titles = { name: 'Tensor', n: 'Weights', nu: 'ν' } as const;

const minus = (text: string): string => text.replace(/-/g, '−');

const clamped = (x: number, least: number, most: number): number => Math.max(least, Math.min(most, x));
