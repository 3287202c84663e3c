import type { DragLevel } from '../protocol/panel.ts';

/** What a drag tells the client, but for the document and the version of the messages. */
export type DragStep = Pick<DragLevel, 'drag' | 'phase' | 'format' | 'code' | 'level'>;

/** A level that is being moved: where it is now, before the text has followed. */
export interface MovedLevel {
  readonly format: string;
  readonly code: number;
  readonly level: number;
}

/**
 * One drag at a time, by pointer or by keys. Moves go out with the next frame, so that the client hears of none more often than it can be seen.
 * The moved level stays in place after the end, until {@link LevelDrag.settle} finds that the text has followed.
 */
export class LevelDrag {
  readonly #send: (step: DragStep) => void;
  readonly #changed: () => void;
  #drag = 0;
  #moved: MovedLevel | null = null;
  #isActive = false;
  /** Where the level has been in this drag, as far as the client was told. */
  readonly #passed = new Set<number>();
  /** Whether an answer has come since the drag ended. */
  #isLate = false;
  /** The frame that the next move waits for. */
  #frame: number | undefined;

  constructor(send: (step: DragStep) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  get moved(): MovedLevel | null {
    return this.#moved;
  }

  isOf(format: string, code: number): boolean {
    return this.#isActive && this.#moved?.format === format && this.#moved.code === code;
  }

  /** Begins a drag, or goes on with the one of the same level. */
  move(format: string, code: number, level: number): void {
    if (!this.isOf(format, code)) {
      this.end();
      this.#drag += 1;
      this.#passed.clear();
      this.#isActive = true;
    }
    this.#moved = { format, code, level };
    this.#frame ??= requestAnimationFrame(() => this.#flush());
    this.#changed();
  }

  end(): void {
    if (!this.#isActive) return;
    this.#flush();
    this.#isActive = false;
    this.#isLate = false;
    this.#say('end');
  }

  /** Takes all moves of the drag back. */
  cancel(): void {
    if (!this.#isActive) return;
    this.#dropFrame();
    this.#isActive = false;
    this.#say('cancel');
    this.#moved = null;
    this.#changed();
  }

  /**
   * The text has been drawn anew, in which the moved code has `level`, and had `before` in the answer before. The first answer after the end may have
   * been on its way: where it has a place that the drag has left behind, it is passed over. What it says else is so, moved or refused.
   */
  settle(level: number | undefined, before: number | undefined): void {
    if (this.#isActive || !this.#moved) return;
    const isLeft = level !== undefined && level !== this.#moved.level && (level === before || this.#passed.has(level));
    if (!isLeft || this.#isLate) this.#moved = null;
    this.#isLate = true;
  }

  #flush(): void {
    if (this.#frame === undefined) return;
    this.#dropFrame();
    this.#say('move');
  }

  #dropFrame(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #say(phase: DragStep['phase']): void {
    if (!this.#moved) return;
    this.#passed.add(this.#moved.level);
    this.#send({ drag: this.#drag, phase, ...this.#moved });
  }
}

/** A level on the grid of its number in the text, as near as a pixel can tell where it is to be. */
export function onGrid(level: number, step: number): number {
  if (!(step > 0)) return level;
  const decimals = Math.min(15, Math.max(0, Math.ceil(-Math.log10(step))));
  const rounded = Number((Math.round(level / step) * step).toFixed(decimals));
  return Object.is(rounded, -0) ? 0 : rounded;
}
