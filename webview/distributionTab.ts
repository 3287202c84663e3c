import type { DistributionView } from '../core/view/distribution.ts';
import { distributionTables } from '../core/view/distributionTables.ts';
import { distributionSvg } from '../core/view/svg/distributionSvg.ts';
import { type Drawing, LEAST_WIDTH } from '../core/view/svg/plot.ts';
import { quantilesSvg } from '../core/view/svg/quantilesSvg.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { DistributionData } from '../protocol/pictures.ts';
import type { Choices } from './choices.ts';
import { colours } from './colours.ts';
import { Checklist, filterField, Menu } from './controls.ts';
import { element, onWidth } from './dom.ts';
import { drawingFrom } from './drawing.ts';
import { type Exportable, ExportBar, fileName } from './exports.ts';
import { Notes } from './notes.ts';
import { type PanelState, pictureOf } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';
import { TableTwin } from './twin.ts';

/** Formats over one histogram. With more, their strips push it out of sight. */
const MOST_FORMATS = 4;

/** The widest picture, in pixels: wider ones are no easier to read. */
const WIDEST = 960;

/** Tensors of which a list is worth a filter. */
const WORTH_A_FILTER = 10;

const ALL_TENSORS = '';

/** Normalised weights as a histogram or against their fits, with the levels of formats over them and the error of each interval. */
export class DistributionTab implements Tab {
  readonly root: HTMLElement;
  readonly #tensor: Menu;
  readonly #filter: HTMLInputElement;
  readonly #shape: Menu;
  readonly #counts: Menu;
  readonly #formats: Checklist;
  readonly #figure = element('div', 'figure-box');
  readonly #notes = new Notes();
  readonly #twin: TableTwin;
  #data: DistributionData | null = null;
  #view: DistributionView | null = null;
  #state: PanelState | undefined;
  #shown: readonly unknown[] = [];
  #width = 0;

