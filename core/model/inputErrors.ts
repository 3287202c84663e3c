import { add, type ErrorSums } from '../measure/errorSums.ts';
import { type QuantizationJob, quantizationErrors, type StreamOptions } from '../quantize/stream.ts';
import { type InputRecord, sampleTensor } from './inputRecord.ts';
import { isOfBlockAlone, ruleOfTokens } from './quantized.ts';

/**
 * The errors of each format on the sampled inputs of a linear layer, quantized as `quantizedInputs` does while a model runs: each token as a
 * tensor of its own.
 */
export async function inputErrors(record: InputRecord, jobs: readonly QuantizationJob[], options?: StreamOptions): Promise<ErrorSums[]> {
  const tensor = sampleTensor(record, '');
  const results: ErrorSums[] = [];
  for (const { codebook, rule } of jobs) {
    if (isOfBlockAlone(rule)) results.push(...(await quantizationErrors(tensor, [{ codebook, rule: ruleOfTokens(rule) }], options)));
    else results.push(await errorsOfTokens(record, { codebook, rule }, options));
  }
  return results;
}

/** Of rules that look at all of a tensor: token by token, each a row, added in their order. */
async function errorsOfTokens(record: InputRecord, job: QuantizationJob, options: StreamOptions | undefined): Promise<ErrorSums> {
  const { width, sample } = record;
  let total: ErrorSums | undefined;
  for (let from = 0; from < sample.length; from += width) {
    const token = { ...record, sample: sample.subarray(from, from + width) };
    const { n, read } = sampleTensor(token, '');
    const [sums] = await quantizationErrors({ shape: [n], n, read }, [job], options);
    total = total ? add(total, sums!) : sums!;
  }
  return total ?? (await quantizationErrors(sampleTensor(record, ''), [job], options))[0]!;
}
