import { codebookKey, ruleKey } from '../core/lang/evaluationKey.ts';
import type { Evaluation } from '../core/lang/spec.ts';
import type { ErrorSums } from '../core/measure/errorSums.ts';
import type { Depth } from '../core/measure/results.ts';

/** Error sums of a tensor, and how far they go. */
export interface KnownOfTensor {
  readonly sums: ErrorSums;
  readonly noiseBound: number;
  readonly reached: Depth;
}

/** What is known of the tensors of one state of a file under one codebook and scale rule, by the identity of the tensor. To be added to. */
export type KnownOfFile = Map<string, KnownOfTensor>;

/** The sums that are kept while others are asked for, each of some 500 bytes. */
const MOST = 100_000;

/**
 * Error sums that were measured. Names are no part of their keys, so two formats with one codebook are measured once. They are looked up for each
 * tensor under each format: so what tells formats and files apart, which is long, is looked up once for all tensors of a file.
 */
export class KnownSums {
  /** Those asked for longest ago come first. */
  readonly #files = new Map<string, KnownOfFile>();

  /** @param state Of the file, as `Inspection` has it. */
  of({ format, scale }: Evaluation, state: string): KnownOfFile {
    const key = `${codebookKey(format.codebook)}\n${ruleKey(scale.rule)}\n${state}`;
    const known = this.#files.get(key) ?? new Map();
    this.#files.delete(key);
    this.#files.set(key, known);
    return known;
  }

  /** Forgets, of what was not asked for longest, as much as there is too much. What is in use stays, however much it is. */
  trim(inUse: ReadonlySet<KnownOfFile>, most = MOST): void {
    let n = [...this.#files.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [key, known] of this.#files) {
      if (n <= most) return;
      if (inUse.has(known)) continue;
      this.#files.delete(key);
      n -= known.size;
    }
  }
}

const depths: readonly Depth[] = ['sums', 'maximum', 'exact'];

/** Whether known sums go as far as is wanted. */
export const isEnough = (known: KnownOfTensor | undefined, wanted: Depth): boolean =>
  known !== undefined && depths.indexOf(known.reached) >= depths.indexOf(wanted);
