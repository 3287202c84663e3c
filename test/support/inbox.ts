/** Far beyond what almost anything here takes: what has not come by then does not come. */
const limitMs = 10_000;

/** What arrives in its own time, kept so that a test may wait for it before or after. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting = new Set<() => void>();

  get all(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    this.#items.push(item);
    for (const look of [...this.#waiting]) look();
  }

  /** The first item, from place `from` on, that is as wanted. Rejects where none comes in time. */
  until(isWanted: (item: T) => boolean, from = 0, withinMs = limitMs): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.#items.slice(from).find(isWanted);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`Nothing as wanted came, only ${JSON.stringify(this.#items.slice(from)).slice(0, 2000)}`));
      }, withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits for the next item from now on. */
  next(isWanted: (item: T) => boolean = () => true): Promise<T> {
    return this.until(isWanted, this.#items.length);
  }
}
