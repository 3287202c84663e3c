/** What the module exports. Addresses and lengths are in bytes and weights; see kernels/. */
export interface KernelCode {
  scatter(
    x: number,
    from: number,
    to: number,
    start: number,
    line: number,
    block: number,
    references: number,
    magnitudes: number,
    table: number,
    totals: number,
    constants: number,
    scratch: number,
  ): number;
  scatterPrecisely(
    x: number,
    from: number,
    to: number,
    start: number,
    line: number,
    block: number,
    references: number,
    magnitudes: number,
    sums: number,
    constants: number,
  ): number;
  drift(table: number, totals: number): number;
  flush(table: number, totals: number, sums: number): void;
  scatterBf16(
    x: number,
    from: number,
    to: number,
    start: number,
    line: number,
    block: number,
    planes: number,
    directory: number,
    constants: number,
  ): number;
  listAbove(values: number, n: number, limit: number, list: number, constants: number): number;
  countNonZero(values: number, n: number, constants: number): number;
  leastNonZero(values: number, n: number, constants: number): number;
  fourthPowers(values: number, n: number): number;
  bf16ToFloat(x: number, n: number, out: number): void;
  f16ToFloat(x: number, n: number, out: number, constants: number): void;
  countCodes(x: number, n: number, even: number, odd: number): void;
  countTop16(x: number, n: number, even: number, odd: number): number;
  absmaxes(x: number, n: number, start: number, line: number, block: number, out: number, constants: number): void;
  ranges(x: number, n: number, start: number, line: number, block: number, low: number, high: number, constants: number): void;
  readAll(x: number, n: number): number;
  survey(x: number, n: number, start: number, line: number, block: number, out: number, sums: number, constants: number): void;
}
