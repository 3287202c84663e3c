import type { FloatArray } from '../numeric/arithmetic.ts';

/** Bytes that can be read in ranges: a file, or a part of one. The core never sees a path or a handle. */
export interface ByteSource {
  /** For messages: what a person would call it, e.g. the path as written in the spec. */
  readonly name: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`; rejects when the source is shorter than that by now. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Likewise, straight into `target`: for sources that can spare the copy. */
  readInto?(offset: number, target: Uint8Array): Promise<void>;
}

/** Storage types that can be read, by their safetensors names. */
export type StorageType = 'F64' | 'F32' | 'F16' | 'BF16' | 'F8_E4M3' | 'F8_E5M2' | 'F8_E4M3FNUZ' | 'F8_E5M2FNUZ' | 'F8_E8M0';

/** A tensor of a weight file, in row-major order. */
export interface Tensor {
  readonly name: string;
  readonly type: StorageType;
  readonly shape: readonly number[];
  /** Product of the shape. */
  readonly n: number;
  /** The file (shard) that holds it, as named by its {@link ByteSource}. */
  readonly file: string;
  /** Fills `out` with the weights from index `from` on: as they are in a `Float64Array`, rounded (from float64 storage) in a `Float32Array`. */
  read(from: number, out: FloatArray): Promise<void>;
  /** Fills `target` with the weights from index `from` on as they are stored, for those who decode faster: where that is little-endian. */
  readStored?(from: number, target: Uint8Array): Promise<void>;
}

/** Something wrong with a weight file, said so that the user can mend it. One bad tensor does not lose the others. */
export interface WeightProblem {
  readonly code: 'weights.missing' | 'weights.unreadable' | 'weights.no-tensor-matches';
  /** The file, as the user would name it. Like `tensor` as it is in the file: show it by `visible` only. */
  readonly file: string;
  /** The tensor, where it is about one. */
  readonly tensor: string | undefined;
  /** Fit to be shown: names in it are escaped. */
  readonly message: string;
}

export interface WeightFile {
  /** In file order. */
  readonly tensors: readonly Tensor[];
  readonly problems: readonly WeightProblem[];
}
