/** Which neighbouring tokens become one. */
export interface Merges {
  /** The token that two tokens become together, if any. */
  together(a: number, b: number): number | undefined;
  /** Pairs that become a token of lower order go first; of equal ones, the first of the text. */
  order(token: number): number;
}

/**
 * Byte-pair encoding: of all neighbours that become one token, those of the lowest order do so, again and again until there are none. A
 * queue holds the pairs, so that a text takes n log n steps, where a search for the best pair takes n^2.
 */
export function merged(single: readonly number[], { together, order }: Merges): Uint32Array {
  const tokens = Int32Array.from(single);
  const after = Int32Array.from(single, (_, i) => i + 1);
  const before = Int32Array.from(single, (_, i) => i - 1);
  const queue = new PairQueue();
  const offer = (at: number): void => {
    const next = after[at]!;
    if (at < 0 || next >= tokens.length) return;
    const token = together(tokens[at]!, tokens[next]!);
    if (token !== undefined) queue.push({ at, first: tokens[at]!, second: tokens[next]!, token, order: order(token) });
  };
  for (let at = 0; at < tokens.length; at++) offer(at);
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    const { at, first, second, token } = pair;
    const next = after[at]!;
    // One of the two has become part of another token since. A token that is gone is -1, which no pair begins with.
    if (tokens[at] !== first || next >= tokens.length || tokens[next] !== second) continue;
    tokens[at] = token;
    tokens[next] = GONE;
    after[at] = after[next]!;
    if (after[at]! < tokens.length) before[after[at]!] = at;
    if (before[at]! >= 0) offer(before[at]!);
    offer(at);
  }
  return Uint32Array.from(tokens.filter((token) => token !== GONE));
}

const GONE = -1;

interface Pair {
  readonly at: number;
  readonly first: number;
  readonly second: number;
  readonly token: number;
  readonly order: number;
}

const goesFirst = (a: Pair, b: Pair): boolean => a.order < b.order || (a.order === b.order && a.at < b.at);

/** A binary heap, the pair that goes first on top. */
class PairQueue {
  readonly #heap: Pair[] = [];

  push(pair: Pair): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(pair);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!goesFirst(pair, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = pair;
  }

  pop(): Pair | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && goesFirst(heap[child + 1]!, heap[child]!)) child++;
      if (!goesFirst(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
