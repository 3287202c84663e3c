import { tensorsSvg } from '../core/view/svg/tensorsSvg.ts';
import {
  filteredTensors,
  sortedTensors,
  type TensorKey,
  type TensorRow,
  type TensorTableView,
  tensorTable,
} from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { TensorsData } from '../protocol/pictures.ts';
import type { Choices, TensorSort } from './choices.ts';
import { filterField } from './controls.ts';
import { element, write } from './dom.ts';
import { type Exportable, ExportBar, fileName } from './exports.ts';
import { Notes } from './notes.ts';
import { groupTitle, type PanelState, pictureOf } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';
import { TensorGrid } from './tensorGrid.ts';

/** Which format does best on which tensor: a table that can be sorted and narrowed. A row leads to the distribution of its tensor. */
export class TensorsTab implements Tab {
  readonly root: HTMLElement;
  readonly #filter: HTMLInputElement;
  readonly #counted = element('span', 'counted');
  readonly #grid: TensorGrid;
  readonly #note = element('p', 'note');
  readonly #notes = new Notes();
  #data: TensorsData | null = null;
  #view: TensorTableView | null = null;
  #rows: readonly TensorRow[] = [];
  #state: PanelState | undefined;
  #shown: readonly unknown[] = [];

  constructor({ choose, keep }: TabActions) {
    this.#filter = filterField('Filter by name', (filter) => choose({ filter }));
    this.#counted.role = 'status';
    this.#grid = new TensorGrid({
      open: (row) => {
        const tensor = this.#keys.get(row.key);
        if (tensor !== undefined) choose({ tab: 'distribution', tensor });
      },
      sort: (column, format) => choose({ tensorSort: nextSort(this.#state?.choices.tensorSort ?? null, column, format) }),
    });
    const exports = new ExportBar(() => this.#exportable(), keep);
    this.root = tabPanel(
      'tensors',
      element('div', 'controls', this.#filter, this.#counted),
      this.#grid.root,
      this.#note,
      this.#notes.root,
      exports.root,
    );
  }

  /** By key of a row, the key to wish for the distribution by. */
  #keys: ReadonlyMap<string, string> = new Map();

  show(state: PanelState): void {
    this.#state = state;
    this.#notes.show(state, 'tensors');
    const data = pictureOf(state, 'tensors');
    const { filter, tensorSort } = state.choices;
    const next = [data, filter, tensorSort, state.selected?.format];
    if (next.every((one, i) => one === this.#shown[i])) return;
    this.#shown = next;
    if (data !== this.#data) {
      this.#data = data;
      this.#view = data && viewOf(data, groupTitle(state, 'tensors'));
      this.#keys = new Map(data?.tensors.map(({ file, name, key }) => [JSON.stringify([file, name]), key]));
    }
    if (this.#filter.value !== filter) this.#filter.value = filter;
    this.#rows = this.#view ? ordered(this.#view, filter, tensorSort) : [];
    const nAll = this.#view?.rows.length ?? 0;
    write(this.#counted, this.#rows.length === nAll ? `${nAll} tensors` : `${this.#rows.length} of ${nAll} tensors`);
    this.#grid.show(this.#view?.formats ?? [], this.#rows, tensorSort, state.selected?.format ?? null);
    write(this.#note, nAll === 0 ? '' : [...(this.#grid.note === '' ? [] : [this.#grid.note]), legend].join('. '));
  }

  recolour(): void {
    // The style sheet has all its colours.
  }

  #exportable(): Exportable | null {
    const { formats } = this.#data ?? {};
    if (!this.#view || !formats || !this.#state) return null;
    const subject = groupTitle(this.#state, 'tensors');
    const keys = new Set(this.#rows.map(({ key }) => key));
    const { table } = this.#view;
    // In the order and with the rows that are seen.
    const cells = new Map(table.rows.map((row) => [JSON.stringify([row[1], row[0]]), row]));
    return {
      name: fileName(this.#state.document?.name ?? '', 'tensors'),
      draw: (drawing) => tensorsSvg({ ...this.#view!, rows: this.#rows }, `SQNR by tensor, ${visible(subject)}`, drawing),
      table: { ...table, rows: [...keys].map((key) => cells.get(key)!) },
    };
  }
}

const legend =
  'Figures are SQNR in dB. The best of a row is bold, with a dot; what is red, or underlined in high contrast, is 1.5 dB or more below it';

function viewOf({ formats, tensors }: TensorsData, subject: string): TensorTableView {
  const columns = formats.map((name, i) => ({
    name,
    tensors: tensors.map(({ name: tensor, file, n, sqnr }) => ({ name: tensor, file, n, sqnr: finite(sqnr[i]!) })),
  }));
  const nus = new Map(
    tensors.flatMap(({ name, nu }) => (nu === null ? [] : [[name, nu === 'normal' ? Number.POSITIVE_INFINITY : nu] as const])),
  );
  return tensorTable(columns, nus, subject);
}

const finite = (sqnr: number | 'lossless' | null): number => (sqnr === 'lossless' ? Number.POSITIVE_INFINITY : (sqnr ?? Number.NaN));

function ordered(view: TensorTableView, filter: string, sort: TensorSort | null): readonly TensorRow[] {
  const rows = filteredTensors(view.rows, filter);
  const by: TensorKey | undefined = sort?.column === 'sqnr' ? view.formats.indexOf(sort.format!) : sort?.column;
  return sort === null || by === undefined || by === -1 ? rows : sortedTensors(rows, by, sort.direction);
}

/** After a click on a head: what one wants to see first, then the other way round, then the order of the files. */
function nextSort(sort: Choices['tensorSort'], column: TensorSort['column'], format: string | null): TensorSort | null {
  const first = column === 'name' || column === 'nu' ? 'ascending' : 'descending';
  if (sort?.column !== column || sort.format !== format) return { column, format, direction: first };
  return sort.direction === first ? { column, format, direction: first === 'ascending' ? 'descending' : 'ascending' } : null;
}
