import { mulberry32 } from '../numeric/mulberry32.ts';
import { blockLayout, rowLength } from '../quantize/blockLayout.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import type { Tensor } from '../weights/tensor.ts';

/** Some whole blocks of a tensor, which lie one after the other. */
export interface Run {
  /** The place of the tensor in the list that was sampled. */
  readonly tensor: number;
  /** Index of the first weight in the tensor. */
  readonly from: number;
  /** As what they are quantized: with blocks along the last dimension. */
  readonly shape: readonly [number, number];
}

/** A first estimate is of this many runs of about so many weights. */
const RUNS = 64;
const LENGTH = 1024;

/** Fewer weights are measured as fast as they are sampled. */
const FEWEST = 2 ** 20;

/** A run of longer blocks would not be read in no time. */
const LONGEST_BLOCK = 2 ** 14;

/**
 * The runs that a first estimate of tensors is made of, spread evenly over all their weights at places that are random, and the same for the same
 * `seed`. Undefined where weights are few, or where a run does not tell how it is scaled.
 */
export function sampleRuns(tensors: readonly Pick<Tensor, 'n' | 'shape'>[], rule: ScaleRule, seed: number): readonly Run[] | undefined {
  const total = tensors.reduce((sum, { n }) => sum + n, 0);
  const dependsOnAll = rule.block === 'tensor' || rule.second || (rule.anchor.kind === 'mse' && rule.anchor.per === 'tensor');
  if (total < FEWEST || dependsOnAll || rule.axis === 'first') return undefined;
  const random = mulberry32(seed);
  const runs: Run[] = [];
  let tensor = 0;
  let before = 0;
  for (let i = 0; i < RUNS; i++) {
    const at = Math.floor(((i + random()) * total) / RUNS);
    while (at >= before + tensors[tensor]!.n) before += tensors[tensor++]!.n;
    const run = runAt(tensors[tensor]!, rule, at - before);
    if (!run) return undefined;
    runs.push({ tensor, ...run });
  }
  return runs;
}

/** The run at a weight of a tensor: blocks of its row, of some rows where they are short, or of the whole tensor where blocks run across rows. */
function runAt({ n, shape }: Pick<Tensor, 'n' | 'shape'>, rule: ScaleRule, at: number): Omit<Run, 'tensor'> | undefined {
  const { height, lineLength } = blockLayout(shape, rule);
  if (height > LONGEST_BLOCK) return undefined;
  if (lineLength < LENGTH && rule.axis === 'last') {
    const row = rowLength(shape);
    const nRows = Math.min(Math.ceil(LENGTH / row), n / row);
    return { from: Math.min(Math.floor(at / row), n / row - nRows) * row, shape: [nRows, row] };
  }
  const line = Math.floor(at / lineLength) * lineLength;
  const from = line + Math.floor((at - line) / height) * height;
  return { from, shape: [1, Math.min(Math.ceil(LENGTH / height) * height, line + lineLength - from)] };
}
