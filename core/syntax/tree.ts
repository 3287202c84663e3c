import type { Token } from './token.ts';

/** A place in the text: the characters from `start` up to `end`, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The tree of one text. It keeps every token, so `tokens` spells `text` whatever was wrong with it. */
export interface SourceFile extends Span {
  readonly kind: 'file';
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly items: readonly Item[];
  readonly errors: readonly SyntaxFault[];
}

/** Something the grammar does not allow. The parser goes on behind it. */
export interface SyntaxFault extends Span {
  readonly code: `syntax.${string}`;
  readonly message: string;
  /** Text that, put at `start`, would mend it. */
  readonly insert: string | undefined;
}

export type Item = Use | Declaration | Assertion;

/** `use std.paper` or `use "./other.nibble"`. */
export interface Use extends Span {
  readonly kind: 'use';
  /** A dotted name as one {@link Name}, or a string. */
  readonly path: Name | StringLiteral | Missing;
}

export type Keyword = 'let' | 'format' | 'scale' | 'weights' | 'model' | 'hardware' | 'compare';

/** Everything that gives something a name; parts that a keyword does not allow are a finding, not a syntax error. */
export interface Declaration extends Span {
  readonly kind: 'declaration';
  readonly keyword: Keyword;
  readonly name: Name | undefined;
  readonly parameters: readonly Parameter[];
  readonly base: Reference | Call | undefined;
  /** What stands behind `=`. */
  readonly value: Expression | undefined;
  readonly body: RecordLiteral | undefined;
  /** The text of the `///` lines before it. */
  readonly doc: string;
}

export interface Assertion extends Span {
  readonly kind: 'assert';
  readonly condition: Expression;
  readonly doc: string;
}

export interface Parameter extends Span {
  readonly kind: 'parameter';
  readonly name: Name;
  readonly fallback: Expression | undefined;
}

export interface Name extends Span {
  readonly kind: 'name';
  readonly text: string;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | Reference
  | Call
  | List
  | Comprehension
  | RecordLiteral
  | Unary
  | Binary
  | Range
  | Missing;

/** A number and, behind it, its unit: `19 dB`. */
export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
  readonly unit: Name | undefined;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

export interface Reference extends Span {
  readonly kind: 'reference';
  readonly name: Name;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: Name;
  readonly arguments: readonly Argument[];
}

export interface Argument extends Span {
  readonly kind: 'argument';
  readonly name: Name | undefined;
  readonly value: Expression;
}

export interface List extends Span {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}

/** `[f(k) for k in 0..7]`. */
export interface Comprehension extends Span {
  readonly kind: 'comprehension';
  readonly body: Expression;
  readonly variable: Name;
  readonly source: Expression;
}

/** `{ key = value ... }`: the body of a declaration, or a value. */
export interface RecordLiteral extends Span {
  readonly kind: 'record';
  readonly members: readonly Member[];
}

export interface Member extends Span {
  readonly kind: 'member';
  readonly name: Name;
  readonly value: Expression;
  readonly doc: string;
}

export interface Unary extends Span {
  readonly kind: 'unary';
  readonly operator: '-' | '+';
  readonly operand: Expression;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `from..to`, both included, `step` apart (1 unless given). */
export interface Range extends Span {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
  readonly step: Expression | undefined;
}

/** Where a value was due and none stood. Its syntax error is already reported. */
export interface Missing extends Span {
  readonly kind: 'missing';
}

export type Node = SourceFile | Item | Parameter | Name | Expression | Argument | Member;

/** The parts of a node, in the order of the text. */
export function children(node: Node): readonly Node[] {
  const parts = partsOf(node);
  return parts.filter((part): part is Node => part !== undefined);
}

function partsOf(node: Node): readonly (Node | undefined)[] {
  switch (node.kind) {
    case 'file':
      return node.items;
    case 'use':
      return [node.path];
    case 'declaration':
      return [node.name, ...node.parameters, node.base, node.value, node.body];
    case 'assert':
      return [node.condition];
    case 'parameter':
      return [node.name, node.fallback];
    case 'number':
      return [node.unit];
    case 'reference':
      return [node.name];
    case 'call':
      return [node.name, ...node.arguments];
    case 'argument':
      return [node.name, node.value];
    case 'list':
      return node.items;
    case 'comprehension':
      return [node.body, node.variable, node.source];
    case 'record':
      return node.members;
    case 'member':
      return [node.name, node.value];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'range':
      return [node.from, node.to, node.step];
    case 'name':
    case 'string':
    case 'missing':
      return [];
  }
}

/** The nodes around `offset`, from the file inwards. A node's end counts as inside, because a cursor stands behind what was typed. */
export function pathTo(file: SourceFile, offset: number): Node[] {
  const path: Node[] = [file];
  for (let node: Node | undefined = file; node; ) {
    const next: Node | undefined = innermost(children(node), offset);
    if (next) path.push(next);
    node = next;
  }
  return path;
}

/** Of two nodes that touch at `offset` the later one wins, unless it is missing. */
function innermost(nodes: readonly Node[], offset: number): Node | undefined {
  const around = nodes.filter((node) => node.start <= offset && offset <= node.end);
  return around.findLast((node) => node.kind !== 'missing') ?? around.at(-1);
}
