import { count } from '../../view/digits.ts';

// Notes are read by a person, so they stay few and short however much there is to say.

/** The most notes of a picture. */
const MOST_NOTES = 20;

/** The most names in a note. */
const MOST_NAMES = 8;

/** Something that could not be done of a format, or of something else that has a name. */
export interface Named {
  readonly name: string;
  readonly why: string;
}

/** What has one reason in common, in the order of the reasons. */
export function byReason(all: readonly Named[]): readonly { readonly names: readonly string[]; readonly why: string }[] {
  const names = new Map<string, Set<string>>();
  for (const { name, why } of all) names.set(why, (names.get(why) ?? new Set()).add(name));
  return [...names].map(([why, found]) => ({ names: [...found], why }));
}

/** Some names, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const nMore = names.length - MOST_NAMES;
  return nMore > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${count(nMore)} more` : names.join(', ');
}

/** The first notes, and how many more there are. */
export function firstNotes(notes: readonly string[]): readonly string[] {
  const nMore = notes.length - MOST_NOTES + 1;
  return nMore > 1 ? [...notes.slice(0, MOST_NOTES - 1), `${count(nMore)} more notes are left out`] : notes;
}
