import { addToHistogram, type Histogram16, histogram16 } from '../measure/histogram16.ts';
import { mulberry32 } from '../numeric/mulberry32.ts';
import { memoryTensor } from '../weights/memoryTensor.ts';
import type { Tensor } from '../weights/tensor.ts';
import type { InputHook } from './engine.ts';

/** What is kept of the inputs of linear layers that share them, over any length of text: half a mebibyte of counts, and a sample. */
export interface InputRecord {
  /** The names of these linear layers: query, key and value; output; gate and up; or down. */
  readonly linears: readonly [string, ...string[]];
  /** Numbers per token. */
  readonly width: number;
  /** Tokens seen. */
  readonly nTokens: number;
  /** Of all numbers, for fits: as are those of weights. */
  readonly histogram: Histogram16;
  /** The largest finite magnitude of each channel, [width]. */
  readonly maxima: Float32Array;
  /**
   * Whole tokens, [token][width]: all of them, or, of more than there is room for, as many as there is room for, each as likely as any other.
   */
  readonly sample: Float32Array;
}

/** How much of the inputs is kept as they are. */
export interface Sampling {
  /** Where the choice of tokens comes from. */
  readonly seed: number;
  /** Numbers of a sample; at least one token is kept. */
  readonly most: number;
}

/** Records what goes into the selected linear layers, and changes nothing. Records come in the order of the layers. */
export function inputRecorder(
  selects: (tensor: string) => boolean,
  { seed, most }: Sampling,
): { readonly hook: InputHook; readonly records: () => readonly InputRecord[] } {
  const known = new Map<string, Recording>();
  return {
    hook: {
      takes: ({ name }) => selects(name),
      apply(linears, inputs, width) {
        const names = linears.map(({ name }) => name) as [string, ...string[]];
        let recording = known.get(names[0]);
        // Of one seed each, so that what is recorded of a layer does not depend on which others are.
        if (!recording) known.set(names[0], (recording = recordingOf(names, width, seed, Math.max(1, Math.floor(most / width)))));
        add(recording, inputs);
      },
    },
    records: () => [...known.values()].map(recordOf),
  };
}

/** An {@link InputRecord} while it grows. */
interface Recording extends Omit<InputRecord, 'nTokens' | 'sample'> {
  nTokens: number;
  /** Grows up to `room` tokens. */
  sample: Float32Array;
  readonly room: number;
  readonly random: () => number;
}

const recordingOf = (linears: readonly [string, ...string[]], width: number, seed: number, room: number): Recording => ({
  linears,
  width,
  nTokens: 0,
  histogram: histogram16('top16'),
  maxima: new Float32Array(width),
  sample: new Float32Array(0),
  room,
  random: mulberry32(seed),
});

/** Counts rows of inputs; which of them are kept goes by Vitter's algorithm R (ACM Transactions on Mathematical Software 11, 1985). */
function add(recording: Recording, inputs: Float32Array): void {
  const { width, maxima, room, random } = recording;
  addToHistogram(recording.histogram, inputs);
  for (let from = 0; from < inputs.length; from += width) {
    const token = inputs.subarray(from, from + width);
    for (let i = 0; i < width; i++) {
      const magnitude = Math.abs(token[i]!);
      if (magnitude > maxima[i]! && magnitude < Number.POSITIVE_INFINITY) maxima[i] = magnitude;
    }
    const place = recording.nTokens < room ? recording.nTokens : Math.floor(random() * (recording.nTokens + 1));
    recording.nTokens++;
    if (place >= room) continue;
    if (recording.sample.length < (place + 1) * width) recording.sample = longer(recording.sample, (place + 1) * width, room * width);
    recording.sample.set(token, place * width);
  }
}

/** Twice as long at least, so that copying is no more work than filling; at most `most`. */
function longer(values: Float32Array, least: number, most: number): Float32Array {
  const grown = new Float32Array(Math.min(most, Math.max(least, 2 * values.length)));
  grown.set(values);
  return grown;
}

const recordOf = ({ linears, width, nTokens, histogram, maxima, sample, room }: Recording): InputRecord => ({
  linears,
  width,
  nTokens,
  histogram,
  maxima,
  sample: sample.subarray(0, Math.min(nTokens, room) * width),
});

/** The sample as a tensor, [token][width], for all that reads weights: errors, fits, profiles. `file` is what it was recorded on. */
export const sampleTensor = ({ linears, width, sample }: InputRecord, file: string): Tensor =>
  memoryTensor({ name: linears[0], file, type: 'F32', n: sample.length, shape: [sample.length / width, width] }, sample);
