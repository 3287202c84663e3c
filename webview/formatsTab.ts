import { fixedAxis } from '../core/view/axis.ts';
import { type FormatLinesView, formatLine, formatLines, type LineMode, linedFormat } from '../core/view/formatLines.ts';
import { formatLinesSvg } from '../core/view/svg/formatLinesSvg.ts';
import { textWidth } from '../core/view/svg/measureText.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { FormatsData, PlainFormat } from '../protocol/pictures.ts';
import type { Choices } from './choices.ts';
import { Menu } from './controls.ts';
import { arrange, drawn, element, onWidth, put } from './dom.ts';
import { type Exportable, ExportBar, fileName } from './exports.ts';
import { FormatRow, LINE, type LineScale, xOn } from './formatRow.ts';
import { entry } from './legendEntry.ts';
import { type DragStep, LevelDrag } from './levelDrag.ts';
import { Notes } from './notes.ts';
import { groupTitle, type PanelState, type Peek, pictureOf } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';
import { TableTwin } from './twin.ts';

/** As the style sheet has it, in pixels: from this width on the names stand beside the lines, and take so much of it. */
const WIDE = 720;
const NAMES = 260;

/** What places on the lines stand for: what is at their ends, and by format the level that is drawn at 1. */
interface Ruler {
  readonly mode: LineMode;
  readonly low: number;
  readonly high: number;
  readonly units: ReadonlyMap<string, number>;
}

/** The number lines of all formats under one another, on one axis. Levels that are numbers in the text can be moved. */
export class FormatsTab implements Tab {
  readonly root: HTMLElement;
  readonly #mode: Menu;
  readonly #list = element('div', 'formats-list');
  readonly #axis = drawn('svg', { class: 'lines-axis', height: 40, 'aria-hidden': 'true' });
  readonly #notes = new Notes();
  readonly #twin: TableTwin;
  readonly #help = element('p', 'note');
  readonly #legend = element('div', 'legend', ...legend());
  readonly #drag: LevelDrag;
  readonly #actions: TabActions;
  readonly #rows: FormatRow[] = [];
  #data: FormatsData | null = null;
  #view: FormatLinesView | null = null;
  #ruler: Ruler | undefined;
  /** The last that was brought into sight. */
  #peek: Peek | null = null;
  #state: PanelState | undefined;
  #shown: readonly unknown[] = [];
  #width = 0;

