import { type FactRequest, factKey } from '../lang/facts.ts';

/** How many formats may rest on one another's facts in a row: far beyond any real spec. */
const MOST_ROUNDS = 16;

/**
 * Finds out what a spec rests on, until nothing new is asked: once the levels of one format are known, another one may ask what rests on them.
 * `find` is to make what it found known to whoever tells `asked`.
 */
export async function factRounds(
  asked: () => readonly FactRequest[],
  find: (requests: readonly FactRequest[]) => Promise<void>,
): Promise<void> {
  const done = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = asked().filter((request) => !done.has(factKey(request)));
    if (next.length === 0) return;
    for (const request of next) done.add(factKey(request));
    await find(next);
  }
}
