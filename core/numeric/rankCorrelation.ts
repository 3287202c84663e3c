/**
 * Spearman's rank correlation of two lists of equal length: Pearson's correlation of the ranks, where equal values share the mean of theirs.
 * NaN where all values of a list are equal, or there are none.
 */
export function rankCorrelation(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length !== ys.length) throw new RangeError(`Ranks of ${xs.length} values cannot be compared with those of ${ys.length}`);
  const [x, y] = [centredRanks(xs), centredRanks(ys)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Ranks less their mean. Of values that are equal, so many lie below each as half of the others. */
function centredRanks(values: readonly number[]): readonly number[] {
  const rank = (value: number): number => {
    const nBelow = values.filter((other) => other < value).length;
    const nEqual = values.filter((other) => other === value).length;
    return nBelow + (nEqual - 1) / 2;
  };
  return values.map((value) => rank(value) - (values.length - 1) / 2);
}

const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
