import { Script } from 'node:vm';

/**
 * What a function returns, or why there is nothing, if it takes longer than a time. The function is stopped wherever it is, in a regular
 * expression too, and cannot catch that: what it was changing is not to be used again. Costs about a millisecond; works in every thread.
 */
export function withinTime<T>(mostMs: number, work: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: start.runInNewContext({ work }, { timeout: mostMs }) as T };
  } catch (error) {
    // Exceptions of the function itself are the caller's.
    if (!isTimeout(error)) throw error;
    return { fault: `took longer than ${mostMs / 1000} s` };
  }
}

const start = new Script('work()');

/** The exception is one of the other context, and so of no class that is known here. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
