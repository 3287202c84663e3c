import { arrange, element } from './dom.ts';

/**
 * The body of a table whose rows are known by a key. A row that stays is the same element with other texts: it keeps the focus, and a click that an
 * answer comes into.
 */
export class KeyedRows<Row> {
  readonly root = element('tbody', '');
  readonly #keyOf: (row: Row) => string;
  readonly #make: (row: Row) => HTMLTableRowElement;
  #known: ReadonlyMap<string, HTMLTableRowElement> = new Map();

  /** @param make Makes what does not change as long as the key does not. */
  constructor(keyOf: (row: Row) => string, make: (row: Row) => HTMLTableRowElement) {
    this.#keyOf = keyOf;
    this.#make = make;
  }

  show(rows: readonly Row[], fill: (made: HTMLTableRowElement, row: Row) => void): void {
    const shown = new Map<string, HTMLTableRowElement>();
    const nSeen = new Map<string, number>();
    for (const row of rows) {
      const key = this.#keyOf(row);
      // Of rows with one key, as of a format under two scales, the first stays the first.
      const n = nSeen.get(key) ?? 0;
      nSeen.set(key, n + 1);
      const place = `${n} ${key}`;
      const made = this.#known.get(place) ?? this.#make(row);
      fill(made, row);
      shown.set(place, made);
    }
    this.#known = shown;
    arrange(this.root, [...shown.values()]);
  }
}
