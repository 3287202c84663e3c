/** A Boolean function: entry m is its value, 0 or 1, where input i is bit i of m. Length 2^inputs. */
export type TruthTable = Uint8Array;

/** How large the decision diagram of some functions is. */
export interface BddSize {
  /** Without the leaf. */
  readonly nodes: number;
  /** Gates of two inputs that the nodes come to, inverters free: none for an input itself, one beside a leaf, two for a choice. */
  readonly gates: number;
}

/** The nodes of {@link bddSize}. */
export const bddNodes = (functions: readonly TruthTable[], order: readonly number[]): number => bddSize(functions, order).nodes;

/**
 * The size of the shared reduced ordered binary decision diagram of some functions of the same inputs, with complement edges. `order` names the
 * inputs from the root down. R. E. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", 1986;
 * K. S. Brace, R. L. Rudell and R. E. Bryant, "Efficient Implementation of a BDD Package", 1990.
 */
export function bddSize(functions: readonly TruthTable[], order: readonly number[]): BddSize {
  const size = 2 ** order.length;
  const rows = rowsInOrder(order);
  // An edge is twice the number of its node, plus 1 where it is complemented. Node 0 is the leaf: true, and complemented false.
  const edges = new Int32Array(functions.length * size);
  for (const [f, table] of functions.entries()) for (let m = 0; m < size; m++) edges[f * size + m] = 1 - table[rows[m]!]!;
  let total: BddSize = { nodes: 0, gates: 0 };
  // Inputs are done away with from the last up: edges that differ in that input alone stand side by side and join in one.
  for (let width = edges.length / 2; width >= functions.length; width /= 2) {
    const { nodes, gates } = joinPairs(edges, width, total.nodes);
    total = { nodes: total.nodes + nodes, gates: total.gates + gates };
  }
  return total;
}

/** Joins the edges 2i and 2i + 1 in edge i, and counts the nodes that are new. */
function joinPairs(edges: Int32Array, width: number, nNodes: number): BddSize {
  const known = new Map<number, number>();
  const nEdges = 2 * (nNodes + 1);
  let gates = 0;
  for (let i = 0; i < width; i++) {
    const low = edges[2 * i]!;
    const high = edges[2 * i + 1]!;
    if (low === high) {
      edges[i] = low;
      continue;
    }
    // The high branch of a node is never complemented, so a function and its complement share one.
    const complemented = high & 1;
    const key = (low ^ complemented) * nEdges + (high ^ complemented);
    let node = known.get(key);
    if (node === undefined) {
      node = nNodes + known.size + 1;
      known.set(key, node);
      gates += Math.min(low >> 1, 1) + Math.min(high >> 1, 1);
    }
    edges[i] = 2 * node + complemented;
  }
  return { nodes: known.size, gates };
}

/** For each row where the inputs are taken in `order`, the first as the highest bit, the row of a truth table. */
function rowsInOrder(order: readonly number[]): Int32Array {
  const rows = new Int32Array(2 ** order.length);
  for (let m = 1; m < rows.length; m++) {
    // A row is the row without its lowest bit, and that bit.
    const lowest = 31 - Math.clz32(m & -m);
    rows[m] = rows[m & (m - 1)]! | (1 << order[order.length - 1 - lowest]!);
  }
  return rows;
}
