import { quantize } from '../../../core/quantize/reference.ts';
import type { QuantizationJob } from '../../../core/quantize/stream.ts';

/**
 * Optimal Brain Quantization with the columns in their order (Frantar and Alistarh, arXiv 2208.11580, equations 3 and 4): one weight at a time, with
 * the inverse of the Hessian itself, from which each column is struck out once it is rounded. What GPTQ equals but for rounding, written without
 * Cholesky's method and without panels.
 *
 * `blockOf` is the length of the blocks of a row, each scaled when its first weight is due.
 */
export function obq(
  weights: readonly (readonly number[])[],
  hessian: readonly (readonly number[])[],
  damping: number,
  job: QuantizationJob,
  blockOf: number,
): readonly (readonly number[])[] {
  const n = hessian.length;
  const mean = hessian.reduce((sum, row, i) => sum + row[i]!, 0) / n;
  const damped = hessian.map((row, i) => row.map((h, j) => (i === j ? h + (mean === 0 ? 1 : damping * mean) : h)));
  return weights.map((row) => {
    let inverse = inverted(damped);
    const left = [...row];
    const rounded: number[] = [];
    let scale = 0;
    let zeroPoint = 0;
    for (let q = 0; q < n; q++) {
      if (q % blockOf === 0) {
        const block = Float32Array.from(left.slice(q, q + blockOf));
        const { scales, zeroPoints } = quantize(block, [block.length], job.codebook, { ...job.rule, block: block.length });
        [scale, zeroPoint] = [scales[0]!, zeroPoints[0]!];
      }
      rounded.push(nearestTo(Math.fround(left[q]!), scale, zeroPoint, job));
      const error = (left[q]! - rounded[q]!) / inverse[q]![q]!;
      const own = inverse[q]!;
      for (let k = q; k < n; k++) left[k] = left[k]! - error * own[k]!;
      inverse = inverse.map((r, i) => r.map((h, j) => h - (inverse[i]![q]! * own[j]!) / own[q]!));
    }
    return rounded;
  });
}

/** The level nearest to a weight over its scale, found among all of them; of levels at the same distance the lower one. */
function nearestTo(weight: number, scale: number, zeroPoint: number, { codebook }: QuantizationJob): number {
  // In float32, where thousandths meet thresholds exactly.
  const x = scale === 0 ? 0 : Math.fround(weight / scale);
  const levels = [...codebook.ascending].map((level) => level - zeroPoint);
  const level = levels.reduce((best, next) => (Math.abs(next - x) < Math.abs(best - x) ? next : best));
  return level * scale;
}

/** By Gauss and Jordan, with the largest pivot. */
export function inverted(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  for (let c = 0; c < n; c++) {
    const pivot = rows.reduce((best, row, i) => (i >= c && Math.abs(row[c]!) > Math.abs(rows[best]![c]!) ? i : best), c);
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const own = rows[c]!.map((x) => x / rows[c]![c]!);
    rows[c] = own;
    for (let i = 0; i < n; i++) if (i !== c) rows[i] = rows[i]!.map((x, j) => x - rows[i]![c]! * own[j]!);
  }
  return rows.map((row) => row.slice(n));
}
