import type { Analysis } from '../lang/analysis.ts';
import { type Routine, routineNamed } from '../lang/routines.ts';
import { argumentAt, placeAt, positionAt } from './place.ts';

/** A call as it would be declared, with where each parameter stands in the label. */
export interface Signature {
  readonly label: string;
  readonly doc: string;
  readonly parameters: readonly { readonly start: number; readonly end: number; readonly doc: string }[];
  /** The parameter that is being written. */
  readonly active: number;
}

/** The signature of the call whose arguments are at `offset`. */
export function signatureHelp(analysis: Analysis, offset: number): Signature | undefined {
  const { call } = placeAt(analysis, offset);
  if (!call || offset <= call.name.end) return undefined;
  const family = analysis.module.names.get(call.name.text);
  const outer = placeAt(analysis, call.name.start).slot;
  const routine = family ? undefined : routineNamed(call.name.text, outer);
  const whole = family
    ? labelled(
        family.name,
        family.declaration.parameters.map(({ name, start, end }) => ({
          name: name.text,
          label: family.module.file.text.slice(start, end),
          doc: '',
        })),
        family.declaration.doc,
      )
    : routine && signatureOf(routine);
  if (!whole) return undefined;
  const { text } = analysis.file;
  const argument = argumentAt(call, offset, text);
  const named = argument?.name && whole.names.indexOf(argument.name.text);
  const position = positionAt(call, offset, text);
  const active = routine?.rest ? Math.min(position, whole.parameters.length - 1) : position;
  return { ...whole, active: named !== undefined && named >= 0 ? named : active };
}

interface Labelled extends Omit<Signature, 'active'> {
  readonly names: readonly string[];
}

/** The signature of a routine. */
export function signatureOf({ name, parameters, rest, doc }: Routine): Labelled {
  const slots = [...parameters, ...(rest ? [{ ...rest, name: `${rest.name}...` }] : [])];
  return labelled(
    name,
    slots.map((slot) => ({
      name: slot.name,
      label: slot.fallback === undefined ? slot.name : `${slot.name}: ${slot.fallback}`,
      doc: [slot.takes, slot.doc].filter((part) => part !== '').join('. '),
    })),
    doc,
  );
}

function labelled(
  name: string,
  parameters: readonly { readonly name: string; readonly label: string; readonly doc: string }[],
  doc: string,
): Labelled {
  let label = `${name}(`;
  const spans = parameters.map((parameter, i) => {
    if (i > 0) label += ', ';
    const start = label.length;
    label += parameter.label;
    return { start, end: label.length, doc: parameter.doc };
  });
  return { label: `${label})`, doc, parameters: spans, names: parameters.map((parameter) => parameter.name) };
}
