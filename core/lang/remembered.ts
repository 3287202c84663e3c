// Formats are worked out anew on every keystroke, and almost all come out as before. What they are made of is plain data that never changes,
// so equal parts are made once: that saves the making, and lets whatever is known of a codebook be found again by its identity.

/** How many tables are kept: more than any spec has, few enough to forget. */
const maxKept = 4096;

const kept = new Map<string, unknown>();

/** What `make` gives, made once for each key; the oldest are forgotten. The key says everything that the result depends on. */
export function remembered<T>(key: string, make: () => T): T {
  if (kept.has(key)) return kept.get(key) as T;
  const made = make();
  kept.set(key, made);
  if (kept.size > maxKept) kept.delete(kept.keys().next().value!);
  return made;
}

/** What `make` gives of an object that never changes, made once for each key, for as long as the object lives. */
export function rememberedOf<T>(of: object, key: string, make: () => T): T {
  const known = keptOf.get(of) ?? new Map<string, unknown>();
  keptOf.set(of, known);
  if (known.has(key)) return known.get(key) as T;
  const made = make();
  known.set(key, made);
  return made;
}

/** A key that tells an object from all others, for the keys of what is made of it. */
export function objectKey(of: object): string {
  const known = numbers.get(of) ?? ++nNumbered;
  numbers.set(of, known);
  return String(known);
}

const numbers = new WeakMap<object, number>();
let nNumbered = 0;

const keptOf = new WeakMap<object, Map<string, unknown>>();
