import { parse } from '../syntax/parser.ts';
import { nearestName } from '../weights/nearestName.ts';
import { visible } from '../weights/visibleName.ts';
import { evaluate } from './evaluate.ts';
import { type KnownOfWeights, nothingKnown } from './facts.ts';
import { formatSpec } from './formats.ts';
import type { Module } from './module.ts';
import { context, scopeOf } from './scope.ts';
import type { FormatSpec } from './spec.ts';

/** The format that a text such as `SF4` or `SF(6)` names in a file, or why there is none. */
export function formatNamed(text: string, module: Module, known: KnownOfWeights = nothingKnown): FormatSpec | { readonly problem: string } {
  const { items, errors } = parse(`let named = ${text}`);
  const [item] = items;
  if (errors.length > 0 || items.length !== 1 || item?.kind !== 'declaration' || !item.value)
    return { problem: `"${visible(text)}" is not the name of a format, such as SF4 or SF(6)` };
  const { value } = item;
  const name = value.kind === 'reference' || value.kind === 'call' ? value.name.text : '';
  const symbol = module.names.get(name);
  if (symbol?.declaration.keyword !== 'format') return { problem: unknownFormat(name === '' ? text : name, module) };
  const within = context(module, known);
  const scope = scopeOf(module, within);
  const found = evaluate(value, scope);
  const spec = found.kind === 'symbol' ? formatSpec(found, value, scope) : undefined;
  if (spec) return spec;
  const [first] = within.findings.values();
  return { problem: first?.message ?? `"${visible(text)}" is not one format` };
}

function unknownFormat(name: string, module: Module): string {
  const formats = [...module.names.values()].filter(({ declaration }) => declaration.keyword === 'format').map((symbol) => symbol.name);
  const near = nearestName(name, formats);
  return `There is no format "${visible(name)}"${near ? `; did you mean ${near}?` : `; there are ${formats.join(', ')}`}`;
}
