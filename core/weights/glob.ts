/** A pattern of names, ready to be matched. Build with {@link glob}. */
export type Glob = (name: string) => boolean;

/**
 * Compiles a pattern: `*` is any run of characters (dots too), `?` any one character, `[a-c]` one of a set, `[!a]` one not of it;
 * all else is itself. Time is at most pattern times name, whatever they are, which regular expressions do not promise.
 */
export function glob(pattern: string): Glob {
  const parts = partsOf(pattern);
  return (name) => {
    const chars = [...name];
    let at = 0;
    let part = 0;
    // Only the last `*` is ever extended: whatever an earlier one could still take, the last one can take as well.
    let star = -1;
    let starAt = 0;
    while (at < chars.length) {
      const next = parts[part];
      if (next === anyRun) {
        star = part++;
        starAt = at;
      } else if (next !== undefined && takes(next, chars[at]!)) {
        part++;
        at++;
      } else if (star >= 0) {
        part = star + 1;
        at = ++starAt;
      } else return false;
    }
    return parts.slice(part).every((rest) => rest === anyRun);
  };
}

const takes = (part: Exclude<Part, typeof anyRun>, char: string): boolean => (typeof part === 'string' ? part === char : part(char));

/** Whether a name stands for more than itself. */
export const isPattern = (name: string): boolean => partsOf(name).some((part) => typeof part !== 'string');

/** A character that stands for itself, a run of any, or one of a set. */
type Part = string | typeof anyRun | ((char: string) => boolean);

const anyRun = Symbol('any run');

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const lastClose = pattern.lastIndexOf(']');
  for (let at = 0; at < pattern.length; ) {
    const char = String.fromCodePoint(pattern.codePointAt(at)!);
    // Not looked for behind the last `]`, so that a row of `[` is not searched to its end from each of them.
    const set = char === '[' && at < lastClose ? setAt(pattern, at) : undefined;
    if (set) parts.push(set.includes);
    else if (char === '*') parts.push(anyRun);
    else if (char === '?') parts.push(() => true);
    else parts.push(char);
    at += set ? set.length : char.length;
  }
  return parts;
}

function setAt(pattern: string, at: number): { readonly length: number; readonly includes: (char: string) => boolean } | undefined {
  const close = pattern.indexOf(']', at);
  const negated = pattern[at + 1] === '!';
  const members = [...pattern.slice(at + (negated ? 2 : 1), close)];
  if (members.length === 0) return undefined;
  const ranges: (readonly [string, string])[] = [];
  for (let i = 0; i < members.length; i++) {
    const isRange = members[i + 1] === '-' && i + 2 < members.length;
    ranges.push([members[i]!, members[isRange ? i + 2 : i]!]);
    if (isRange) i += 2;
  }
  return { length: close + 1 - at, includes: (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated };
}
