// The oracles of the distributions, which bring no types that this project can resolve.

declare module '@stdlib/stats-base-dists-t-quantile' {
  export default function quantile(p: number, nu: number): number;
}

declare module '@stdlib/stats-base-dists-t-cdf' {
  export default function cdf(x: number, nu: number): number;
}

declare module '@stdlib/stats-base-dists-normal-quantile' {
  export default function quantile(p: number, mu: number, sigma: number): number;
}
