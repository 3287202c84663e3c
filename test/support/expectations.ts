/** A finding that a comment announces. */
export interface ExpectedFinding {
  readonly severity: string;
  readonly code: string;
  /** Part of the message; empty where none is given. */
  readonly part: string;
  /** Line of the text, from 0. */
  readonly line: number;
  /** Where carets mark the place: its columns, of one caret only the start. */
  readonly columns: { readonly start: number; readonly end: number | undefined } | undefined;
}

/** What a comment says of the declaration on its line: `levels: ...`, `= ...`, `holds`. */
export interface Claim {
  readonly kind: 'value' | 'levels' | 'codes' | 'ties' | 'rule' | 'rows' | 'encodes' | 'reconstructs' | 'outcome';
  readonly said: string;
  readonly line: number;
}

export interface Expectations {
  readonly findings: readonly ExpectedFinding[];
  readonly claims: readonly Claim[];
}

/** Reads the comments of a spec. A comment on a line of its own speaks of the last line of code above it. */
export function expectations(text: string): Expectations {
  const findings: ExpectedFinding[] = [];
  const claims: Claim[] = [];
  let line = 0;
  text.split('\n').forEach((whole, i) => {
    const at = commentStart(whole);
    if (whole.slice(0, at ?? undefined).trim() !== '') line = i;
    if (at === undefined) return;
    const comment = whole.slice(at + 2);
    findings.push(...findingsIn(comment, line, whole.indexOf('^', at)));
    const found = claim(comment.trim(), line);
    if (found) claims.push(found);
  });
  return { findings, claims };
}

/** Where a `//` comment begins; one inside a string is none, and documentation is none either. */
function commentStart(line: string): number | undefined {
  const at = line.replace(/"[^"]*"/g, (string) => '_'.repeat(string.length)).indexOf('//');
  return at < 0 || (line[at + 2] === '/' && line[at + 3] !== '/') ? undefined : at;
}

function findingsIn(comment: string, line: number, caret: number): ExpectedFinding[] {
  const length = /\^+/.exec(comment)?.[0].length ?? 0;
  const isMarked = /^\s*\^+ (error|warning|information|hint): \[/.test(comment);
  const columns = isMarked ? { start: caret, end: length > 1 ? caret + length : undefined } : undefined;
  const announced = comment.matchAll(/(error|warning|information|hint): \[([a-z.-]+)\](?: "([^"]*)")?/g);
  return [...announced].map(([, severity, code, part]) => ({ severity: severity!, code: code!, part: part ?? '', line, columns }));
}

const patterns: readonly (readonly [Claim['kind'], RegExp])[] = [
  ['value', /^= (.*)$/],
  ['levels', /^levels: (.*)$/],
  ['codes', /^codes: (.*)$/],
  ['ties', /^ties: (.*)$/],
  ['rule', /^rule: (.*)$/],
  ['rows', /^rows: (.*)$/],
  ['encodes', /^(-?[\d.]+ -> .*)$/],
  ['reconstructs', /^(\[.*\] -> .*)$/],
  ['outcome', /^(holds|fails|pending|not computed|invalid)$/],
];

function claim(comment: string, line: number): Claim | undefined {
  for (const [kind, pattern] of patterns) {
    const said = pattern.exec(comment)?.[1];
    if (said !== undefined) return { kind, said, line };
  }
  return undefined;
}
