import type { Architecture } from './architecture.ts';
import { checkTokens, type Engine, type InputHook, throwIfAborted } from './engine.ts';
import { add, normalise, rotate, rotations } from './layerSteps.ts';
import { type Linear, linearsOf, type Model } from './model.ts';
import { LOGIT_ROWS, modelMemory, pack, packedLength, writeExpConstants } from './modelMemory.ts';

/** An engine by the kernels, in a memory of its own, which is taken once and for all models of an architecture. */
export interface FastEngine extends Engine {
  /**
   * Exchanges the model for another one of the same architecture, as by other weights, and the hook. Weights that are the same array are
   * not copied again.
   */
  load(model: Model, hook: InputHook | undefined): void;
}

/**
 * An engine whose logits are those of `referenceEngine` to the last bit, of the bytes of kernels/kernels.wasm. `mostTokens` is at most
 * `longestSequence(architecture)`: memory is for the weights in float32 and some rows per token. Throws a `RangeError` where the machine
 * has not so much.
 */
export function fastEngine(wasm: Uint8Array<ArrayBuffer>, model: Model, mostTokens: number, hook: InputHook | undefined): FastEngine {
  const { architecture } = model;
  const { hidden, intermediate, nHeads, nKeyValueHeads, headSize, nTokens, normEpsilon, rotaryPairs } = architecture;
  if (!(Number.isInteger(mostTokens) && mostTokens > 0 && mostTokens <= architecture.context))
    throw new RangeError(`A sequence has 1 to ${architecture.context} tokens, not up to ${mostTokens}`);
  const at = modelMemory(architecture, mostTokens);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(at.end / PAGE) });
  const code = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports as unknown as Code;
  const { buffer } = memory;
  writeExpConstants(buffer, at.constants);
  const turns = rotations(mostTokens, headSize, architecture.rotaryBase);
  const scale = Math.fround(1 / Math.sqrt(headSize));
  const loaded = new Map<number, Float32Array>();
  let current = model;
  let currentHook = hook;

  const floats = (address: number, n: number): Float32Array => new Float32Array(buffer, address, n);

  const put = ({ weights, nOut, nIn }: Linear, address: number): void => {
    if (loaded.get(address) === weights) return;
    pack(weights, nOut, nIn, floats(address, packedLength(nOut, nIn)));
    loaded.set(address, weights);
  };

  const load = (next: Model, nextHook: InputHook | undefined): void => {
    if (!isAlike(next.architecture, architecture)) throw new RangeError('An engine runs models of one architecture');
    next.layers.flatMap(linearsOf).forEach((linear, i) => {
      put(linear, at.linears[i]!);
    });
    put(next.head, at.head);
    current = next;
    currentHook = nextHook;
  };

  /** Where linear layers lie, and where their outputs go. */
  type Placed = readonly [linear: Linear, weights: number, out: number];

  const multiply = ([{ nIn, nOut }, weights, out]: Placed, inputs: number, nRows: number): void =>
    code.multiply(inputs, nRows, nIn, weights, nOut, out, at.tile);

  /** Multiplies by linear layers that share their inputs: first by those that a hook does not take. */
  const multiplyAll = (placed: readonly Placed[], inputs: number, nRows: number): void => {
    const taken = placed.filter(([linear]) => currentHook?.takes(linear));
    for (const each of placed) if (!taken.includes(each)) multiply(each, inputs, nRows);
    if (taken.length === 0) return;
    const width = taken[0]![0].nIn;
    currentHook!.apply(
      taken.map(([linear]) => linear),
      floats(inputs, nRows * width),
      width,
    );
    for (const each of taken) multiply(each, inputs, nRows);
  };

  const runLayer = (layer: number, n: number): void => {
    const { attentionNorm, mlpNorm, query, key, value, output, gate, up, down } = current.layers[layer]!;
    const own = at.linears.slice(7 * layer) as unknown as readonly [number, number, number, number, number, number, number];
    const stream = floats(at.stream, n * hidden);
    const inputs = floats(at.inputs, n * hidden);
    const sum = floats(at.sum, n * hidden);

    normalise(stream, attentionNorm, normEpsilon, inputs);
    multiplyAll(
      [
        [query, own[0], at.query],
        [key, own[1], at.key],
        [value, own[2], at.value],
      ],
      at.inputs,
      n,
    );
    rotate(floats(at.query, n * nHeads * headSize), nHeads, headSize, rotaryPairs, turns);
    rotate(floats(at.key, n * nKeyValueHeads * headSize), nKeyValueHeads, headSize, rotaryPairs, turns);
    const { query: q, key: k, value: v, turned, scores, attended, constants } = at;
    code.attend(q, k, v, n, nHeads, nKeyValueHeads, headSize, scale, turned, scores, attended, constants);
    multiplyAll([[output, own[3], at.sum]], at.attended, n);
    add(stream, sum);

    normalise(stream, mlpNorm, normEpsilon, inputs);
    multiplyAll(
      [
        [gate, own[4], at.gate],
        [up, own[5], at.up],
      ],
      at.inputs,
      n,
    );
    code.gate(at.gate, at.up, n * intermediate, at.constants);
    multiplyAll([[down, own[6], at.sum]], at.gate, n);
    add(stream, sum);
  };

  load(model, hook);
  return {
    mostTokens,
    load,
    run(tokens, visit, signal) {
      checkTokens(tokens, nTokens, mostTokens);
      const n = tokens.length;
      const stream = floats(at.stream, n * hidden);
      for (let t = 0; t < n; t++) stream.set(current.embedding.subarray(tokens[t]! * hidden, (tokens[t]! + 1) * hidden), t * hidden);
      for (let layer = 0; layer < current.layers.length; layer++) {
        throwIfAborted(signal);
        runLayer(layer, n);
      }
      normalise(stream, current.lastNorm, normEpsilon, floats(at.inputs, n * hidden));
      for (let from = 0; from < n; from += LOGIT_ROWS) {
        const nRows = Math.min(LOGIT_ROWS, n - from);
        multiply([current.head, at.head, at.logits], at.inputs + 4 * from * hidden, nRows);
        for (let row = 0; row < nRows; row++) visit(from + row, floats(at.logits + 4 * row * nTokens, nTokens));
      }
    },
  };
}

const PAGE = 65_536;

const isAlike = (a: Architecture, b: Architecture): boolean => (Object.keys(a) as (keyof Architecture)[]).every((key) => a[key] === b[key]);

/** What the module exports. Addresses are in bytes; see kernels/. */
interface Code {
  multiply(x: number, nRows: number, nIn: number, weights: number, nOut: number, out: number, tile: number): void;
  gate(gates: number, ups: number, n: number, constants: number): void;
  attend(
    queries: number,
    keys: number,
    values: number,
    nTokens: number,
    nHeads: number,
    nGroups: number,
    headSize: number,
    scale: number,
    turned: number,
    scores: number,
    out: number,
    constants: number,
  ): void;
}
