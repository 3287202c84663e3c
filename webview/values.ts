// Readers of plain data that came from outside: a value of the wanted kind, or undefined.

/** The fields of an object; undefined for what is none. */
export const fields = (data: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : undefined;

/** A list of which every part can be read; undefined where one cannot, as a picture with parts left out would be a lie. */
export function listOf<T>(data: unknown, read: (one: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(data)) return undefined;
  const all: T[] = [];
  for (const one of data) {
    const found = read(one);
    if (found === undefined) return undefined;
    all.push(found);
  }
  return all;
}

/** One of some words. */
export const oneOf = <T extends string>(data: unknown, words: readonly T[]): T | undefined => words.find((word) => word === data);

export const isText = (data: unknown): data is string => typeof data === 'string';
export const isTextOrNull = (data: unknown): data is string | null => data === null || isText(data);
export const isNumber = (data: unknown): data is number => Number.isFinite(data);
export const isNumberOrNull = (data: unknown): data is number | null => data === null || isNumber(data);
export const isCount = (data: unknown): data is number => isNumber(data) && data >= 0;
/** The code of a level, of 8 bits at most. */
export const isCode = (data: unknown): data is number => Number.isInteger(data) && (data as number) >= 0 && (data as number) < 256;

export const text = (data: unknown): string | undefined => (isText(data) ? data : undefined);
