/** The module, in a memory of its own. */
export interface DirectInstance {
  readonly memory: WebAssembly.Memory;
  readonly code: DirectCode;
}

export function newInstance(module: WebAssembly.Module): DirectInstance {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return { memory, code: new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as DirectCode };
}

/** What the module exports. Addresses are in bytes, lengths in weights; see kernels/. */
export interface DirectCode {
  bf16ToFloat(x: number, n: number, out: number): void;
  f16ToFloat(x: number, n: number, out: number, constants: number): void;
  ranges(x: number, n: number, start: number, line: number, block: number, low: number, high: number, constants: number): void;
  countNonFinite(x: number, n: number): number;
  replaceNonFinite(x: number, n: number, out: number, replacement: number): void;
  leaveOutNaN(x: number, n: number, reconstructs: number, places: number): void;
  findPlaces(
    x: number,
    n: number,
    inLine: number,
    line: number,
    block: number,
    scales: number,
    numbers: number,
    lookups: number,
    places: number,
    constants: number,
  ): number;
  reconstruct(
    places: number,
    n: number,
    inLine: number,
    line: number,
    block: number,
    scales: number,
    numbers: number,
    lookups: number,
    out: number,
    constants: number,
  ): void;
  addSignal(x: number, n: number, lane: number, sums: number): void;
  addNoise(x: number, reconstructs: number, n: number, lane: number, sums: number, maxError: number): number;
  addPower(x: number, reconstructs: number, n: number, lane: number, sums: number): void;
  countZeroed(x: number, reconstructs: number, n: number): number;
  countPlaces(places: number, n: number, counts: number): void;
  addBlockErrors(x: number, reconstructs: number, n: number, inLine: number, line: number, block: number, errors: number, by: number): void;
}
