/** A stretch of a document that a model is run on by itself: it sees nothing before. */
export interface TextWindow {
  /** The number of the document it is of: windows of one document are not independent. */
  readonly document: number;
  readonly inputs: Uint32Array;
  /** `targets[i]` is what follows `inputs[i]`. */
  readonly targets: Uint32Array;
}

/** How many tokens are predicted in windows. */
export const nTargets = (windows: readonly TextWindow[]): number => windows.reduce((sum, { targets }) => sum + targets.length, 0);

/** How documents are cut. */
export interface Cutting {
  /** Inputs of a window: at most the context of the model. */
  readonly length: number;
  /** Stands before each document, where the model was trained so. */
  readonly begin: number | undefined;
  /** What is left of a document behind its last whole window: dropped, so that all windows weigh the same, or kept as a shorter one. */
  readonly rest: 'drop' | 'keep';
  /** Targets after which no further window is begun; undefined for all of the text. */
  readonly mostTargets: number | undefined;
}

/**
 * Cuts documents into consecutive windows: the inputs of one end where those of the next begin, and each target is predicted once, from the
 * inputs of its own window up to it.
 */
export function windowsOf(
  documents: readonly Uint32Array[],
  { length, begin, rest, mostTargets = Number.POSITIVE_INFINITY }: Cutting,
): readonly TextWindow[] {
  if (!(Number.isInteger(length) && length > 0)) throw new RangeError(`Windows have at least one token, not ${length}`);
  const windows: TextWindow[] = [];
  let left = mostTargets;
  for (const [document, own] of documents.entries()) {
    const tokens = begin === undefined ? own : withFirst(begin, own);
    for (let from = 0; from + 1 < tokens.length && left > 0; from += length) {
      const n = Math.min(length, tokens.length - 1 - from);
      if (n < length && rest === 'drop') break;
      windows.push({ document, inputs: tokens.subarray(from, from + n), targets: tokens.subarray(from + 1, from + 1 + n) });
      left -= n;
    }
  }
  return windows;
}

function withFirst(first: number, rest: Uint32Array): Uint32Array {
  const all = new Uint32Array(rest.length + 1);
  all[0] = first;
  all.set(rest, 1);
  return all;
}

/**
 * The first windows of all documents in turn, until they have as many targets: the first of each document, then the second of each. A part of
 * a text is then of all its documents, and less of it is the beginning of more of it.
 */
export function windowsInTurn(windows: readonly TextWindow[], mostTargets: number): readonly TextWindow[] {
  const byDocument = new Map<number, TextWindow[]>();
  for (const window of windows) {
    const own = byDocument.get(window.document);
    if (own) own.push(window);
    else byDocument.set(window.document, [window]);
  }
  const taken: TextWindow[] = [];
  let waiting = [...byDocument.values()];
  let left = mostTargets;
  for (let turn = 0; waiting.length > 0; turn++) {
    for (const own of waiting) {
      if (!(left > 0)) return taken;
      taken.push(own[turn]!);
      left -= own[turn]!.targets.length;
    }
    waiting = waiting.filter((own) => own.length > turn + 1);
  }
  return taken;
}
