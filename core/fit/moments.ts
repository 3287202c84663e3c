/**
 * A weighted distribution of x = w / absmax(block), in sums over bins: all that the error of any codebook depends on, so that weights are
 * read once. Weights count by the error they cause: absmax^2 each for a squared error, absmax for an absolute one. The sums of disjoint parts add up.
 */
export interface Moments {
  /** The centres of the bins, ascending and distinct. */
  readonly x: Float64Array;
  /** The sum of the masses in each bin. */
  readonly mass: Float64Array;
  /** The sums of mass times x, of the weights themselves rather than of the centre. */
  readonly first: Float64Array;
  /** The sums of mass times x^2; of no use to an absolute error. */
  readonly second: Float64Array;
}

/** Why something cannot be computed: a sentence for the person who asked. Tell it apart by `'problem' in result`. */
export interface Problem {
  readonly problem: string;
}

/** The moments of samples that each have a mass, in the bins with these centres. A sample counts in the bin whose centre is nearest. */
export function momentsOf(samples: ArrayLike<number>, masses: ArrayLike<number>, x: Float64Array): Moments {
  if (samples.length !== masses.length) throw new RangeError(`${samples.length} samples have ${masses.length} masses`);
  const result = { x, mass: new Float64Array(x.length), first: new Float64Array(x.length), second: new Float64Array(x.length) };
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    const bin = nearestBin(x, sample);
    result.mass[bin]! += masses[i]!;
    result.first[bin]! += masses[i]! * sample;
    result.second[bin]! += masses[i]! * sample * sample;
  }
  return result;
}

/** The moments of masses that lie at points: bins without an inside. */
export function pointMoments(x: Float64Array, mass: Float64Array): Moments {
  return { x, mass, first: mass.map((m, i) => m * x[i]!), second: mass.map((m, i) => m * x[i]! * x[i]!) };
}

/** The moments of two parts together, in the bins of both. */
export function add(a: Moments, b: Moments): Moments {
  const x = Float64Array.from(new Set([...a.x, ...b.x])).sort();
  const sum = { x, mass: new Float64Array(x.length), first: new Float64Array(x.length), second: new Float64Array(x.length) };
  for (const part of [a, b]) {
    let to = 0;
    for (let from = 0; from < part.x.length; from++) {
      while (x[to] !== part.x[from]) to++;
      sum.mass[to]! += part.mass[from]!;
      sum.first[to]! += part.first[from]!;
      sum.second[to]! += part.second[from]!;
    }
  }
  return sum;
}

/** The moments with every mass times `weight`: what makes one tensor count for more than another before they are added. */
export function weighted({ x, mass, first, second }: Moments, weight: number): Moments {
  const times = (sum: number): number => sum * weight;
  return { x, mass: mass.map(times), first: first.map(times), second: second.map(times) };
}

/** What is wrong with moments, in words, or undefined where they are fine. */
export function momentsProblem({ x, mass, first, second }: Moments): string | undefined {
  const n = x.length;
  if (mass.length !== n || first.length !== n || second.length !== n)
    return `Moments have one sum of each kind per bin; these have ${n} bins and ${mass.length}, ${first.length} and ${second.length} sums`;
  for (let i = 0; i < n; i++) {
    if (![x[i], mass[i], first[i], second[i]].every(Number.isFinite)) return `Moments are finite; bin ${i + 1} of ${n} is not`;
    if (mass[i]! < 0) return `A mass is not negative; that of bin ${i + 1} of ${n} is ${mass[i]}`;
    if (i > 0 && !(x[i]! > x[i - 1]!)) return `Bins ascend; bin ${i + 1} of ${n} is at ${x[i]}, not above ${x[i - 1]}`;
  }
  return undefined;
}

/** The bin whose centre is nearest; of two the lower. NaN counts in the first bin, whose sums it makes NaN. */
function nearestBin(x: Float64Array, sample: number): number {
  let low = 0;
  let high = x.length - 1;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (sample > (x[mid]! + x[mid + 1]!) / 2) low = mid + 1;
    else high = mid;
  }
  return low;
}