  constructor({ reveal, choose, keep }: TabActions) {
    this.#tensor = new Menu('Tensor', (key) => choose({ tensor: key === ALL_TENSORS ? null : key }));
    this.#filter = filterField('Filter tensors', () => this.#showTensors());
    this.#shape = new Menu('Picture', (shape) => choose({ shape: shape as Choices['shape'] }));
    this.#counts = new Menu('Counts', (counts) => choose({ counts: counts as Choices['counts'] }));
    this.#formats = new Checklist('Formats', MOST_FORMATS, (over) => choose({ over }));
    this.#twin = new TableTwin((row) => {
      const found = this.#view?.formats.flatMap(({ format, intervals }) => intervals.map(({ code }) => ({ format, code })))[row];
      if (found) reveal(found.format, found.code);
    });
    this.#figure.addEventListener('click', ({ target }) => {
      const format = this.#view?.formats[placeOf(target, 'format')];
      if (format) reveal(format.format, format.intervals[placeOf(target, 'interval')]?.code ?? null);
    });
    const exports = new ExportBar(() => this.#exportable(), keep, [{ label: 'bins', table: () => this.#view?.table ?? null }]);
    this.root = tabPanel(
      'distribution',
      element('div', 'controls', this.#tensor.root, this.#filter, this.#shape.root, this.#counts.root, this.#formats.root),
      this.#figure,
      this.#notes.root,
      exports.root,
      this.#twin.root,
    );
    onWidth(this.#figure, (width) => {
      this.#width = width;
      this.#draw();
    });
  }

  show(state: PanelState): void {
    this.#state = state;
    this.#notes.show(state, 'distribution');
    const data = pictureOf(state, 'distribution');
    const { shape, counts, over, tensor } = state.choices;
    const next = [data, shape, counts, over, tensor, state.selected];
    if (next.every((one, i) => one === this.#shown[i])) return;
    this.#shown = next;
    this.#data = data;
    this.#shape.show(shapeOptions, shape);
    this.#counts.show(countOptions, counts);
    this.#counts.hide(shape === 'quantiles');
    this.#formats.root.hidden = shape === 'quantiles';
    this.#showTensors();
    if (data === null) {
      this.#view = null;
      this.#figure.replaceChildren();
      this.#twin.show([]);
      return;
    }
    const chosen = chosenFormats(data, over, state.selected?.format);
    this.#formats.show(
      data.formats.map(({ name, label }) => ({ value: name, label })),
      chosen,
    );
    this.#view = viewOf(data, chosen);
    this.#twin.show(shape === 'quantiles' ? [this.#view.quantileTable] : [this.#view.levelTable, this.#view.table]);
    this.#draw();
  }

  recolour(): void {
    this.#draw();
  }

  #showTensors(): void {
    const { tensors = [], nTensors = 0, subject = '' } = this.#data ?? {};
    // A filter that is not seen narrows nothing: nobody could undo it.
    this.#filter.hidden = tensors.length < WORTH_A_FILTER;
    const words = this.#filter.hidden ? [] : this.#filter.value.toLowerCase().split(/\s+/);
    const found = tensors.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
    const chosen = this.#state?.choices.tensor ?? ALL_TENSORS;
    // One that is not in the list, as it is filtered or one of very many, is shown by what the picture says it is of.
    const other =
      chosen === ALL_TENSORS || found.some(({ key }) => key === chosen)
        ? []
        : [{ key: chosen, label: labelOf(chosen, tensors) ?? subject }];
    const all = { value: ALL_TENSORS, label: nTensors === 1 ? 'the only one' : `all ${nTensors}` };
    this.#tensor.show([all, ...[...other, ...found].map(({ key, label }) => ({ value: key, label: visible(label) }))], chosen);
  }

  #draw(): void {
    if (!this.#view || this.#width === 0) return;
    const drawing = { width: Math.max(LEAST_WIDTH, Math.min(WIDEST, this.#width)), colours: colours(), id: 'distribution' };
    // First, so that the picture of something else does not stay where this one cannot be drawn.
    this.#figure.replaceChildren();
    this.#figure.append(drawingFrom(this.#drawn(this.#view, drawing)));
    this.#mark(this.#view);
  }

  /** Shows which format, and which of its levels, the cursor of the editor is on. */
  #mark({ formats }: DistributionView): void {
    const selected = this.#state?.selected;
    const at = formats.findIndex(({ format }) => format === selected?.format);
    const strip = this.#figure.querySelector(`[data-format="${at}"]`);
    strip?.classList.add('is-selected');
    const interval = formats[at]?.intervals.findIndex(({ code }) => code === selected?.code) ?? -1;
    strip?.querySelector(`line[data-interval="${interval}"]`)?.classList.add('is-selected');
  }

  #drawn(view: DistributionView, drawing: Drawing): string {
    const { shape, counts } = this.#state!.choices;
    const subject = visible(view.subject);
    return shape === 'quantiles'
      ? quantilesSvg(view, `Quantiles of the normalised weights of ${subject}`, drawing)
      : distributionSvg(view, counts, `Normalised weights of ${subject}`, drawing);
  }

  #exportable(): Exportable | null {
    const view = this.#view;
    if (!view || !this.#state) return null;
    const { shape } = this.#state.choices;
    return {
      name: fileName(this.#state.document?.name ?? '', shape === 'quantiles' ? 'quantiles' : 'distribution', view.subject),
      draw: (drawing) => this.#drawn(view, drawing),
      table: shape === 'quantiles' ? view.quantileTable : view.levelTable,
    };
  }
}

const shapeOptions = [
  { value: 'histogram', label: 'Histogram' },
  { value: 'quantiles', label: 'Q-Q' },
];

const countOptions = [
  { value: 'linear', label: 'linear' },
  { value: 'log', label: 'logarithmic' },
];

const labelOf = (key: string, tensors: DistributionData['tensors']): string | undefined => tensors.find((one) => one.key === key)?.label;

/** The place in the view that an element of the drawing stands for; -1 of none. */
const placeOf = (target: EventTarget | null, of: 'format' | 'interval'): number => {
  const found = target instanceof Element ? target.closest(`[data-${of}]`)?.getAttribute(`data-${of}`) : null;
  return found == null ? -1 : Number(found);
};

/** What the user chose, as far as it is there; else the two formats with the least error, and the one that the cursor is on. */
function chosenFormats({ formats }: DistributionData, over: readonly string[] | null, selected: string | undefined): readonly string[] {
  if (over !== null)
    return formats
      .filter(({ name }) => over.includes(name))
      .map(({ name }) => name)
      .slice(0, MOST_FORMATS);
  const best = [...formats].sort((a, b) => (a.nsr ?? Number.POSITIVE_INFINITY) - (b.nsr ?? Number.POSITIVE_INFINITY));
  return best.filter(({ format }, i) => i < 2 || format === selected).map(({ name }) => name);
}

/** The view of what was told, with the ends of intervals that JSON cannot hold. */
function viewOf(
  { subject, normalisedBy, n, nNonFinite, bins, curves, formats }: DistributionData,
  chosen: readonly string[],
): DistributionView {
  const placed = formats
    .filter(({ name }) => chosen.includes(name))
    .map(({ name, format, label, nsr, intervals }) => ({
      name,
      format,
      label: visible(label),
      nsr: nsr ?? 0,
      intervals: intervals.map(({ from, to, ...rest }) => ({
        ...rest,
        from: from ?? Number.NEGATIVE_INFINITY,
        to: to ?? Number.POSITIVE_INFINITY,
      })),
    }))
    // The first one's levels go up through the histogram: the best.
    .sort((a, b) => a.nsr - b.nsr);
  const base = { subject, normalisedBy, n, nNonFinite, bins, curves, notes: [], formats: placed };
  return { ...base, ...distributionTables(base) };
}
