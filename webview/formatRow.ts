import { percent, significant } from '../core/view/digits.ts';
import type { FormatLine, LevelMark } from '../core/view/formatLines.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { PlainFormat } from '../protocol/pictures.ts';
import { arrange, drawn, element, put, write } from './dom.ts';
import { type LevelDrag, onGrid } from './levelDrag.ts';

/** Where a number line lies: its width in pixels, and what is at its ends, over the unit of the format. */
export interface LineScale {
  readonly width: number;
  readonly low: number;
  readonly high: number;
}

/** A format with its line, whose levels and thresholds are as they are. `unit` is the level that is drawn at 1; it stays while a level is moved. */
export interface ShownFormat {
  readonly format: PlainFormat;
  readonly line: FormatLine;
  readonly unit: number;
  readonly mostUsage: number;
  readonly isSelected: boolean;
  readonly selectedCode: number | null;
}

export interface RowActions {
  reveal(format: string, code: number | null): void;
  readonly drag: LevelDrag;
}

/** In pixels, from the top of a line: where it lies, how far levels and bars rise above it, and the room at its ends. */
export const LINE = { height: 40, base: 32, level: 14, zero: 19, bar: 26, margin: 16 } as const;

export const xOn = ({ width, low, high }: LineScale, at: number): number =>
  Math.min(width - 2, Math.max(2, LINE.margin + ((at - low) / (high - low)) * (width - 2 * LINE.margin)));

/** A pointer that moves less than this, in pixels, clicks. */
const CLICK = 3;

/** The number line of a format. Each level is a stop of the keyboard, and can be moved where the text has a number for it. */
export class FormatRow {
  readonly root: HTMLElement;
  readonly #name = element('button', 'link');
  readonly #figures = element('span', 'figures');
  readonly #readout = element('span', 'readout');
  readonly #svg = drawn('svg', { role: 'group', height: LINE.height });
  readonly #bars = drawn('g', { class: 'bars', 'aria-hidden': 'true' });
  readonly #axis = drawn('line', { class: 'line', 'aria-hidden': 'true' });
  readonly #dots = drawn('g', { class: 'thresholds', 'aria-hidden': 'true' });
  readonly #levels = drawn('g', {});
  readonly #marks = new Map<number, SVGGElement>();
  readonly #actions: RowActions;
  #shown: ShownFormat | undefined;
  #scale: LineScale = { width: 0, low: -1, high: 1 };
  /** The code that is a stop of the Tab key. */
  #stop: number | undefined;
  #pointer: { readonly code: number; readonly from: number; isMoving: boolean } | undefined;

