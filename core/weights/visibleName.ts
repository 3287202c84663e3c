/** A name from a file as it may be shown: control, bidi and invisible characters escaped, over-long names shortened in the middle. */
export function visible(name: string): string {
  const short = name.length > maxShown ? `${name.slice(0, maxShown / 2)}…${name.slice(-maxShown / 2)}` : name;
  return short.replace(unseen, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

const maxShown = 200;

/**
 * Characters that are not seen. Cc: control. Cf: bidi marks, zero-width, tags. Cs: half a surrogate pair. Zl, Zp: line breaks that an editor may
 * honour. NChar: those that are none, of which XML forbids U+FFFE and U+FFFF.
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{NChar}]/gu;

/** What went wrong, as one line that may be shown. */
export const reasonOf = (error: unknown): string => visible(error instanceof Error ? error.message : String(error));
