import { axisKinds, type DesignAxis } from '../core/view/designAxes.ts';
import { type Design, type ParetoView, pareto } from '../core/view/pareto.ts';
import { paretoSvg } from '../core/view/svg/paretoSvg.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { ParetoData, PlainDesign } from '../protocol/pictures.ts';
import type { Zoom } from './choices.ts';
import { colours } from './colours.ts';
import { Menu } from './controls.ts';
import { button, element } from './dom.ts';
import { ExportBar, fileName } from './exports.ts';
import { Notes } from './notes.ts';
import { ParetoCanvas } from './paretoCanvas.ts';
import { ParetoLegend } from './paretoLegend.ts';
import { groupTitle, type PanelState, pictureOf } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';
import { TableTwin } from './twin.ts';

const NO_BACKDROP = '';

/** As tables and points say of a design of the backdrop. */
const BEHIND = 'backdrop';

/** Error against cost: designs as points over two axes, with their front. */
export class ParetoTab implements Tab {
  readonly root: HTMLElement;
  readonly #x: Menu;
  readonly #y: Menu;
  readonly #backdrop: Menu;
  readonly #reset: HTMLButtonElement;
  readonly #legend: ParetoLegend;
  readonly #canvas: ParetoCanvas;
  readonly #figure: HTMLElement;
  readonly #notes = new Notes();
  readonly #twin: TableTwin;
  #view: ParetoView | null = null;
  #shown: readonly unknown[] = [];
  #state: PanelState | undefined;

  constructor({ reveal, choose, keep }: TabActions) {
    // What was seen of other axes is no part of these.
    this.#x = new Menu('Over', (x) => choose({ x: x as DesignAxis, zoom: null }));
    this.#y = new Menu('Error', (y) => choose({ y: y as DesignAxis, zoom: null }));
    this.#backdrop = new Menu('Behind', (name) => choose({ backdrop: name === NO_BACKDROP ? null : name }));
    const revealed = (name: string, status: string): void => {
      const library = status === BEHIND ? this.#state?.pictures.pareto?.wish.backdrop : null;
      reveal(name, null, library ?? undefined);
    };
    this.#legend = new ParetoLegend((series, isShown) => {
      const others = this.#hidden().filter((name) => name !== series);
      choose({ hiddenSeries: isShown ? others : [...others, series] });
    });
    this.#canvas = new ParetoCanvas({ reveal: ({ name, status }) => revealed(name, status), zoom: (zoom) => choose({ zoom }) });
    this.#reset = button('', 'Reset', 'Reset the zoom', () => choose({ zoom: null }));
    this.#twin = new TableTwin((row) => {
      const cells = this.#view?.table.rows[row];
      if (cells) revealed(String(cells[0]), String(cells.at(-1)));
    });
    const zoom = element(
      'div',
      'buttons',
      button('', '+', 'Zoom in', () => this.#canvas.zoomBy(1.3)),
      button('', '−', 'Zoom out', () => this.#canvas.zoomBy(1 / 1.3)),
      this.#reset,
    );
    zoom.role = 'group';
    zoom.ariaLabel = 'Zoom';
    const exports = new ExportBar(() => this.#exportable(), keep);
    this.#figure = element('div', 'figure-box', this.#legend.root, this.#canvas.root);
    this.root = tabPanel(
      'pareto',
      element('div', 'controls', this.#y.root, this.#x.root, this.#backdrop.root, zoom),
      this.#figure,
      this.#notes.root,
      exports.root,
      this.#twin.root,
    );
  }

  show(state: PanelState): void {
    this.#state = state;
    this.#notes.show(state, 'pareto');
    const data = pictureOf(state, 'pareto');
    const { choices, selected } = state;
    this.#figure.hidden = data === null;
    if (data === null) {
      this.#view = null;
      this.#shown = [];
      this.#twin.show([]);
      return;
    }
    const [x, y] = axesOf(data, choices.x, choices.y);
    this.#x.show(optionsOf(data), x);
    this.#y.show(optionsOf(data), y);
    this.#backdrop.show(
      [{ value: NO_BACKDROP, label: 'none' }, ...data.backdrops.map((name) => ({ value: name, label: visible(name) }))],
      state.pictures.pareto?.wish.backdrop ?? NO_BACKDROP,
    );
    this.#backdrop.hide(data.backdrops.length === 0);
    this.#reset.disabled = zoomOver(choices.zoom, x, y) === null;
    const { hiddenSeries } = choices;
    const zoom = zoomOver(choices.zoom, x, y);
    const subject = groupTitle(state, 'pareto');
    // First what the view is made of.
    const next = [data, x, y, hiddenSeries, subject, zoom, selected?.format];
    if (next.every((one, i) => one === this.#shown[i])) return;
    if (next.slice(0, 5).some((one, i) => one !== this.#shown[i])) {
      this.#view = pareto(data.designs.map(designOf), x, y, subject, new Set(hiddenSeries));
      this.#twin.show([this.#view.table]);
    }
    this.#shown = next;
    this.#legend.show(this.#view!, colours());
    this.#canvas.show(this.#view!, zoom, selected?.format ?? null);
  }

  recolour(): void {
    if (this.#view) this.#legend.show(this.#view, colours());
    if (this.#view) this.#canvas.recolour(zoomOver(this.#state?.choices.zoom ?? null, this.#view.x, this.#view.y));
  }

  #hidden(): readonly string[] {
    return this.#state?.choices.hiddenSeries ?? [];
  }

  #exportable() {
    const view = this.#view;
    if (!view || !this.#state) return null;
    const subject = groupTitle(this.#state, 'pareto');
    const title = `${axisKinds[view.y].title} over ${axisKinds[view.x].title}, ${visible(subject)}`;
    return {
      name: fileName(this.#state.document?.name ?? '', 'pareto', view.y, view.x),
      draw: (drawing: Parameters<typeof paretoSvg>[2]) => paretoSvg(view, title, drawing),
      table: view.table,
    };
  }
}

const designOf = ({ errorOf, ...design }: PlainDesign): Design => ({ ...design, errorOf: errorOf ?? undefined });

/** A zoom, where it is of these axes. */
const zoomOver = (zoom: Zoom | null, x: DesignAxis, y: DesignAxis): Zoom | null => (zoom?.axes.x === x && zoom.axes.y === y ? zoom : null);

const optionsOf = ({ axes }: ParetoData) => axes.map((axis) => ({ value: axis, label: axisKinds[axis].title }));

/** What the user chose, where designs have it; else the cost that says most, and SQNR. */
function axesOf({ axes }: ParetoData, x: DesignAxis | null, y: DesignAxis | null): readonly [DesignAxis, DesignAxis] {
  const first = (wanted: readonly (DesignAxis | null)[]): DesignAxis | undefined =>
    wanted.find((axis) => axis !== null && axes.includes(axis)) ?? undefined;
  return [first([x, 'areaRatio', 'area', 'bitsPerWeight']) ?? axes[0] ?? 'bitsPerWeight', first([y, 'sqnr', 'nsr']) ?? axes[0] ?? 'sqnr'];
}