  constructor(actions: RowActions) {
    this.#actions = actions;
    this.#name.type = 'button';
    this.#name.addEventListener('click', () => actions.reveal(this.#format.name, null));
    this.#svg.append(this.#bars, this.#axis, this.#dots, this.#levels);
    this.root = element(
      'div',
      'format',
      element('div', 'format-head', element('div', 'format-name', this.#name, this.#readout), this.#figures),
      this.#svg,
    );
    this.#levels.addEventListener('keydown', (event) => this.#press(event));
    this.#levels.addEventListener('focusin', (event) => this.#say(codeAt(event.target)));
    this.#levels.addEventListener('focusout', () => {
      actions.drag.end();
      this.#say(undefined);
    });
    this.#levels.addEventListener('pointerover', (event) => this.#say(codeAt(event.target)));
    this.#levels.addEventListener('pointerout', () => this.#say(codeAt(document.activeElement)));
    this.#levels.addEventListener('pointerdown', (event) => this.#grab(event));
    this.#levels.addEventListener('pointermove', (event) => this.#pull(event));
    this.#levels.addEventListener('pointerup', (event) => this.#drop(event));
    this.#levels.addEventListener('pointercancel', () => {
      this.#pointer = undefined;
      actions.drag.cancel();
    });
  }

  show(shown: ShownFormat, scale: LineScale): void {
    this.#shown = shown;
    this.#scale = scale;
    const { format, line, unit, mostUsage } = shown;
    this.root.classList.toggle('is-selected', shown.isSelected);
    const label = visible(format.label);
    write(this.#name, label);
    arrange(
      this.#figures,
      format.figures.map((figure) => element('span', '', visible(figure))),
    );
    put(this.#svg, { width: scale.width, 'aria-label': `Levels of ${label}` });
    put(this.#axis, { x1: xOn(scale, scale.low), x2: xOn(scale, scale.high), y1: LINE.base, y2: LINE.base });
    const x = (level: number): number => xOn(scale, level / unit);
    this.#bars.replaceChildren(
      ...line.marks.flatMap(({ level, usage }) => {
        const height = usage === null || mostUsage === 0 ? 0 : (usage / mostUsage) * LINE.bar;
        return height > 0 ? [drawn('rect', { x: x(level) - 4, y: LINE.base - height, width: 8, height })] : [];
      }),
    );
    this.#dots.replaceChildren(...line.thresholds.map((at) => drawn('circle', { cx: x(at), cy: LINE.base, r: 1.8 })));
    this.#showMarks(line.marks, x);
    const focused = codeAt(document.activeElement);
    if (focused !== undefined && this.#marks.get(focused) === document.activeElement) this.#say(focused);
  }

  /** A level is at another code than before: its mark goes along, and with it the focus and the pointer. */
  recode(from: number, to: number): void {
    const other = (code: number): number => (code === from ? to : code === to ? from : code);
    const marks = [...this.#marks].map(([code, mark]) => [other(code), mark] as const);
    this.#marks.clear();
    for (const [code, mark] of marks) {
      this.#marks.set(code, mark);
      put(mark, { 'data-code': code });
    }
    if (this.#stop !== undefined) this.#stop = other(this.#stop);
    if (this.#pointer) this.#pointer = { ...this.#pointer, code: other(this.#pointer.code) };
  }

  get #format(): PlainFormat {
    return this.#shown!.format;
  }

  #showMarks(marks: readonly LevelMark[], x: (level: number) => number): void {
    const { selectedCode } = this.#shown!;
    const codes = new Set(marks.map(({ code }) => code));
    for (const [code, mark] of this.#marks) {
      // The one that is moved stays, though it may lie on another level for a while.
      if (codes.has(code) || this.#actions.drag.isOf(this.#format.name, code)) continue;
      mark.remove();
      this.#marks.delete(code);
    }
    if (this.#stop === undefined || !codes.has(this.#stop)) this.#stop = marks[0]?.code;
    for (const one of marks) {
      const mark = this.#marks.get(one.code) ?? this.#newMark(one.code);
      this.#place(mark, one, x(one.level));
      mark.classList.toggle('is-selected', one.code === selectedCode);
    }
    const moved = this.#actions.drag.moved;
    const hidden = moved?.format === this.#format.name && !codes.has(moved.code) ? this.#marks.get(moved.code) : undefined;
    if (moved && hidden) this.#place(hidden, { ...this.#mark(moved.code), level: moved.level }, x(moved.level));
    // In the order of the levels, which is the order of the arrow keys. An element that is moved would lose the focus.
    if (!this.#levels.contains(document.activeElement)) {
      arrange(
        this.#levels,
        marks.flatMap(({ code }) => this.#marks.get(code) ?? []),
      );
    }
  }

  #newMark(code: number): SVGGElement {
    const mark = drawn(
      'g',
      { class: 'level', 'data-code': code },
      drawn('rect', { class: 'hit' }),
      drawn('line', {}),
      drawn('circle', { r: 0 }),
      drawn('title', {}),
    );
    this.#marks.set(code, mark);
    this.#levels.append(mark);
    return mark;
  }

  #place(mark: SVGGElement, { code, bits, level, usage }: LevelMark, x: number): void {
    const isMovable = this.#stepOf(code) !== null;
    const [hit, line, handle, title] = mark.children;
    put(hit!, { x: x - 6, y: 0, width: 12, height: LINE.height });
    const top = LINE.base - (level === 0 ? LINE.zero : LINE.level);
    put(line!, { x1: x, x2: x, y1: top, y2: LINE.base });
    put(handle!, { cx: x, cy: top, r: isMovable ? 3.5 : 0 });
    write(title!, said(bits, level, usage));
    mark.classList.toggle('is-movable', isMovable);
    const label = `${visible(this.#format.label)}, ${said(bits, level, usage)}`;
    put(mark, { 'aria-label': label, role: isMovable ? 'slider' : 'button', tabindex: code === this.#stop ? 0 : -1 });
    if (!isMovable) return;
    const { low, high } = this.#scale;
    const unit = this.#shown!.unit;
    put(mark, {
      'aria-valuenow': String(level),
      'aria-valuemin': String(Math.min(level, low * unit)),
      'aria-valuemax': String(Math.max(level, high * unit)),
      'aria-valuetext': said(bits, level, usage),
    });
  }

  #stepOf(code: number): number | null {
    return this.#format.places[code] ? (this.#format.steps[code] ?? null) : null;
  }

  #mark(code: number): LevelMark {
    const { format, line } = this.#shown!;
    const bits = code.toString(2).padStart(format.bits, '0');
    return line.marks.find((mark) => mark.code === code) ?? { code, bits, level: format.levels[code] ?? 0, x: 0, usage: null };
  }

  /** Writes beside the name what is known of a level. */
  #say(code: number | undefined): void {
    if (code === undefined || !this.#shown) {
      write(this.#readout, '');
      return;
    }
    const { bits, level, usage } = this.#mark(code);
    const moved = this.#actions.drag.moved;
    write(this.#readout, said(bits, moved?.format === this.#format.name && moved.code === code ? moved.level : level, usage));
  }

  #press(event: KeyboardEvent): void {
    const code = codeAt(event.target);
    if (code === undefined) return;
    const { drag } = this.#actions;
    const step = this.#stepOf(code);
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const further = {
      ArrowUp: 1,
      ArrowDown: -1,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
      ...(step === null ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
    }[event.key];
    if (further !== undefined) this.#go(code, further);
    else if (direction !== undefined && step !== null) {
      const { level } = drag.isOf(this.#format.name, code) ? drag.moved! : this.#mark(code);
      const by = event.altKey ? step : this.#keyStep(step) * (event.shiftKey ? 10 : 1);
      drag.move(this.#format, code, onGrid(level + direction * by, step));
    } else if (event.key === 'Escape') drag.cancel();
    else if (event.key === 'Enter' || event.key === ' ') {
      drag.end();
      this.#actions.reveal(this.#format.name, code);
    } else return;
    event.preventDefault();
  }

  /** To the level that is so many further, or to the last one there is. */
  #go(from: number, further: number): void {
    // First of all, as the level that is moved may only then be drawn where it is.
    this.#actions.drag.end();
    const order = this.#shown!.line.marks.map(({ code }) => code);
    this.#focus(order[Math.max(0, Math.min(order.length - 1, order.indexOf(from) + further))]!);
  }

  #focus(code: number): void {
    this.#actions.drag.end();
    for (const [other, mark] of this.#marks) put(mark, { tabindex: other === code ? 0 : -1 });
    this.#stop = code;
    this.#marks.get(code)?.focus();
  }

  /** What an arrow key moves by: a two-hundredth of the line, rounded to a power of ten, on the grid of the number. */
  #keyStep(step: number): number {
    const { low, high } = this.#scale;
    return Math.max(step, 10 ** Math.round(Math.log10(((high - low) * this.#shown!.unit) / 200)));
  }

  #grab(event: PointerEvent): void {
    const code = codeAt(event.target);
    if (code === undefined || event.button !== 0) return;
    this.#pointer = { code, from: event.clientX, isMoving: false };
    this.#levels.setPointerCapture(event.pointerId);
    this.#focus(code);
    // Else the browser begins to select text.
    event.preventDefault();
  }

  #pull({ clientX }: PointerEvent): void {
    const pointer = this.#pointer;
    if (!pointer) return;
    const step = this.#stepOf(pointer.code);
    if (step === null || (!pointer.isMoving && Math.abs(clientX - pointer.from) < CLICK)) return;
    // Escape ends it while the button is still down.
    if (pointer.isMoving && !this.#actions.drag.isOf(this.#format.name, pointer.code)) {
      this.#pointer = undefined;
      return;
    }
    pointer.isMoving = true;
    const { low, high, width } = this.#scale;
    const perPixel = ((high - low) * this.#shown!.unit) / (width - 2 * LINE.margin);
    const level = low * this.#shown!.unit + (clientX - this.#svg.getBoundingClientRect().left - LINE.margin) * perPixel;
    // A pixel's worth, rounded down to a power of ten: so the text gets at most one digit that nobody chose.
    this.#actions.drag.move(this.#format, pointer.code, onGrid(level, Math.max(step, 10 ** Math.floor(Math.log10(perPixel)))));
  }

  #drop({ pointerId }: PointerEvent): void {
    const pointer = this.#pointer;
    this.#pointer = undefined;
    if (!pointer) return;
    this.#levels.releasePointerCapture(pointerId);
    if (pointer.isMoving) this.#actions.drag.end();
    else this.#actions.reveal(this.#format.name, pointer.code);
  }
}

const codeAt = (target: EventTarget | null): number | undefined => {
  const code = target instanceof Element ? target.closest<SVGGElement>('[data-code]')?.dataset['code'] : undefined;
  return code === undefined ? undefined : Number(code);
};

const said = (bits: string, level: number, usage: number | null): string =>
  `${bits}: ${significant(level, 6).replace('-', '−')}${usage === null ? '' : `, used by ${percent(usage)}`}`;
