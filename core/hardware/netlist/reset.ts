import type { Clocked, Design } from '../design.ts';

/** The input of a clocked design that leads from nothing known to a known state. */
export interface Reset {
  /** Its index among the inputs. */
  readonly port: number;
  readonly name: string;
  /** The value that resets. */
  readonly value: bigint;
}

/** Finds the reset by what the behaviour does with it: an input of one bit with one value after which the state is known, and one after which it is not. */
export function resetOf({ inputs }: Design, { next }: Clocked): Reset | undefined {
  const isKnown = (port: number, value: bigint): boolean =>
    next(
      [],
      inputs.map((_, i) => (i === port ? value : 0n)),
    ).length > 0;
  for (const [port, { name, width }] of inputs.entries())
    for (const value of [1n, 0n]) if (width === 1 && isKnown(port, value) && !isKnown(port, 1n - value)) return { port, name, value };
  return undefined;
}
