import type { Position } from '../protocol/messages.ts';
import type { DragLevel } from '../protocol/panel.ts';
import type { PlainFormat } from '../protocol/pictures.ts';

/** What a drag tells the client, but for the document and the version of the messages. */
export type DragStep = Pick<DragLevel, 'drag' | 'phase' | 'format' | 'code' | 'level'>;

/** A level that is being moved: where it is now, before the text has followed. */
export interface MovedLevel {
  readonly format: string;
  readonly code: number;
  readonly level: number;
}

/**
 * One drag at a time, by pointer or by keys. Moves go out, and are drawn, with the next frame: none more often than it can be seen.
 * The moved level stays in place after the end, until {@link LevelDrag.follow} finds that the text has followed.
 */
export class LevelDrag {
  readonly #send: (step: DragStep) => void;
  readonly #changed: () => void;
  #drag = 0;
  #moved: MovedLevel | null = null;
  /** Where its number begins: the code changes where levels pass one another, this does not. */
  #start: Position | undefined;
  /** The level as the text last had it. */
  #read: number | null = null;
  #isActive = false;
  /** Where the level has been in this drag, as far as the client was told. */
  readonly #passed = new Set<number>();
  /** Whether an answer has come since the drag ended. */
  #isLate = false;
  /** The frame that the next move waits for. */
  #frame: number | undefined;

  /** @param changed Called where {@link LevelDrag.moved} is to be drawn anew. */
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
  move(format: PlainFormat, code: number, level: number): void {
    if (!this.isOf(format.name, code)) {
      this.end();
      this.#drag += 1;
      this.#passed.clear();
      this.#isActive = true;
      this.#start = format.places[code]?.range.start;
      this.#read = format.levels[code] ?? null;
    }
    this.#moved = { format: format.name, code, level };
    this.#frame ??= requestAnimationFrame(() => this.#flush());
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
   * Follows the text to what an answer has of the formats. The first one after the end may have been on its way: where it has a place that the drag has
   * left behind, it is passed over. What it says else is so, moved or refused.
   * @returns The code that the moved level is at now; undefined where none is moved.
   */
  follow(formats: readonly PlainFormat[]): number | undefined {
    if (!this.#moved) return undefined;
    const { format: name, code: last, level } = this.#moved;
    const format = formats.find((one) => one.name === name);
    const code = this.#codeIn(format, last);
    const [before, now] = [this.#read, format?.levels[code] ?? null];
    this.#read = now;
    this.#moved = { format: name, code, level };
    if (this.#isActive) return code;
    const isLeft = now !== null && now !== level && (now === before || this.#passed.has(now));
    if (!isLeft || this.#isLate) this.#moved = null;
    this.#isLate = true;
    return code;
  }

  /** The code whose number begins where the moved one does. One number may be that of several codes, and of two equal ones only one may be known. */
  #codeIn(format: PlainFormat | undefined, last: number): number {
    const places = format?.places ?? [];
    const isHere = (place: PlainFormat['places'][number] | undefined): boolean =>
      place?.range.start.line === this.#start?.line && place?.range.start.character === this.#start?.character;
    const found = isHere(places[last]) ? last : places.findIndex(isHere);
    return found < 0 ? last : found;
  }

  #flush(): void {
    if (this.#frame === undefined) return;
    this.#dropFrame();
    this.#say('move');
    this.#changed();
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
