import type { Linear } from './model.ts';

/** Runs a model on sequences of tokens. */
export interface Engine {
  /**
   * Hands the logits of every position to `visit`, in order: those of position i are about token i + 1, and depend on tokens up to i. The
   * array is good during the call only. Tokens are integers below the number of tokens of the model, at most `mostTokens` of them.
   */
  run(tokens: ArrayLike<number>, visit: (position: number, logits: Float32Array) => void, signal?: { readonly aborted: boolean }): void;
  readonly mostTokens: number;
}

/** What is done to the inputs of linear layers before they are multiplied: quantized, recorded. */
export interface InputHook {
  /**
   * Whether the inputs of this linear layer are handed in. Those that are not go in unchanged, also where linear layers share their inputs.
   */
  takes(linear: Linear): boolean;
  /**
   * Changes the inputs of some linear layers in place: [token][width], float32. Query, key and value share their inputs, and so do gate and
   * up: these are handed in once. The head is never asked about, as the paper leaves it in full precision.
   */
  apply(linears: readonly Linear[], inputs: Float32Array, width: number): void;
}

/** Checks a sequence before anything is looked up by it: a fault of the caller. */
export function checkTokens(tokens: ArrayLike<number>, nTokens: number, most: number): void {
  if (tokens.length > most) throw new RangeError(`A sequence has at most ${most} tokens, not ${tokens.length}`);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!(Number.isInteger(token) && token >= 0 && token < nTokens))
      throw new RangeError(`Token ${i} is ${token}; the model has the tokens 0 to ${nTokens - 1}`);
  }
}

/** Ends a run that nobody waits for. */
export function throwIfAborted(signal: { readonly aborted: boolean } | undefined): void {
  if (signal?.aborted) throw Object.assign(new Error('The run of the model was aborted'), { name: 'AbortError' });
}
