import type { Analysis } from '../lang/analysis.ts';
import type { Slot } from '../lang/properties.ts';
import { constants, routineNamed } from '../lang/routines.ts';
import { units } from '../lang/unit.ts';
import type { Span } from '../syntax/tree.ts';
import { hoverOfAssertion, hoverOfDeclared } from './hoverOfDeclared.ts';
import type { Known } from './known.ts';
import { code } from './markdown.ts';
import { occurrenceAt, placeAt } from './place.ts';
import { signatureOf } from './signature.ts';

/** What to show about a place: Markdown, and the text that it is about. */
export interface Hover {
  readonly at: Span;
  readonly markdown: string;
}

/** The hover at a place, from what is known: it starts no evaluation and waits for none. */
export function hover(analysis: Analysis, offset: number, known: Known): Hover | undefined {
  const occurrence = occurrenceAt(analysis, offset);
  if (occurrence?.definition.kind === 'declaration') {
    return { at: occurrence.at, markdown: hoverOfDeclared(occurrence.definition.symbol, analysis, known, occurrence.at) };
  }
  if (occurrence)
    return {
      at: occurrence.at,
      markdown: `${code(occurrence.at.text)}: a ${occurrence.definition.kind === 'local' ? occurrence.definition.what : 'name'}`,
    };
  return hoverOfWord(analysis, offset) ?? hoverOfAssertion(analysis, offset);
}

function hoverOfWord(analysis: Analysis, offset: number): Hover | undefined {
  const place = placeAt(analysis, offset);
  const name = place.path.at(-1);
  const parent = place.path.at(-2);
  if (name?.kind !== 'name' || !parent) return undefined;
  const about = (markdown: string): Hover => ({ at: name, markdown });
  if (parent.kind === 'member') {
    const slot = place.slots?.find((candidate) => candidate.name === name.text);
    return slot && about(hoverOfSlot(slot));
  }
  if (parent.kind === 'number') return Object.hasOwn(units, name.text) ? about(`${code(name.text)}: ${units[name.text]!.doc}`) : undefined;
  if (parent.kind === 'argument') {
    const routine = place.call && routineNamed(place.call.name.text, place.slot);
    const slot = routine?.parameters.find((parameter) => parameter.name === name.text);
    return slot && about(hoverOfSlot(slot));
  }
  const words = slotAround(analysis, name.start)?.words;
  // With arguments it is the routine, where a word and a routine have one name.
  if (parent.kind !== 'call' && words && Object.hasOwn(words, name.text)) return about(`${code(name.text)}: ${words[name.text]}`);
  const routine = routineNamed(name.text, slotAround(analysis, name.start));
  if (routine) return about(`\`\`\`nibble\n${signatureOf(routine).label}\n\`\`\`\n${routine.doc}`);
  return Object.hasOwn(constants, name.text) ? about(`${code(name.text)} = ${constants[name.text]}`) : undefined;
}

/** The slot of what surrounds a word, not of the arguments behind it. */
const slotAround = (analysis: Analysis, start: number): Slot | undefined => placeAt(analysis, start).slot;

function hoverOfSlot({ name, takes, doc, words, fallback }: Slot): string {
  const head = `${code(name)}: ${takes}${fallback === undefined ? '' : `; ${code(fallback)} unless written`}`;
  const list = Object.entries(words ?? {}).map(([word, meaning]) => `- ${code(word)}: ${meaning}`);
  return [head, doc, list.join('\n')].filter((part) => part !== '').join('\n\n');
}
