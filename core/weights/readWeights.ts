import { readBytes } from './byteRange.ts';
import { isNpy, readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { ioFailure, quoted, unreadable } from './problem.ts';
import { readSafetensors } from './safetensors.ts';
import { type OpenSibling, readSafetensorsIndex } from './safetensorsIndex.ts';
import type { ByteSource, WeightFile } from './tensor.ts';

/** Reads whatever weight file `source` is. Never rejects: what is wrong, with the content or with the disk, is a problem of the result. */
export async function readWeights(source: ByteSource, openSibling: OpenSibling): Promise<WeightFile> {
  try {
    const head = await readBytes(source, 0, Math.min(source.size, headBytes));
    const reader = readers.find(({ matches }) => matches({ extension: extensionOf(source.name), head }));
    return reader
      ? await reader.read(source, openSibling)
      : nothing(source, `${quoted(source.name)} is not a known weight file; ${readable}`);
  } catch (error) {
    return { tensors: [], problems: [ioFailure(source.name, error)] };
  }
}

/** Whether a file is, by its name, the index of a sharded checkpoint. */
export const isIndexName = (name: string): boolean => extensionOf(name) === '.json';

interface Clues {
  /** In lower case, with the dot; empty where there is none. */
  readonly extension: string;
  readonly head: Uint8Array;
}

interface WeightReader {
  readonly matches: (clues: Clues) => boolean;
  readonly read: (source: ByteSource, openSibling: OpenSibling) => Promise<WeightFile>;
}

const headBytes = 16;

const readable = 'readable are .safetensors, .index.json of a sharded checkpoint, .npy and .npz';

/** The first that matches reads. What a file is by its content goes before what it is called, where the content is unmistakable. */
const readers: readonly WeightReader[] = [
  { matches: ({ extension, head }) => isNpy(head) || extension === '.npy', read: readNpy },
  { matches: ({ extension }) => extension === '.npz', read: readNpz },
  { matches: ({ head }) => startsWith(head, 'GGUF'), read: notYet('GGUF') },
  { matches: ({ head }) => startsWith(head, '\x89HDF\r\n'), read: notYet('HDF5') },
  { matches: ({ extension }) => extension === '.safetensors', read: readSafetensors },
  { matches: ({ extension }) => extension === '.json', read: readSafetensorsIndex },
  notYetBy('GGUF', '.gguf', '.ggml'),
  notYetBy('PyTorch', '.pt', '.pth', '.bin', '.ckpt', '.pkl', '.pickle'),
  notYetBy('ONNX', '.onnx'),
  notYetBy('HDF5 and Keras', '.h5', '.hdf5', '.keras'),
  notYetBy('TensorFlow Lite', '.tflite'),
  notYetBy('Flax', '.msgpack'),
  notYetBy('Parquet', '.parquet'),
  // A Hugging Face cache keeps its files under their hash, without an extension: byte 8 is where the JSON header begins.
  { matches: ({ head }) => head[8] === 0x7b, read: readSafetensors },
];

function notYetBy(kind: string, ...extensions: readonly string[]): WeightReader {
  return { matches: ({ extension }) => extensions.includes(extension), read: notYet(kind) };
}

function notYet(kind: string): WeightReader['read'] {
  return async (source) => nothing(source, `${kind} files are not readable yet; ${readable}`);
}

const nothing = (source: ByteSource, message: string): WeightFile => ({ tensors: [], problems: [unreadable(source.name, message)] });

const startsWith = (head: Uint8Array, text: string): boolean => [...text].every((char, i) => head[i] === char.charCodeAt(0));

const extensionOf = (name: string): string => /\.[^./\\]*$/.exec(name)?.[0].toLowerCase() ?? '';