  constructor(actions: TabActions, drag: (step: DragStep) => void) {
    this.#actions = actions;
    this.#mode = new Menu('Levels', (lines) => actions.choose({ lines: lines as Choices['lines'] }));
    this.#drag = new LevelDrag(drag, () => this.#drawMoved());
    this.#twin = new TableTwin((row) => {
      const name = this.#view?.table.rows[row]?.[0];
      if (typeof name === 'string') actions.reveal(name, null);
    });
    const exports = new ExportBar(() => this.#exportable(), actions.keep);
    this.root = tabPanel(
      'formats',
      element('div', 'controls', this.#mode.root, this.#legend),
      element('div', 'figure-box', this.#list, this.#axis),
      this.#help,
      this.#notes.root,
      exports.root,
      this.#twin.root,
    );
    onWidth(this.#list, (width) => {
      this.#width = width;
      this.#draw();
    });
    // A drag by pointer is cancelled from wherever the focus is.
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.#drag.cancel();
    });
  }

  show(state: PanelState): void {
    this.#state = state;
    this.#notes.show(state, 'formats');
    const data = pictureOf(state, 'formats');
    const { lines } = state.choices;
    const next = [data, lines, state.selected, state.peek];
    if (next.every((one, i) => one === this.#shown[i])) return;
    this.#shown = next;
    this.#mode.show(modes, lines);
    if (data !== this.#data) this.#follow(data?.formats ?? []);
    this.#data = data;
    this.#view = data && formatLines(data.formats.map(lined), lines, groupTitle(state, 'formats'));
    this.#twin.show(this.#view && this.#view.lines.length > 0 ? [this.#view.table] : []);
    const nMovable = data?.formats.filter(({ places }) => places.some((place) => place !== null)).length ?? 0;
    this.#help.textContent = nMovable === 0 ? '' : help;
    this.#draw();
  }

  recolour(): void {
    // The style sheet has all its colours.
  }

  #draw(): void {
    const formats = this.#data?.formats ?? [];
    while (this.#rows.length < formats.length) {
      this.#rows.push(new FormatRow({ reveal: (format, code) => this.#actions.reveal(format, code), drag: this.#drag }));
    }
    arrange(
      this.#list,
      this.#rows.slice(0, formats.length).map(({ root }) => root),
    );
    put(this.#axis, { visibility: formats.length === 0 ? 'hidden' : 'visible' });
    const view = this.#view;
    if (!view || !this.#state || this.#width === 0) return;
    // While a level is moved the lines stand still: else what a pixel is worth would follow the level, and the level the pixel.
    if (!this.#ruler || !this.#drag.moved || this.#ruler.mode !== view.mode) this.#ruler = rulerOf(view);
    for (const i of formats.keys()) this.#drawRow(i);
    this.#drawAxis(this.#ruler);
    this.#bringIntoSight(this.#state.peek);
  }

  /** The row of the level that is moved; all of them where it is no longer. */
  #drawMoved(): void {
    const { moved } = this.#drag;
    const at = this.#data?.formats.findIndex(({ name }) => name === moved?.format) ?? -1;
    if (at < 0) this.#draw();
    else this.#drawRow(at);
  }

  #drawRow(at: number): void {
    const format = this.#data?.formats[at];
    if (!format || !this.#view || !this.#ruler || !this.#state) return;
    const { selected } = this.#state;
    const line = formatLine(lined(this.#moved(format)), 'absolute');
    const isSelected = selected?.format === format.name;
    const shown = {
      format,
      line,
      unit: this.#ruler.units.get(format.name) ?? this.#view.lines[at]!.unit,
      mostUsage: this.#view.mostUsage,
      isSelected,
      selectedCode: isSelected ? selected.code : null,
    };
    this.#rows[at]!.show(shown, this.#scale(this.#ruler));
  }

  /** Beside the names where there is room; the style sheet does likewise. */
  #scale({ low, high }: Ruler): LineScale {
    return { width: this.#width < WIDE ? this.#width : this.#width - NAMES, low, high };
  }

  /** Once, and without a movement that somebody may not want. */
  #bringIntoSight(peek: Peek | null): void {
    if (!peek || peek.search || peek === this.#peek) return;
    this.#peek = peek;
    const at = this.#data?.formats.findIndex(({ name }) => name === peek.format) ?? -1;
    this.#rows[at]?.root.scrollIntoView({ block: 'nearest' });
  }

  /** The level that is moved goes on where the text now has it. */
  #follow(formats: readonly PlainFormat[]): void {
    const { moved } = this.#drag;
    const code = this.#drag.follow(formats);
    if (!moved || code === undefined || code === moved.code) return;
    this.#rows[formats.findIndex(({ name }) => name === moved.format)]?.recode(moved.code, code);
  }

  /** A format with the level that is moved where it is now. */
  #moved(format: PlainFormat): PlainFormat {
    const { moved } = this.#drag;
    return moved?.format === format.name
      ? { ...format, levels: format.levels.map((level, code) => (code === moved.code ? moved.level : level)) }
      : format;
  }

  #drawAxis(ruler: Ruler): void {
    const scale = this.#scale(ruler);
    const { ticks } = fixedAxis(scale.low, scale.high, scale.width < 500 ? 5 : 8);
    put(this.#axis, { width: scale.width });
    let end = Number.NEGATIVE_INFINITY;
    const labels = ticks.flatMap(({ value, label }) => {
      const x = xOn(scale, value);
      const half = textWidth(label, 12) / 2;
      if (x - half < end + 6) return [];
      end = x + half;
      return [drawn('line', { x1: x, x2: x, y1: 0, y2: 5 }), drawn('text', { x, y: 18, 'text-anchor': 'middle' }, label)];
    });
    const title = ruler.mode === 'normalised' ? 'Level over the largest of its format' : 'Level';
    this.#axis.replaceChildren(
      drawn('line', { x1: LINE.margin, x2: scale.width - LINE.margin, y1: 0.5, y2: 0.5 }),
      ...labels,
      drawn('text', { x: scale.width / 2, y: 36, 'text-anchor': 'middle' }, title),
    );
  }

  #exportable(): Exportable | null {
    const view = this.#view;
    if (!view || view.lines.length === 0 || !this.#state) return null;
    const title = view.mode === 'normalised' ? 'Levels over the largest of each format' : 'Levels of the formats';
    return {
      name: fileName(this.#state.document?.name ?? '', 'formats'),
      draw: (drawing) => formatLinesSvg(view, `${title}, ${visible(groupTitle(this.#state!, 'formats'))}`, drawing),
      table: view.table,
    };
  }
}

/** What stands on a line beside the levels, in the colours of the style sheet. */
const legend = (): readonly HTMLElement[] => [
  entry('share of the weights', drawn('g', { class: 'bars' }, drawn('rect', { x: -4, y: -7, width: 8, height: 14 }))),
  entry('threshold', drawn('g', { class: 'thresholds' }, drawn('circle', { r: 2.2 }))),
];

const modes = [
  { value: 'normalised', label: 'over the largest' },
  { value: 'absolute', label: 'as they are' },
];

const help =
  'A level with a handle is a number in this document: drag it, or move it by the left and right arrow keys (Shift: further, Alt: least step). ' +
  'Escape takes it back; the up and down keys go from level to level; Enter goes to the text.';

const lined = ({ name, bits, ties, levels, usage }: PlainFormat) => linedFormat(name, bits, ties, levels, usage);

const rulerOf = ({ mode, low, high, lines }: FormatLinesView): Ruler => ({
  mode,
  low,
  high,
  units: new Map(lines.map(({ name, unit }) => [name, unit])),
});
