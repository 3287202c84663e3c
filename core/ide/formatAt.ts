import { type Analysis, scopeIn } from '../lang/analysis.ts';
import { evaluate } from '../lang/evaluate.ts';
import { formatSpec } from '../lang/formats.ts';
import type { FormatSpec } from '../lang/spec.ts';
import type { Value } from '../lang/value.ts';
import { type Declaration, type Expression, pathTo } from '../syntax/tree.ts';
import { evaluationsOf } from './known.ts';
import { writtenLevels } from './writtenLevels.ts';

/** A format, and the code whose level stands at the place; null where it is no level. */
export interface FormatAt {
  readonly format: FormatSpec;
  readonly code: number | null;
}

/** The format that a place belongs to: the one whose declaration is around it, or else the one that is named there, as in a comparison. */
export function formatAt(analysis: Analysis, offset: number): FormatAt | undefined {
  const path = pathTo(analysis.file, offset);
  const declaration = path.find((node) => node.kind === 'declaration');
  if (declaration?.keyword !== 'format') {
    const named = path.findLast((node): node is Expression => node.kind === 'reference' || node.kind === 'call');
    const mentioned = named && formatOf(named, analysis);
    return mentioned && { format: mentioned, code: null };
  }
  const format = declaredFormat(declaration, analysis);
  if (!format) return undefined;
  const code = writtenLevels(format, analysis).findIndex(
    (level) => level?.uri === analysis.uri && level.start <= offset && offset <= level.end,
  );
  return { format, code: code < 0 ? null : code };
}

/** Of a family the first instance that something asks for; else the one of its defaults. */
function declaredFormat(declaration: Declaration, analysis: Analysis): FormatSpec | undefined {
  const asked = evaluationsOf(analysis).find(({ format }) => format.symbol.declaration === declaration)?.format;
  return asked ?? [...analysis.formats.values()].find(({ symbol }) => symbol.declaration === declaration);
}

/** The format that an expression names; of a sweep the first. */
function formatOf(node: Expression, analysis: Analysis): FormatSpec | undefined {
  const scope = scopeIn(analysis);
  const value = evaluate(node, scope);
  const first: Value | undefined = value.kind === 'list' ? value.items[0] : value;
  if (first?.kind !== 'symbol' || first.symbol.declaration.keyword !== 'format') return undefined;
  return formatSpec(first, node, scope);
}
