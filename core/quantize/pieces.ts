import type { FloatArray } from '../numeric/arithmetic.ts';
import type { Tensor } from '../weights/tensor.ts';
import type { BlockLayout, Window } from './blockLayout.ts';

/** A tensor that is read a chunk at a time. The last chunk is kept, so that going over the same weights again costs no read. */
export interface Source<X extends FloatArray> {
  readonly chunk: number;
  read(from: number, n: number): Promise<X>;
}

export function source<X extends FloatArray>(
  tensor: Pick<Tensor, 'n' | 'read'>,
  buffer: (n: number) => X,
  chunk: number,
  signal: { readonly aborted: boolean } | undefined,
): Source<X> {
  if (!(Number.isInteger(chunk) && chunk > 0)) throw new RangeError(`A chunk has at least one weight, not ${chunk}`);
  let whole: X | undefined;
  let held: { readonly from: number; readonly weights: X } | undefined;
  return {
    chunk,
    async read(from, n) {
      if (signal?.aborted) throw Object.assign(new Error('The measurement was aborted'), { name: 'AbortError' });
      if (held?.from !== from || held.weights.length !== n) {
        held = undefined;
        whole ??= buffer(Math.min(chunk, tensor.n));
        const weights = whole.subarray(0, n) as X;
        await tensor.read(from, weights);
        held = { from, weights };
      }
      return held.weights;
    },
  };
}

/** Consecutive weights of a window, and the part of a panel they begin with. */
export interface Piece<X extends FloatArray> {
  readonly window: Window;
  readonly weights: X;
  /** Place of the first weight in the window. */
  readonly from: number;
}

/** The weights of a window in order: at once where they fit the chunk, else, of a single panel, chunk by chunk. */
export async function* pieces<X extends FloatArray>({ chunk, read }: Source<X>, window: Window): AsyncGenerator<Piece<X>> {
  for (let from = 0; from < window.n; from += chunk) {
    yield { window, weights: await read(window.from + from, Math.min(chunk, window.n - from)), from };
  }
}

/** What lies of each panel in a piece: weights `from` to `to` of it, beginning in `column`; `block` is the place of the panel's first block in the window. */
export function eachPanel(
  layout: BlockLayout,
  { window, weights, from: start }: Piece<FloatArray>,
  visit: (from: number, to: number, column: number, block: number) => void,
): void {
  if (window.nPanels === 1) {
    visit(0, weights.length, start % layout.width, 0);
    return;
  }
  const { width, height, lineLength, panelsPerLine } = layout;
  let inLine = window.firstPanel % panelsPerLine;
  for (let panel = 0, from = 0; panel < window.nPanels; panel++) {
    const to = from + Math.min(height, lineLength - inLine * height) * width;
    visit(from, to, 0, panel * width);
    from = to;
    if (++inLine === panelsPerLine) inLine = 0;
  }
}
