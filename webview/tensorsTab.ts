import { tensorsSvg } from '../core/view/svg/tensorsSvg.ts';
import {
  type EffectOnLoss,
  filteredTensors,
  sortedTensors,
  type TensorKey,
  type TensorRow,
  type TensorTableView,
  tensorTable,
} from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { PlainLoss, TensorsData } from '../protocol/pictures.ts';
import type { TensorSort } from './choices.ts';
import { filterField } from './controls.ts';
import { element, write } from './dom.ts';
import { type Exportable, ExportBar, fileName } from './exports.ts';
import { Notes } from './notes.ts';
import { groupTitle, type PanelState, pictureOf } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';
import type { GridColumn } from './tensorColumns.ts';
import { TensorGrid } from './tensorGrid.ts';

/** Which format does best on which tensor: a table that can be sorted and narrowed. A row leads to the distribution of its tensor. */
export class TensorsTab implements Tab {
  readonly root: HTMLElement;
  readonly #filter: HTMLInputElement;
  readonly #counted = element('span', 'counted');
  readonly #winners = element('span', 'winners');
  readonly #grid: TensorGrid;
  readonly #notes = new Notes();
  #data: TensorsData | null = null;
  #view: TensorTableView | null = null;
  #rows: readonly TensorRow[] = [];
  #state: PanelState | undefined;
  #shown: readonly unknown[] = [];

  constructor({ choose, keep }: TabActions) {
    this.#filter = filterField('Filter by name or file', (filter) => choose({ filter }));
    this.#counted.role = 'status';
    this.#grid = new TensorGrid({
      open: ({ key }) => choose({ tab: 'distribution', tensor: key }),
      sort: (by) => choose({ tensorSort: nextSort(this.#state?.choices.tensorSort ?? null, by) }),
    });
    const exports = new ExportBar(() => this.#exportable(), keep);
    this.root = tabPanel(
      'tensors',
      element('div', 'controls', this.#filter, this.#counted, this.#winners),
      this.#grid.root,
      this.#grid.note,
      this.#notes.root,
      exports.root,
    );
  }

  show(state: PanelState): void {
    this.#state = state;
    this.#notes.show(state, 'tensors');
    const data = pictureOf(state, 'tensors');
    const { filter, tensorSort: sort } = state.choices;
    const next = [data, filter, sort, state.selected?.format];
    if (next.every((one, i) => one === this.#shown[i])) return;
    this.#shown = next;
    if (data !== this.#data) {
      this.#data = data;
      this.#view = data && viewOf(data, groupTitle(state, 'tensors'));
    }
    if (this.#filter.value !== filter) this.#filter.value = filter;
    this.#rows = this.#view ? ordered(this.#view, filter, sort) : [];
    const nAll = this.#view?.rows.length ?? 0;
    const counted = this.#rows.length === nAll ? `${nAll} ${nAll === 1 ? 'tensor' : 'tensors'}` : `${this.#rows.length} of ${nAll} tensors`;
    write(this.#counted, counted);
    write(this.#winners, winnersOf(this.#view?.formats ?? [], this.#rows));
    this.#grid.show(this.#view ?? { formats: [], measured: [] }, this.#rows, sort, state.selected?.format ?? null);
  }

  recolour(): void {
    // The style sheet has all its colours.
  }

  #exportable(): Exportable | null {
    const view = this.#view;
    if (!view || !this.#state) return null;
    const subject = groupTitle(this.#state, 'tensors');
    const cells = new Map(view.rows.map((row, i) => [row, view.table.rows[i]!]));
    return {
      name: fileName(this.#state.document?.name ?? '', 'tensors'),
      draw: (drawing) => tensorsSvg({ ...view, rows: this.#rows }, `SQNR by tensor, ${visible(subject)}`, drawing),
      // In the order and with the rows that are seen.
      table: { ...view.table, rows: this.#rows.map((row) => cells.get(row)!) },
    };
  }
}

/** Formats that are named as best; the columns have the others. */
const MOST_WINNERS = 3;

/** Which formats have the most SQNR on how many of the rows, so that nobody has to count dots or to scroll for them. */
function winnersOf(formats: readonly string[], rows: readonly TensorRow[]): string {
  const wins = formats.map((name, i) => ({ name, n: rows.filter(({ best }) => best.includes(i)).length })).filter(({ n }) => n > 0);
  const most = wins.sort((a, b) => b.n - a.n).slice(0, MOST_WINNERS);
  if (most.length === 0) return '';
  const others = wins.length > most.length ? ', then others' : '';
  return `Most SQNR: ${most.map(({ name, n }) => `${visible(name)} on ${n}`).join(', ')}${others}`;
}

function viewOf({ formats, tensors, effects }: TensorsData, subject: string): TensorTableView {
  const columns = formats.map((name, i) => ({
    name,
    tensors: tensors.map(({ name: tensor, file, n, sqnr }, at) => {
      const { alone, saved } = effects[i]?.[at] ?? {};
      return {
        name: tensor,
        file,
        n,
        sqnr: finite(sqnr[i]!),
        effect: alone && saved ? { alone: lossOf(alone), saved: lossOf(saved) } : null,
      };
    }),
  }));
  const nus = new Map(
    tensors.flatMap(({ name, nu }) => (nu === null ? [] : [[name, nu === 'normal' ? Number.POSITIVE_INFINITY : nu] as const])),
  );
  return tensorTable(columns, nus, subject);
}

const finite = (sqnr: number | 'lossless' | null): number => (sqnr === 'lossless' ? Number.POSITIVE_INFINITY : (sqnr ?? Number.NaN));

const lossOf = ({ loss, interval, divergence }: PlainLoss): EffectOnLoss['alone'] => ({
  loss,
  interval: interval ?? undefined,
  divergence,
});

function ordered(view: TensorTableView, filter: string, sort: TensorSort | null): readonly TensorRow[] {
  const rows = filteredTensors(view.rows, filter);
  const by = sort ? keyOf(sort, view) : undefined;
  return sort && by !== undefined ? sortedTensors(rows, by, sort.direction) : rows;
}

/** Undefined of a format that is not there. */
function keyOf({ column, format }: TensorSort, { formats }: TensorTableView): TensorKey | undefined {
  if (column !== 'sqnr' && column !== 'loss') return column;
  const at = formats.indexOf(format!);
  return at < 0 ? undefined : column === 'sqnr' ? at : { lossOf: at };
}

/** After a click on a head: what one wants to see first, then the other way round, then the order of the files. */
function nextSort(sort: TensorSort | null, by: GridColumn['by']): TensorSort | null {
  const first = by.column === 'sqnr' || by.column === 'loss' || by.column === 'n' ? 'descending' : 'ascending';
  if (sort?.column !== by.column || sort.format !== by.format) return { ...by, direction: first };
  return sort.direction === first ? { ...by, direction: first === 'ascending' ? 'descending' : 'ascending' } : null;
}
