import type { Analysis } from '../lang/analysis.ts';
import type { Keyword, RecordLiteral, Span } from '../syntax/tree.ts';

/** A declaration or property, with what lies inside it. */
export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: Keyword | 'assert' | 'property';
  readonly at: Span;
  /** The part to select when it is picked; inside `at`. */
  readonly selection: Span;
  readonly children: readonly OutlineEntry[];
}

/** The outline of a file. */
export function outline({ file }: Analysis): OutlineEntry[] {
  return file.items.flatMap((node): OutlineEntry[] => {
    if (node.kind === 'use') return [];
    if (node.kind === 'assert') {
      const text = file.text.slice(node.condition.start, node.condition.end);
      return [{ name: text === '' ? 'assert' : text, detail: '', kind: 'assert', at: node, selection: node.condition, children: [] }];
    }
    if (!node.name) return [];
    const detail = node.base ? `extends ${file.text.slice(node.base.start, node.base.end)}` : '';
    return [
      {
        name: node.name.text,
        detail,
        kind: node.keyword,
        at: node,
        selection: node.name,
        children: node.body ? members(node.body, file.text) : [],
      },
    ];
  });
}

function members(record: RecordLiteral, text: string): OutlineEntry[] {
  return record.members.map((member) => ({
    name: member.name.text,
    detail: text.slice(member.value.start, Math.min(member.value.end, member.value.start + 60)),
    kind: 'property',
    at: member,
    selection: member.name,
    children: member.value.kind === 'record' ? members(member.value, text) : [],
  }));
}

/** A run of text that can be folded away: declarations, records and lists over several lines, and runs of comments. */
export interface Fold extends Span {
  readonly kind: 'region' | 'comment';
}

export function folds({ file }: Analysis): Fold[] {
  const found: Fold[] = [];
  const open: number[] = [];
  let comments: Fold | undefined;
  for (const token of file.tokens) {
    const text = file.text[token.start]!;
    if (token.kind === 'punctuation' && '{[('.includes(text)) open.push(token.start);
    else if (token.kind === 'punctuation' && '}])'.includes(text)) {
      const start = open.pop();
      if (start !== undefined) found.push({ kind: 'region', start, end: token.end });
    }
    // A comment behind code belongs to its line and begins no run.
    if ((token.kind === 'comment' || token.kind === 'doc') && (comments || isAlone(file.text, token.start))) {
      comments = { kind: 'comment', start: comments?.start ?? token.start, end: token.end };
    } else if (comments && (token.kind !== 'newline' || isBlankLine(file.text, token.start)) && token.kind !== 'space') {
      found.push(comments);
      comments = undefined;
    }
  }
  if (comments) found.push(comments);
  return found.filter(({ start, end }) => file.text.slice(start, end).includes('\n'));
}

const isAlone = (text: string, start: number): boolean => /(^|[\n\r])[ \t]*$/.test(text.slice(Math.max(0, start - 200), start));

const isBlankLine = (text: string, newline: number): boolean => /\n[ \t]*\r?$/.test(text.slice(Math.max(0, newline - 200), newline));
