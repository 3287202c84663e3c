import type { Expression, SourceFile } from '../syntax/tree.ts';
import { checkAreas } from './areaRules.ts';
import { assertion } from './assertions.ts';
import { type Binding, bind } from './bind.ts';
import { comparison, placeOf } from './comparisons.ts';
import { evaluate } from './evaluate.ts';
import { type FactRequest, type KnownOfWeights, nothingKnown } from './facts.ts';
import type { Finding } from './finding.ts';
import { formatSpec } from './formats.ts';
import { hardwareSpec } from './hardware.ts';
import { modelSpec } from './model.ts';
import { checkModels } from './modelRules.ts';
import { type Declared, type Files, loadModule, type Module } from './module.ts';
import { checkFormat, checkScales } from './rules.ts';
import { scaleOfValue } from './scales.ts';
import { type Context, context, type Scope, scopeOf } from './scope.ts';
import type {
  AssertionResult,
  Comparison,
  Evaluation,
  FormatSpec,
  MeasureRequest,
  ModelSpec,
  NamedHardware,
  NamedScale,
  WeightsSpec,
} from './spec.ts';
import { weightsSpec } from './weights.ts';

/** Everything that a spec means, and everything that is wrong with it: plain values that the editor, the CLI and the tests share. */
export interface Analysis {
  readonly uri: string;
  readonly file: SourceFile;
  readonly module: Module;
  readonly binding: Binding;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  /** The formats declared here that can be worked out; a family stands for itself with its defaults. */
  readonly formats: ReadonlyMap<Declared, FormatSpec>;
  readonly scales: ReadonlyMap<Declared, NamedScale>;
  readonly weights: ReadonlyMap<Declared, WeightsSpec>;
  readonly models: ReadonlyMap<Declared, ModelSpec>;
  readonly hardware: ReadonlyMap<Declared, NamedHardware>;
  readonly comparisons: readonly Comparison[];
  readonly assertions: readonly AssertionResult[];
  /** What assertions and constants need to have measured. */
  readonly requests: readonly MeasureRequest[];
  /** What formats and measures rest on that only weights or a synthesis can tell, known by now or not. */
  readonly asked: readonly FactRequest[];
  /** What it was made with. */
  readonly known: KnownOfWeights;
}

/** Works out the spec in `text`. Never throws; time is bounded whatever the text says. */
export function analyse(uri: string, text: string, files: Files, known: KnownOfWeights = nothingKnown): Analysis {
  const module = loadModule(uri, text, files);
  return analyseModule(module, known);
}

/** Likewise, of a file that is loaded already. */
export function analyseModule(module: Module, known: KnownOfWeights = nothingKnown): Analysis {
  const within = context(module, known);
  const scope = scopeOf(module, within);
  const binding = bind(module);
  const formats = new Map<Declared, FormatSpec>();
  const scales = new Map<Declared, NamedScale>();
  const weights = new Map<Declared, WeightsSpec>();
  const models = new Map<Declared, ModelSpec>();
  const hardware = new Map<Declared, NamedHardware>();
  const comparisons: Comparison[] = [];
  for (const symbol of module.own.values()) {
    const { declaration } = symbol;
    if (declaration.keyword === 'format')
      keep(formats, symbol, formatSpec({ kind: 'symbol', symbol, arguments: undefined }, declaration, scope));
    else if (declaration.keyword === 'scale')
      keep(scales, symbol, scaleOfValue({ kind: 'symbol', symbol, arguments: undefined }, nameOf(symbol), scope, symbol.name));
    else if (declaration.keyword === 'weights') keep(weights, symbol, weightsSpec(symbol, scope));
    else if (declaration.keyword === 'let' && declaration.value) evaluate(declaration.value, scope);
    else if (declaration.keyword === 'model') keep(models, symbol, modelSpec(symbol, scope));
    else if (declaration.keyword === 'hardware') keep(hardware, symbol, hardwareSpec(symbol, scope));
    else if (declaration.keyword === 'compare') {
      const found = comparison(symbol, scope);
      if (found) comparisons.push(found);
    }
  }
  const assertions = module.file.items.flatMap((item) => (item.kind === 'assert' ? [assertion(item, scope)] : []));
  const rules = [
    ...[...formats.values()].flatMap(checkFormat),
    ...comparisons.flatMap(clips),
    ...checkAreas({ comparisons, formats, hardware }, known),
    ...checkModels(models, known),
  ];
  const findings = sorted([...module.findings, ...binding.findings, ...own(within), ...rules]);
  return {
    uri: module.uri,
    file: module.file,
    module,
    binding,
    findings,
    formats,
    scales,
    weights,
    models,
    hardware,
    comparisons,
    assertions,
    requests: within.requests,
    asked: [...within.asked.values()],
    known,
  };
}

function keep<T>(found: Map<Declared, T>, symbol: Declared, value: T | undefined): void {
  if (value !== undefined) found.set(symbol, value);
}

const nameOf = (symbol: Declared): Expression => {
  const { start, end } = symbol.declaration.name ?? symbol.declaration;
  return { kind: 'reference', name: { kind: 'name', text: symbol.name, start, end }, start, end };
};

const own = (within: Context): Finding[] => [...within.findings.values()];

/** Formats that a comparison clips, each said once, where the comparison lists its formats. */
function clips({ rows, symbol }: Comparison): Finding[] {
  const member = symbol.declaration.body?.members.find(({ name }) => name.text === 'formats');
  if (!member) return [];
  const byFormat = new Map<string, Evaluation[]>();
  for (const row of rows) byFormat.set(row.format.name, [...(byFormat.get(row.format.name) ?? []), row]);
  return [...byFormat.values()].flatMap((own) => checkScales(own, placeOf(own[0]!.format, member.value)));
}

const sorted = (findings: Finding[]): Finding[] =>
  findings.sort((a, b) => a.start - b.start || a.end - b.end || (a.code < b.code ? -1 : 1));

/** The scope of an analysed file, to evaluate more of its expressions. */
export const scopeIn = (analysis: Analysis): Scope => scopeOf(analysis.module, context(analysis.module, analysis.known));
