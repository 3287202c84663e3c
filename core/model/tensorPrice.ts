import { zero } from '../measure/errorSums.ts';
import { bitsPerWeight } from '../measure/measures.ts';
import { blockLayout } from '../quantize/blockLayout.ts';
import type { QuantizationJob } from '../quantize/stream.ts';

/** Bits of a weight that is left as it is: the width of fp16 and bf16, in which models are kept that are not quantized. */
export const UNQUANTIZED_BITS = 16;

/** Stored bits per weight of a tensor in a format, with its scales as counted; see `bitsPerWeight`. */
export function storedBits(shape: readonly number[], { codebook: { bits }, rule }: QuantizationJob): number {
  const { n, nBlocks } = blockLayout(shape, rule);
  const nSecondScales = rule.second ? Math.ceil(nBlocks / (rule.second.block === 'tensor' ? Math.max(1, nBlocks) : rule.second.block)) : 0;
  return bitsPerWeight({ ...zero(bits), n, nScales: nBlocks, nSecondScales }, bits, rule);
}
