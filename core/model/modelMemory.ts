import type { Architecture } from './architecture.ts';
import { expConstants } from './exp32.ts';

/** Where everything of a model lies in the memory of its engine, in bytes. */
export interface ModelMemory {
  /** As kernels/exp.ts reads them. */
  readonly constants: number;
  /** 32 numbers, for `multiply`. */
  readonly tile: number;
  /** The packed weights of linear layers, in the order of the layers and of `linearsOf`, and those of the head. */
  readonly linears: readonly number[];
  readonly head: number;
  /** The residual stream, and what is added to it: [token][hidden]. */
  readonly stream: number;
  readonly sum: number;
  /** Inputs of query, key and value, and of gate and up: [token][hidden]. */
  readonly inputs: number;
  readonly query: number;
  readonly key: number;
  readonly value: number;
  /** Inputs of output: [token][head][headSize]. */
  readonly attended: number;
  /** [token][intermediate]; gate is then the input of down. */
  readonly gate: number;
  readonly up: number;
  /** Of {@link LOGIT_ROWS} tokens. */
  readonly logits: number;
  /** Keys of a group, and a row of scores, for `attend`. */
  readonly turned: number;
  readonly scores: number;
  readonly end: number;
}

/** Positions whose logits are made at a time: they take the most room where there are many tokens. */
export const LOGIT_ROWS = 32;

/** What WebAssembly can address, less a page. */
const MOST_BYTES = 2 ** 32 - 2 ** 16;

/** The most tokens, up to the context, of a sequence that an engine has memory for; 0 where not even the weights fit. */
export function longestSequence(architecture: Architecture): number {
  let [fits, tooLong] = [0, architecture.context + 1];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (modelMemory(architecture, middle).end <= MOST_BYTES) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

export function modelMemory(architecture: Architecture, mostTokens: number): ModelMemory {
  const { hidden, intermediate, nLayers, nHeads, nKeyValueHeads, headSize, nTokens } = architecture;
  const queries = nHeads * headSize;
  const keys = nKeyValueHeads * headSize;
  // Below 1 024 would lie the compiler's own data, were there any.
  let next = 1024;
  // Kernels read and write whole vectors, so there is room behind each array.
  const floats = (n: number): number => {
    const address = next;
    next += Math.ceil((4 * n + 64) / 64) * 64;
    return address;
  };
  const packed = (nOut: number, nIn: number): number => floats(Math.ceil(nOut / PANEL) * PANEL * nIn);
  const line = Math.ceil(mostTokens / 16) * 16;
  const parts = {
    constants: floats(16),
    tile: floats(32),
    linears: Array.from({ length: nLayers }, () => [
      packed(queries, hidden),
      packed(keys, hidden),
      packed(keys, hidden),
      packed(hidden, queries),
      packed(intermediate, hidden),
      packed(intermediate, hidden),
      packed(hidden, intermediate),
    ]).flat(),
    head: packed(nTokens, hidden),
    stream: floats(mostTokens * hidden),
    sum: floats(mostTokens * hidden),
    inputs: floats(mostTokens * hidden),
    query: floats(mostTokens * queries),
    key: floats(mostTokens * keys),
    value: floats(mostTokens * keys),
    attended: floats(mostTokens * queries),
    gate: floats(mostTokens * intermediate),
    up: floats(mostTokens * intermediate),
    logits: floats(LOGIT_ROWS * nTokens),
    turned: floats(headSize * line),
    scores: floats(line),
  };
  return { ...parts, end: next };
}

/** Outputs of a panel of packed weights. */
const PANEL = 8;

/** Writes weights, [nOut][nIn], as `multiply` reads them: in panels of eight outputs, the last filled up with zeros. */
export function pack(weights: Float32Array, nOut: number, nIn: number, packed: Float32Array): void {
  for (let first = 0; first < nOut; first += PANEL) {
    const panel = packed.subarray(first * nIn, (first + PANEL) * nIn);
    for (let o = 0; o < PANEL; o++) {
      const row = (first + o) * nIn;
      for (let i = 0; i < nIn; i++) panel[i * PANEL + o] = first + o < nOut ? weights[row + i]! : 0;
    }
  }
}

export const packedLength = (nOut: number, nIn: number): number => Math.ceil(nOut / PANEL) * PANEL * nIn;

export function writeExpConstants(memory: ArrayBuffer, address: number): void {
  const { least, most, log2e, ln2High, ln2Low, polynomial } = expConstants;
  new Float32Array(memory, address, 12).set([least, most, log2e, ln2High, ln2Low, ...polynomial, 1]);
  new Int32Array(memory, address + 48, 1)[0] = 127;
}
