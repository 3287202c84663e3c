/** A regression on features: linear, and what that leaves by the samples near by (kernel ridge regression). */
export interface Regression {
  /** By which each feature is brought to a common measure. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** A constant, then one for each feature. */
  readonly coefficients: readonly number[];
  /** Of the Gaussian kernel, in standard deviations of the features. */
  readonly kernelWidth: number;
  readonly samples: readonly RegressionSample[];
}

export interface RegressionSample {
  readonly weight: number;
  /** Its features in the common measure. */
  readonly place: readonly number[];
}

/** The function that a regression is. It takes the features in their order. */
export function regression({ mean, deviation, coefficients, kernelWidth, samples }: Regression): (features: readonly number[]) => number {
  return (features) => {
    const place = features.map((feature, j) => (feature - mean[j]!) / deviation[j]!);
    const line = place.reduce((sum, value, j) => sum + coefficients[j + 1]! * value, coefficients[0]!);
    return samples.reduce((sum, sample) => sum + sample.weight * kernel(place, sample.place, kernelWidth), line);
  };
}

/** The Gaussian kernel: how much a sample says of a place. */
export function kernel(a: readonly number[], b: readonly number[], width: number): number {
  let distance = 0;
  for (let j = 0; j < a.length; j++) distance += (a[j]! - b[j]!) ** 2;
  return Math.exp(-distance / (2 * width * width));
}

/** Samples from lines of a weight and a place. */
export const samplesOf = (lines: string): readonly RegressionSample[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [weight, ...place] = line.split(' ').map(Number);
      return { weight: weight!, place };
    });
