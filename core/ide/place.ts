import type { Analysis } from '../lang/analysis.ts';
import type { Occurrence } from '../lang/bind.ts';
import { properties, type Slot } from '../lang/properties.ts';
import { type Routine, routineNamed } from '../lang/routines.ts';
import { type Argument, type Call, type Declaration, type Member, type Node, pathTo } from '../syntax/tree.ts';

/** What surrounds a place in the text, as far as hover, completion and signature help ask. */
export interface Place {
  /** From the file inwards. */
  readonly path: readonly Node[];
  readonly declaration: Declaration | undefined;
  /** The property whose value is here. */
  readonly member: Member | undefined;
  /** The properties that may stand here; undefined outside braces. */
  readonly slots: readonly Slot[] | undefined;
  /** The slot that a value here would fill: of a property, or of a parameter of a call. */
  readonly slot: Slot | undefined;
  /** The innermost call whose arguments are here. */
  readonly call: Call | undefined;
}

export function placeAt({ file, module }: Analysis, cursor: number): Place {
  const offset = behindText(file.text, cursor);
  const path = pathTo(file, offset);
  let declaration: Declaration | undefined;
  let member: Member | undefined;
  let slots: readonly Slot[] | undefined;
  let slot: Slot | undefined;
  let call: Call | undefined;
  for (const node of path) {
    if (node.kind === 'declaration') declaration = node;
    else if (node.kind === 'record') {
      slots = slot?.record?.() ?? (declaration?.body === node ? properties[declaration.keyword] : undefined);
      slot = undefined;
      member = undefined;
    } else if (node.kind === 'member') {
      member = node;
      if (offset > node.name.end || offset < cursor) slot = slots?.find(({ name }) => name === node.name.text);
    } else if (node.kind === 'call' && offset > node.name.end) {
      call = node;
      const routine = module.names.has(node.name.text) ? undefined : routineNamed(node.name.text, slot);
      slot = routine && parameterAt(routine, node, offset, file.text);
    }
  }
  return { path, declaration, member, slots, slot, call };
}

/** A cursor behind spaces is in what stands before them on its line: `ties = ` still lacks its value, and the list in `[A, ` is still open. */
function behindText(text: string, cursor: number): number {
  // In front of a word the cursor is at that word.
  if (/\w/.test(text[cursor] ?? '')) return cursor;
  let offset = cursor;
  while (offset > 0 && (text[offset - 1] === ' ' || text[offset - 1] === '\t')) offset--;
  const isLineStart = offset === 0 || text[offset - 1] === '\n' || text[offset - 1] === '\r';
  return isLineStart ? cursor : offset;
}

/** Which parameter an argument at `offset` would fill. */
function parameterAt(routine: Routine, call: Call, offset: number, text: string): Slot | undefined {
  const argument = argumentAt(call, offset, text);
  if (argument?.name) return routine.parameters.find(({ name }) => name === argument.name!.text);
  return routine.parameters[positionAt(call, offset, text)] ?? routine.rest;
}

/** The argument at `offset`; one whose value is missing goes on over the space behind it. */
export const argumentAt = (call: Call, offset: number, text: string): Argument | undefined =>
  call.arguments.find(({ start, end }) => start <= offset && (offset <= end || text.slice(end, offset).trim() === ''));

/** How many arguments stand before the one at `offset`. */
export const positionAt = (call: Call, offset: number, text: string): number => {
  const here = argumentAt(call, offset, text);
  return call.arguments.filter((argument) => argument !== here && argument.end < offset).length;
};

/** The name at `offset` and what it stands for. */
export const occurrenceAt = ({ binding }: Analysis, offset: number): Occurrence | undefined =>
  binding.occurrences.find(({ at }) => at.start <= offset && offset <= at.end);
