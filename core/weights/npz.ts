import { type Reader, unzipRaw, type ZipEntry } from 'unzipit';
import { readBytes, slice } from './byteRange.ts';
import { readNpyArray } from './npy.ts';
import { firstProblems, quoted, unreadable } from './problem.ts';
import type { ByteSource, Tensor, WeightFile, WeightProblem } from './tensor.ts';
import { reasonOf } from './visibleName.ts';

/**
 * Reads a numpy archive. Stored entries are read in place; deflated ones are inflated when first read, one at a time.
 * Integer arrays and entries that are no `.npy` are passed over. Names of entries are names of tensors and never paths.
 */
export async function readNpz(source: ByteSource): Promise<WeightFile> {
  const archive = await openArchive(source);
  if ('refused' in archive) return { tensors: [], problems: [unreadable(source.name, archive.refused)] };

  const tensors: Tensor[] = [];
  const problems: WeightProblem[] = [];
  const seen = new Set<string>();
  const inflated: InflatedSlot = { entry: undefined, bytes: undefined };
  for (const entry of archive.entries) {
    if (entry.isDirectory || !entry.name.endsWith('.npy')) continue;
    const name = entry.name.slice(0, -'.npy'.length);
    const found = seen.has(name) ? 'is in the archive twice; the first is read' : await readEntry(source, archive, entry, name, inflated);
    seen.add(name);
    if (typeof found === 'string') problems.push(unreadable(source.name, `${quoted(name)} ${found}`, name));
    else if (found) {
      tensors.push({ ...found.tensor, file: source.name });
      problems.push(...found.problems.map((problem) => ({ ...problem, file: source.name })));
    }
  }
  return { tensors, problems: firstProblems(source.name, problems) };
}

const maxEntries = 100_000;
// 100 000 entries with names of 100 characters.
const maxDirectoryBytes = 16 << 20;
const maxInflatedBytes = 2 ** 30;
// Deflate cannot do better than 1032:1, so whoever claims more is lying about the size.
const maxRatio = 1100;

interface Archive {
  readonly entries: readonly ZipEntry[];
  readonly reader: LocatingReader;
}

/** The inflated entry that is kept: weights are read front to back, so the one last read is the one that is read next. */
interface InflatedSlot {
  entry: ZipEntry | undefined;
  bytes: Promise<Uint8Array> | undefined;
}

async function openArchive(source: ByteSource): Promise<Archive | { readonly refused: string }> {
  const reader = locatingReader(source);
  try {
    const { entries } = await unzipRaw(reader);
    if (entries.length > maxEntries) return { refused: `The archive has ${entries.length} entries; at most ${maxEntries} are read` };
    const packed = entries.reduce((sum, entry) => sum + entry.compressedSize, 0);
    if (packed > source.size) return { refused: `The entries claim ${packed} bytes together, but the file has ${source.size}` };
    return { entries, reader };
  } catch (error) {
    // unzipit throws for every kind of malformed archive, and passes on what the source threw.
    return { refused: `The file is not a sound zip archive: ${reasonOf(error)}` };
  }
}

/** The array of an entry; undefined for integers; a text where something is wrong. */
async function readEntry(
  source: ByteSource,
  archive: Archive,
  entry: ZipEntry,
  name: string,
  inflated: InflatedSlot,
): Promise<{ readonly tensor: Tensor; readonly problems: readonly WeightProblem[] } | undefined | string> {
  if (entry.encrypted) return 'is encrypted, which cannot be read';
  const stored = entry.compressionMethod === 0;
  if (!stored && entry.compressionMethod !== 8)
    return `is packed by method ${entry.compressionMethod}; stored and deflated entries are read`;
  if (!stored && entry.size > maxInflatedBytes)
    return `unpacks to ${entry.size} bytes; at most ${maxInflatedBytes} are: save it with np.savez instead of np.savez_compressed`;
  if (!stored && entry.size > maxRatio * entry.compressedSize)
    return `claims to unpack ${entry.compressedSize} bytes to ${entry.size}, more than deflate can`;
  try {
    const bytes = stored ? await storedEntry(source, archive, entry, name) : await deflatedEntry(entry, name, inflated);
    const array = await readNpyArray(bytes, name);
    if (array.kind === 'refused') return `cannot be read: ${array.message}`;
    return array.kind === 'weights' ? array : undefined;
  } catch (error) {
    // A damaged entry (its local header, its deflate stream) must not lose the others.
    return `cannot be unpacked: ${reasonOf(error)}`;
  }
}

async function storedEntry(source: ByteSource, { reader }: Archive, entry: ZipEntry, name: string): Promise<ByteSource> {
  await entry.blob();
  return slice(source, name, reader.located(), entry.size);
}

/** Begins with the bytes that a header needs; the rest is inflated only when asked for. */
async function deflatedEntry(entry: ZipEntry, name: string, inflated: InflatedSlot): Promise<ByteSource> {
  const head = await inflateHead(entry);
  return {
    name,
    size: entry.size,
    read: async (offset, length) => {
      if (offset + length <= head.length) return head.subarray(offset, offset + length);
      const bytes = await inflateOnce(entry, inflated);
      if (offset + length > bytes.length) throw new RangeError(`Bytes up to ${offset + length} were asked of ${bytes.length}`);
      return bytes.subarray(offset, offset + length);
    },
  };
}

const headBytes = 256;

async function inflateHead(entry: ZipEntry): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(headBytes, entry.size));
  const reader = ((await entry.stream()) as ChunkStream).getReader();
  let filled = 0;
  while (filled < head.length) {
    const { value } = await reader.read();
    if (!value) throw new Error(`the data ends after ${filled} of ${entry.size} bytes`);
    const part = value.subarray(0, head.length - filled);
    head.set(part, filled);
    filled += part.length;
  }
  await reader.cancel();
  return head;
}

/** The part of the platform's stream that is used; the core has no types of the DOM. */
interface ChunkStream {
  getReader(): { read(): Promise<{ readonly value?: Uint8Array }>; cancel(): Promise<void> };
}

async function inflateOnce(entry: ZipEntry, slot: InflatedSlot): Promise<Uint8Array> {
  if (slot.entry !== entry || !slot.bytes) {
    slot.entry = entry;
    slot.bytes = entry.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }
  const bytes = slot.bytes;
  try {
    return await bytes;
  } catch (error) {
    if (slot.bytes === bytes) slot.bytes = undefined;
    throw error;
  }
}

interface LocatingReader extends Reader {
  /** Where the stored entry lies that was last asked for as a blob. */
  located(): number;
}

/**
 * A bounded reader for unzipit. It reads a stored entry as a blob by `sliceAsBlob`, after checking the entry's local header:
 * the one place where it says where the bytes of an entry are. They are not read then, only located.
 */
function locatingReader(source: ByteSource): LocatingReader {
  let at = 0;
  return {
    getLength: async () => source.size,
    read: async (offset, length) => {
      if (length > maxDirectoryBytes)
        throw new Error(`A part of ${length} bytes is asked for; at most ${maxDirectoryBytes} are read at once`);
      return new Uint8Array(await readBytes(source, offset, length));
    },
    sliceAsBlob: async (offset) => {
      at = offset;
      // No bytes instead of a blob of them: the core has no `Blob`, and unzipit makes one of whatever it gets.
      return new Uint8Array(0) as never;
    },
    located: () => at,
  };
}
