import type { Problem } from '../fit/moments.ts';
import type { Span } from '../syntax/tree.ts';
import { type FactOf, type FactRequest, factKey, factOf, type KnownOfWeights } from './facts.ts';
import { type Finding, type FindingCode, finding } from './finding.ts';
import { type Declared, type Module, shortName } from './module.ts';
import type { FormatSpec, MeasureRequest, NamedScale } from './spec.ts';
import { unknown, type Value } from './value.ts';

/** What one analysis carries along: what it found, what it asks to have measured, and what it has worked out already. */
export interface Context {
  /** The file being analysed; findings in files it uses belong to those. */
  readonly root: Module;
  readonly findings: Map<string, Finding>;
  readonly requests: MeasureRequest[];
  /** What it draws on of weights, by key; whether it is known or not. */
  readonly asked: Map<string, FactRequest>;
  readonly known: KnownOfWeights;
  /** Declarations being worked out, each needed by the one before. */
  readonly open: Declared[];
  readonly formats: Map<string, FormatSpec | undefined>;
  /** The formats being worked out, each needed by the one before. */
  readonly building: string[];
  readonly scales: Map<Declared, NamedScale | undefined>;
  /** The values of constants: one that names another twice, sixty times over, is still worked out once. */
  readonly constants: Map<Declared, Value>;
  /** What went wrong in files that the root uses, until it is said where the root needs it. */
  readonly elsewhere: { readonly finding: Finding; readonly uri: string }[];
  /** Evaluations left: a bound on the time that a hostile spec can take. */
  budget: number;
}

/** Where an expression stands: its file, and the parameters and variables around it. */
export interface Scope {
  readonly module: Module;
  readonly locals: ReadonlyMap<string, Value>;
  readonly context: Context;
}

export const context = (root: Module, known: KnownOfWeights): Context => ({
  root,
  findings: new Map(),
  requests: [],
  asked: new Map(),
  known,
  open: [],
  formats: new Map(),
  building: [],
  scales: new Map(),
  constants: new Map(),
  elsewhere: [],
  budget: 1_000_000,
});

/** The scope of a file, with no locals. */
export const scopeOf = (module: Module, within: Context): Scope => ({ module, locals: new Map(), context: within });

export const withLocals = (scope: Scope, locals: Iterable<readonly [string, Value]>): Scope => ({
  ...scope,
  locals: new Map([...scope.locals, ...locals]),
});

/** What is known of something that only weights can tell; undefined until it is found out, which is asked for herewith. */
export function known<R extends FactRequest>(scope: Scope, request: R): FactOf[R['kind']] | Problem | undefined {
  const { asked, known: all } = scope.context;
  asked.set(factKey(request), request);
  return factOf(request, all.facts);
}

/** Reports once what may be met several times: a family is worked out for each of its instances. */
export function report(scope: Scope, code: FindingCode, at: Span, message: string, more: Parameters<typeof finding>[3] = {}): void {
  const { findings, elsewhere, root } = scope.context;
  if (scope.module !== root) {
    elsewhere.push({ finding: finding(code, at, message, more), uri: scope.module.uri });
    return;
  }
  const key = `${code}:${at.start}:${at.end}`;
  if (!findings.has(key)) findings.set(key, finding(code, at, message, more));
}

/**
 * Works out what the root names at `at`. What goes wrong in the files that it uses is said there: overriding a property of a base in another
 * file may break one that stays, and nobody would see it in that file.
 */
export function blamed<T>(scope: Scope, at: Span, work: () => T): T {
  const { elsewhere, root } = scope.context;
  if (scope.module !== root) return work();
  const from = elsewhere.length;
  const result = work();
  const met = elsewhere.splice(from);
  const first = met.find(({ finding }) => finding.severity === 'error') ?? met[0];
  if (first && (result === undefined || result === unknown)) {
    const { code, message, start, end } = first.finding;
    const related = [{ uri: first.uri, start, end, message: 'It is written here' }];
    report(scope, code, at, `${message} (in ${shortName(first.uri)})`, { related });
  }
  return result;
}

/** Works out a declaration with a guard against circles: `undefined` where it needs itself. */
export function guarded<T>(scope: Scope, symbol: Declared, at: Span, work: () => T): T | undefined {
  const { open } = scope.context;
  const from = open.indexOf(symbol);
  if (from >= 0) {
    const circle = [...open.slice(from), symbol];
    const names = circle.map(({ name }) => `\`${name}\``).join(' needs ');
    const related = circle.slice(0, -1).map(({ declaration, module, name }) => ({
      uri: module.uri,
      start: (declaration.name ?? declaration).start,
      end: (declaration.name ?? declaration).end,
      message: `\`${name}\` is declared here`,
    }));
    report(scope, 'extends.cycle', at, `A circle: ${names}`, { related });
    return undefined;
  }
  if (open.length > maxOpen) {
    report(scope, 'extends.cycle', at, `More than ${maxOpen} declarations need one another in a row`);
    return undefined;
  }
  open.push(symbol);
  try {
    return work();
  } finally {
    open.pop();
  }
}

/** How many declarations may need one another in a row: far beyond any real spec, far below the stack. */
const maxOpen = 100;
