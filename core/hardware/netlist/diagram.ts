/** A truth table as a binary decision diagram: nodes select by a pin, and stand in an order in which each comes after those it leads to. */
export interface Diagram {
  readonly nodes: readonly { readonly select: number; readonly low: Edge; readonly high: Edge }[];
  readonly root: Edge;
}

/** Where a diagram leads to: a constant, a pin as it is, or a node by its index. */
export type Edge = { readonly kind: 'zero' | 'one' } | { readonly kind: 'pin' | 'node'; readonly index: number };

/** The diagram of a truth table, whose bit m is the output where pin i is bit i of m. */
export function diagramOf(truthTable: bigint, nInputs: number): Diagram {
  const nodes: { select: number; low: Edge; high: Edge }[] = [];
  const known = new Map<string, Edge>();
  const edge = (table: bigint, n: number): Edge => {
    const size = 1n << BigInt(n);
    const ones = (1n << size) - 1n;
    if (table === 0n || table === ones) return { kind: table === 0n ? 'zero' : 'one' };
    const key = `${n} ${table}`;
    const found = known.get(key) ?? split(table, n, size / 2n);
    known.set(key, found);
    return found;
  };
  const split = (table: bigint, n: number, half: bigint): Edge => {
    const ones = (1n << half) - 1n;
    const [low, high] = [edge(table & ones, n - 1), edge(table >> half, n - 1)];
    if ((table & ones) === table >> half) return low;
    if (low.kind === 'zero' && high.kind === 'one') return { kind: 'pin', index: n - 1 };
    return { kind: 'node', index: nodes.push({ select: n - 1, low, high }) - 1 };
  };
  return { root: edge(truthTable, nInputs), nodes };
}
