/** How a run of consecutive weights is cut into blocks: line by line, each line into blocks of which the last may be shorter. */
export interface Lines {
  /** A row; a whole tensor where blocks do not end with a row. */
  readonly lineLength: number;
  readonly block: number;
  /** The place in its line of the first weight of the run, a multiple of `block`. */
  readonly start: number;
}

/** Calls for the weights `from` to `to` of each block of a run of `n`, the last of which may be cut short by the end. */
export function eachBlock(n: number, lines: Lines, visit: (from: number, to: number, block: number) => void): void {
  let block = 0;
  for (let from = 0; from < n; ) {
    const to = Math.min(n, from + blockLength(from, lines));
    visit(from, to, block++);
    from = to;
  }
}

/** Length of the block that begins with a weight of the run. */
export const blockLength = (from: number, { lineLength, block, start }: Lines): number =>
  Math.min(block, lineLength - ((start + from) % lineLength));

/** Number of the block that begins with a weight of the run. */
export const blockNumber = (from: number, { lineLength, block, start }: Lines): number =>
  Math.floor((start + from) / lineLength) * Math.ceil(lineLength / block) + ((start + from) % lineLength) / block - start / block;

/** The blocks of a run, a last one that is cut short included. */
export const nBlocks = (n: number, lines: Lines): number => Math.ceil(blockNumber(n, lines));
