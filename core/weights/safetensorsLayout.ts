import { counted, quoted } from './problem.ts';
import type { HeaderEntry, Range } from './safetensorsEntry.ts';

/** What the tensors of a file say together: they must tile its data without gap or overlap. */
export interface Layout {
  /** Each kind of fault once, with the first tensor it concerns. */
  readonly faults: readonly LayoutFault[];
  /** Tensors whose bytes are not, or not only, theirs. */
  readonly unsafe: ReadonlySet<string>;
}

export interface LayoutFault {
  readonly message: string;
  readonly tensor: string | undefined;
}

/** Compares the ranges of all tensors with each other and with the `dataSize` bytes that there are. */
export function checkLayout(entries: readonly HeaderEntry[], dataSize: number): Layout {
  const placed = entries.flatMap(placedRange).sort((a, b) => a.begin - b.begin || a.end - b.end);
  const beyond = placed.filter((p) => p.end > dataSize);
  const within = placed.filter((p) => p.end <= dataSize);
  const overlaps = overlapping(within);

  // A tensor that lies elsewhere than it says leaves a gap where it really is: saying so as well would be noise.
  const complete = beyond.length === 0 && placed.length === entries.length;
  return {
    faults: [
      truncation(beyond, dataSize),
      overlapFault(overlaps),
      ...(complete ? [gapFault(within), trailing(within, dataSize)] : []),
    ].filter((fault) => fault !== undefined),
    unsafe: new Set([...beyond, ...overlaps.flat()].map((p) => p.name)),
  };
}

interface Placed extends Range {
  readonly name: string;
}

function placedRange(entry: HeaderEntry): Placed[] {
  const range = entry.kind === 'faulty' ? entry.range : entry;
  return range ? [{ name: entry.name, begin: range.begin, end: range.end }] : [];
}

function truncation(beyond: readonly Placed[], dataSize: number): LayoutFault | undefined {
  const first = beyond[0];
  if (!first) return undefined;
  const last = beyond.reduce((a, b) => (b.end > a.end ? b : a));
  return {
    message: `The file is cut short: it holds ${counted(dataSize, 'byte')} of data, but ${quoted(last.name)} ends at byte ${last.end}; ${counted(beyond.length, 'tensor')} cannot be read`,
    tensor: last.name,
  };
}

/** Pairs of which the second begins inside the first, in order. Every tensor that shares a byte with another is in a pair. */
function overlapping(sorted: readonly Placed[]): readonly (readonly [Placed, Placed])[] {
  const pairs: [Placed, Placed][] = [];
  let farthest: Placed | undefined;
  for (const next of sorted) {
    if (next.begin === next.end) continue;
    if (farthest && next.begin < farthest.end) pairs.push([farthest, next]);
    if (!farthest || next.end > farthest.end) farthest = next;
  }
  return pairs;
}

function overlapFault(pairs: readonly (readonly [Placed, Placed])[]): LayoutFault | undefined {
  if (!pairs[0]) return undefined;
  const [a, b] = pairs[0];
  const more = pairs.length > 1 ? ` (the first of ${pairs.length} such pairs)` : '';
  return {
    message: `${quoted(a.name)} (bytes ${a.begin} to ${a.end}) and ${quoted(b.name)} (bytes ${b.begin} to ${b.end}) overlap${more}, so they are not read`,
    tensor: b.name,
  };
}

function gapFault(sorted: readonly Placed[]): LayoutFault | undefined {
  const gaps: { readonly at: number; readonly before: Placed }[] = [];
  let at = 0;
  for (const next of sorted) {
    if (next.begin === next.end) continue;
    if (next.begin > at) gaps.push({ at, before: next });
    at = Math.max(at, next.end);
  }
  const first = gaps[0];
  if (!first) return undefined;
  const more = gaps.length > 1 ? ` (the first of ${gaps.length} gaps)` : '';
  const { name, begin } = first.before;
  return { message: `Bytes ${first.at} to ${begin} of the data, before ${quoted(name)}, belong to no tensor${more}`, tensor: name };
}

function trailing(sorted: readonly Placed[], dataSize: number): LayoutFault | undefined {
  const end = sorted.reduce((most, p) => Math.max(most, p.end), 0);
  if (end === dataSize) return undefined;
  return { message: `The last ${counted(dataSize - end, 'byte')} of the file belong to no tensor`, tensor: undefined };
}
