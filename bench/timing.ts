/** Durations of one thing done many times, in milliseconds. */
export interface Timing {
  readonly median: number;
  readonly p95: number;
  readonly n: number;
}

export function timing(durations: readonly number[]): Timing {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p95: at(0.95), n: sorted.length };
}

/** How long a piece of work takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A fixed sequence of numbers from 0 up to 1: every run makes the same edits of the same text. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Durations of one thing done many times, by the clock and in processor time: on a machine that is shared the two differ. */
export interface Both {
  readonly clock: Timing;
  readonly processor: Timing;
}

/** Does a thing and notes both durations, in milliseconds. Processor time is that of all threads, the collector's too. */
export class Stopwatch {
  readonly #clock: number[] = [];
  readonly #processor: number[] = [];

  time<T>(work: () => T): T {
    const before = process.cpuUsage();
    const start = performance.now();
    const result = work();
    this.#clock.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    this.#processor.push((user + system) / 1000);
    return result;
  }

  /** Without the first ones, which warm up the compiler as the first seconds of a session do. */
  after(nFirst: number): Both {
    return { clock: timing(this.#clock.slice(nFirst)), processor: timing(this.#processor.slice(nFirst)) };
  }
}
