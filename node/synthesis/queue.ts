/** Does one thing at a time, in the order asked. What is aborted while it waits is never begun. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const result = before.then(() => {
      signal.throwIfAborted();
      return task();
    });
    // The next task waits for this one however it ends; whoever asked for it is told by `result`.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
