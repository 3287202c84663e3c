/** A format that a tensor may be given. */
export interface Choice {
  /** What it adds to the loss: what is to be small. May be negative. */
  readonly cost: number;
  /** What it takes of the budget: bits or area. At least 0. */
  readonly price: number;
}

/** A choice for every tensor. */
export interface Assignment {
  /** By tensor, the number of its choice. */
  readonly chosen: readonly number[];
  /** Sums over the tensors. */
  readonly cost: number;
  readonly price: number;
  /** No assignment within the budget costs less than this: the cost itself where `isOptimal`, else the bound of Lagrange's relaxation. */
  readonly leastCost: number;
  /** False where so many partial assignments were worth going on with that some were dropped. */
  readonly isOptimal: boolean;
}

/**
 * The assignment of least cost whose prices add up to no more than the budget. Undefined where even the
 * cheapest one is beyond it. Costs are taken to add up, which effects on a loss do only nearly: so measure what is chosen.
 *
 * This is the multiple-choice knapsack problem, solved by dynamic programming over partial assignments of which no other has both a lower price
 * and a lower cost, less those that cannot become better than what is known already, by the bound of Lagrange's relaxation (Kellerer, Pferschy
 * and Pisinger, Knapsack Problems, 2004, chapter 11). At most `mostStates` of them are gone on with.
 */
export function cheapestAssignment(tensors: readonly (readonly Choice[])[], budget: number, mostStates: number): Assignment | undefined {
  for (const choices of tensors) {
    if (choices.length === 0) throw new RangeError('Every tensor has at least one choice');
    for (const { cost, price } of choices)
      if (!(Number.isFinite(cost) && price >= 0 && price < Number.POSITIVE_INFINITY))
        throw new RangeError(`A choice has a finite cost and a price of at least 0, not ${cost} and ${price}`);
  }
  const greedy = relaxed(tensors, budget);
  if (!greedy) return undefined;
  const { multiplier, bound, chosen: start } = greedy;

  // The least that the tensors from each one on can add to cost + multiplier x price.
  const rest = new Float64Array(tensors.length + 1);
  // The least price of the tensors from each one on.
  const restPrice = new Float64Array(tensors.length + 1);
  for (let t = tensors.length - 1; t >= 0; t--) {
    rest[t] = rest[t + 1]! + Math.min(...tensors[t]!.map(({ cost, price }) => cost + multiplier * price));
    restPrice[t] = restPrice[t + 1]! + Math.min(...tensors[t]!.map(({ price }) => price));
  }

  // Sums of prices in another order may end on the other side of the budget.
  const known = stateOf(tensors, start);
  let best: State = known.price <= budget ? known : stateOf(tensors, tensors.map(cheapest));
  // A hair of slack, so that rounding of the bound drops nothing.
  const slack = 1e-9 * tensors.reduce((sum, choices) => sum + Math.max(...choices.map(({ cost }) => Math.abs(cost))), 0);
  let states: readonly State[] = [{ cost: 0, price: 0, choice: 0, before: undefined }];
  let isOptimal = true;
  for (const [t, choices] of tensors.entries()) {
    const next: State[] = [];
    for (const before of states) {
      for (const [choice, { cost, price }] of choices.entries()) {
        const state = { cost: before.cost + cost, price: before.price + price, choice, before };
        const reach = state.cost + rest[t + 1]! + multiplier * (state.price - budget);
        if (state.price + restPrice[t + 1]! <= budget * (1 + 1e-12) && reach < best.cost + slack) next.push(state);
      }
    }
    const front = undominated(next);
    isOptimal &&= front.length <= mostStates;
    states = front.length <= mostStates ? front : thinned(front, mostStates);
  }
  for (const state of states) if (state.price <= budget && state.cost < best.cost) best = state;
  return { ...described(best), leastCost: isOptimal ? best.cost : Math.min(bound, best.cost), isOptimal };
}

/** A choice for each of the first tensors. */
interface State extends Choice {
  readonly choice: number;
  readonly before: State | undefined;
}

function described(last: State): Pick<Assignment, 'chosen' | 'cost' | 'price'> {
  const chosen: number[] = [];
  for (let state: State | undefined = last; state?.before; state = state.before) chosen.push(state.choice);
  return { chosen: chosen.reverse(), cost: last.cost, price: last.price };
}

const stateOf = (tensors: readonly (readonly Choice[])[], chosen: readonly number[]): State =>
  chosen.reduce<State>(
    (before, choice, t) => {
      const { cost, price } = tensors[t]![choice]!;
      return { cost: before.cost + cost, price: before.price + price, choice, before };
    },
    { cost: 0, price: 0, choice: 0, before: undefined },
  );

const cheapest = (choices: readonly Choice[]): number =>
  choices.reduce((least, { price, cost }, at) => {
    const other = choices[least]!;
    return price < other.price || (price === other.price && cost < other.cost) ? at : least;
  }, 0);

/** Those that no other is at least as good as in both, by rising price. */
function undominated<C extends Choice>(choices: readonly C[]): C[] {
  const front: C[] = [];
  for (const next of [...choices].sort((a, b) => a.price - b.price || a.cost - b.cost))
    if (front.length === 0 || next.cost < front.at(-1)!.cost) front.push(next);
  return front;
}

/** So many of them, evenly by their place; the cheapest and the best are among them. */
const thinned = (front: readonly State[], n: number): State[] =>
  Array.from({ length: n }, (_, i) => front[n === 1 ? 0 : Math.round((i * (front.length - 1)) / (n - 1))]!);

interface Relaxed {
  /** Cost that one unit of the budget saves, at the best mixture of choices. */
  readonly multiplier: number;
  /** Its cost: no assignment within the budget costs less. */
  readonly bound: number;
  /** An assignment within the budget. */
  readonly chosen: readonly number[];
}

/**
 * The best mixture of choices within the budget: from the cheapest of each tensor, along the lower convex hulls of cost over price, by the steps
 * that save the most per price. The last step is taken in part, and left out of `chosen`.
 */
function relaxed(tensors: readonly (readonly Choice[])[], budget: number): Relaxed | undefined {
  const hulls = tensors.map(lowerHull);
  const chosen = hulls.map(([first]) => first!.at);
  let price = hulls.reduce((sum, [first]) => sum + first!.price, 0);
  let bound = hulls.reduce((sum, [first]) => sum + first!.cost, 0);
  if (!(price <= budget)) return undefined;
  const steps = hulls.flatMap((hull, tensor) =>
    hull.slice(1).map((to, i) => {
      const from = hull[i]!;
      return { tensor, at: to.at, price: to.price - from.price, saves: (from.cost - to.cost) / (to.price - from.price) };
    }),
  );
  // Steps of one hull save less and less, so they are taken in their order.
  steps.sort((a, b) => b.saves - a.saves);
  for (const step of steps) {
    if (price + step.price > budget) return { multiplier: step.saves, bound: bound - step.saves * (budget - price), chosen };
    price += step.price;
    bound -= step.saves * step.price;
    chosen[step.tensor] = step.at;
  }
  return { multiplier: 0, bound, chosen };
}

/** The choices on the lower convex hull of cost over price, from the cheapest to the one of least cost. */
function lowerHull(choices: readonly Choice[]): readonly (Choice & { readonly at: number })[] {
  const hull: (Choice & { readonly at: number })[] = [];
  for (const next of undominated(choices.map((choice, at) => ({ ...choice, at })))) {
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) >= slope(hull.at(-1)!, next)) hull.pop();
    hull.push(next);
  }
  return hull;
}

const slope = (a: Choice, b: Choice): number => (b.cost - a.cost) / (b.price - a.price);
