/** How far a netlist was compared with what its design must be. */
export interface Check {
  /** `exhaustive`: every input there is. `sampled`: vectors or sequences chosen in advance, as there are too many. */
  readonly coverage: 'exhaustive' | 'sampled';
  /** Inputs, or steps after the first reset, that were compared; don't-cares count. */
  readonly nVectors: number;
  readonly nEqual: number;
  /** The first that differ. */
  readonly mismatches: readonly Mismatch[];
}

/** An output that is not what the design must give. */
export interface Mismatch {
  /** By the name of the port; of a clocked design those taken at the clock edge before the output was read. */
  readonly inputs: Readonly<Record<string, bigint>>;
  /** Clock edges before the output was read; 0 for combinational designs. */
  readonly step: number;
  readonly output: string;
  readonly expected: bigint;
  readonly found: bigint;
}

/** Mismatches beyond this are counted and not described. */
export const maxMismatches = 4;

/** One mismatch as a sentence: what was read, what is right, and for which codes. */
export function describeMismatch({ inputs, step, output, expected, found }: Mismatch): string {
  const at = Object.entries(inputs).map(([name, value]) => `${name} = ${value}`);
  return `${output} is ${found} instead of ${expected} for ${at.join(', ')}${step > 0 ? ` at step ${step}` : ''}`;
}
