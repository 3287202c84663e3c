import { nominalBitsPerWeight } from '../measure/measures.ts';
import { areaMeasure, isAreaMeasure } from './areaMeasures.ts';
import { argumentOf, type Bound, mismatch } from './call.ts';
import { formatSpec } from './formats.ts';
import { isModelMeasure, modelMeasure } from './modelMeasures.ts';
import { scaleOf } from './scales.ts';
import { report, type Scope } from './scope.ts';
import type { FormatSpec, NamedScale } from './spec.ts';
import { number, unknown, type Value } from './value.ts';
import { weightMeasure } from './weightMeasures.ts';
import { weightsSpec } from './weights.ts';

/** What a measure means: a number, or a request to have it measured. */
export function measureCall(bound: Bound): Value {
  const { routine, scope } = bound;
  if (routine.name === 'nu' || routine.name === 'ks') return weightMeasure(bound);
  const format = formatOf(bound);
  if (!format) return unknown;
  if (isAreaMeasure(routine.name)) return areaMeasure(routine.name, format, bound);
  const scale = scaleFor(format, bound);
  if (!scale) return unknown;
  if (routine.name === 'bits_per_weight') return number(nominalBitsPerWeight(format.bits, scale.rule), 'bits');
  if (isModelMeasure(routine.name)) return modelMeasure(format, scale, bound);
  const on = argumentOf(bound, 'on')!;
  const weights =
    on.kind === 'symbol' && on.symbol.declaration.keyword === 'weights' ? weightsSpec(on.symbol, scope, bound.given.get('on')) : undefined;
  if (!weights) {
    mismatch(bound, 'on', 'the name of weights', on);
    return unknown;
  }
  const request = { measure: routine.name, unit: routine.unit!, evaluation: { format, weights, scale } };
  scope.context.requests.push(request);
  const measured = scope.context.known.measured(request);
  return measured === undefined ? { kind: 'pending', unit: request.unit } : number(measured, request.unit);
}

function formatOf(bound: Bound): FormatSpec | undefined {
  const value = argumentOf(bound, 'format')!;
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'format') {
    return formatSpec(value, bound.given.get('format')!, bound.scope);
  }
  mismatch(bound, 'format', 'one format', value);
  return undefined;
}

/** The format's own scale, or else the one given; a finding where there is none. */
function scaleFor(format: FormatSpec, bound: Bound): NamedScale | undefined {
  const written = bound.given.get('scale');
  if (format.scale) {
    if (written) reportIgnored(format, format.scale, written, bound.scope);
    return format.scale;
  }
  if (written) return scaleOf(written, bound.scope, `the scale of this ${bound.routine.name}`);
  const message = `\`${format.name}\` has no scale of its own; say \`scale:\` as well`;
  report(bound.scope, 'scale.missing', bound.node.name, message);
  return undefined;
}

/** Says that a format's own scale is used although another one is written. */
export function reportIgnored(format: FormatSpec, own: NamedScale, at: { start: number; end: number }, scope: Scope): void {
  const message = `\`${format.name}\` has a scale of its own (${own.name}), so this one is not used for it`;
  report(scope, 'scale.ignored', at, message);
}
