import type { Span } from '../syntax/tree.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Something to tell the author about a place in the text. Plain data: the editor, the CLI and the tests all show the same. */
export interface Finding extends Span {
  /** Public and stable: settings, docs and fixes refer to it. */
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What is wrong, with the numbers, then what would be right. Sentence case, no full stop. */
  readonly message: string;
  /** Other places that have to do with it. */
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}

export interface Related extends Span {
  readonly uri: string;
  readonly message: string;
}

/** A change of the text that mends a finding. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** Replaces the characters of a span. */
export interface Edit extends Span {
  readonly text: string;
}

/** Every finding there is: its usual severity and what it means. docs/findings.md is made from this table. */
export const findingCodes = {
  'syntax.value-expected': ['error', 'A value is missing'],
  'syntax.name-expected': ['error', 'A name is missing'],
  'syntax.property-expected': ['error', 'Something stands where a property `key = value` was due'],
  'syntax.declaration-expected': ['error', 'Something stands where a declaration was due'],
  'syntax.comma-expected': ['error', 'Two items or properties are not separated'],
  'syntax.argument-colon': ['error', 'A named argument is written with `=` instead of `:`'],
  'syntax.in-expected': ['error', 'A comprehension lacks its `in`'],
  'syntax.unclosed': ['error', 'A bracket is not closed'],
  'syntax.unclosed-string': ['error', 'A string is not closed'],
  'syntax.unexpected': ['error', 'A character has no place here'],
  'syntax.too-deep': ['error', 'Brackets nest too deeply'],
  'syntax.too-large': ['error', 'The file is too large to be a spec and is not read'],
  'name.unknown': ['error', 'Nothing has this name'],
  'name.duplicate': ['error', 'Two declarations have the same name'],
  'name.shadows': ['hint', 'A declaration hides one of a built-in library'],
  'use.missing': ['error', 'A library or file cannot be found'],
  'use.cycle': ['error', 'Files use one another in a circle'],
  'use.has-errors': ['warning', 'A used file has errors of its own'],
  'extends.cycle': ['error', 'Declarations extend one another in a circle'],
  'extends.kind': ['error', 'A declaration extends one of another kind'],
  'declaration.form': ['error', 'A part of a declaration does not belong to its kind, or is missing'],
  'property.unknown': ['error', 'This declaration has no such property'],
  'property.duplicate': ['error', 'A property is written twice'],
  'property.missing': ['error', 'A property that has no default is not written'],
  'argument.unknown': ['error', 'A function has no such parameter'],
  'argument.missing': ['error', 'A parameter without default has no argument'],
  'argument.invalid': ['error', 'An argument or property has a value out of its range'],
  'type.mismatch': ['error', 'A value is of another type than is due here'],
  'unit.unknown': ['error', 'There is no such unit'],
  'unit.mismatch': ['error', 'Two units do not go together'],
  'format.no-levels': ['error', 'A format has no levels'],
  'format.pending': ['information', 'The levels of this format are known once weights are read'],
  'format.not-computed': ['information', 'The levels of this format cannot be computed by this version'],
  'codebook.size': ['error', 'There are more or fewer levels than codes'],
  'codebook.duplicate-level': ['warning', 'Two codes decode to the same level'],
  'codebook.no-zero': ['information', 'No code decodes to 0'],
  'codebook.unordered': ['warning', 'Levels are not in increasing order'],
  'codebook.wasted-code': ['information', 'The code of -0 decodes to the same level as that of +0'],
  'codebook.known-format': ['hint', 'The levels equal, or nearly equal, a published table'],
  'scale.incomplete': ['error', 'A scale lacks block, axis or anchor'],
  'scale.rounding-missing': ['error', 'A power-of-two scale does not say how it is rounded'],
  'scale.clips': ['information', 'The anchor cuts one side of the codebook'],
  'scale.ignored': ['warning', 'A format has a scale of its own, so another one given for it is not used'],
  'scale.missing': ['error', 'A format is to be measured and has no scale'],
  'compare.empty': ['warning', 'A comparison has nothing to compare'],
  'compare.too-large': ['error', 'A comparison has too many rows'],
  'weights.missing': ['error', 'A weight file cannot be found'],
  'weights.unreadable': ['error', 'A weight file or tensor cannot be read'],
  'weights.no-tensor-matches': ['warning', 'No tensor matches the patterns'],
  'weights.non-finite': ['warning', 'Weights are infinite or not a number'],
  'model.missing': ['error', 'A file of a language model or of its text cannot be found'],
  'model.unreadable': ['error', 'A language model cannot be run, or its text cannot be read'],
  'model.no-layer-matches': ['warning', 'No tensor of a language model matches the patterns'],
  'error.dominated': ['information', 'Another format of the comparison has less error and costs less'],
  'error.gap-to-optimum': ['information', 'A format is far from the best levels for the weights it is measured on'],
  'hardware.unsupported': ['error', 'A format cannot be made in hardware'],
  'hardware.not-synthesised': ['warning', 'There is no area, because synthesis came to no result'],
  'area.budget': ['warning', 'A format takes more area than the budget of its hardware'],
  'area.wide-grid': ['information', 'A level off the common grid widens the accumulator'],
  'area.unused-code': ['information', 'A code that is not in use could have a level at no width'],
  'measure.not-here': ['error', 'A measure stands where it cannot be computed'],
  'assert.failed': ['error', 'An assertion does not hold'],
  'assert.form': ['error', 'An assertion is not a comparison'],
} as const satisfies Record<string, readonly [Severity, string]>;

export type FindingCode = keyof typeof findingCodes;

/** A finding with the usual severity of its code. */
export function finding(
  code: FindingCode,
  at: Span,
  message: string,
  more: Partial<Pick<Finding, 'related' | 'fixes' | 'severity'>> = {},
): Finding {
  const { severity = findingCodes[code][0], related = [], fixes = [] } = more;
  return { code, severity, message, start: at.start, end: at.end, related, fixes };
}

/** A fix that replaces one span. */
export const replace = (title: string, at: Span, text: string): Fix => ({ title, edits: [{ start: at.start, end: at.end, text }] });
