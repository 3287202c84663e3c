import { Failure } from './output.ts';

/** Runs something long that Ctrl-C ends in good order; its bar is gone when it is done. */
export async function interruptible<T>(bar: { readonly clear: () => void }, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  process.once('SIGINT', stop);
  try {
    return await work(interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) throw new Failure('Interrupted', 130);
    throw error;
  } finally {
    bar.clear();
    process.off('SIGINT', stop);
  }
}
