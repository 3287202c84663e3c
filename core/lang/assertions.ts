import type { Assertion, Binary } from '../syntax/tree.ts';
import { comparisons, evaluate, holds } from './evaluate.ts';
import { report, type Scope } from './scope.ts';
import type { AssertionResult } from './spec.ts';
import { type Unit, withUnit } from './unit.ts';
import { describe, type Value } from './value.ts';

/** What comes of an assertion with what is known now; a failed one is a finding with both sides. */
export function assertion(node: Assertion, scope: Scope): AssertionResult {
  const { condition } = node;
  const text = scope.module.file.text.slice(condition.start, condition.end).replace(/\s+/g, ' ');
  const result = (outcome: AssertionResult['outcome'], left?: number, right?: number, unit: Unit = 'none'): AssertionResult => ({
    start: node.start,
    end: node.end,
    text,
    doc: node.doc,
    outcome,
    left,
    right,
    unit,
  });
  if (condition.kind !== 'binary' || !comparisons.has(condition.operator)) {
    if (condition.kind !== 'missing') reportForm(node, evaluate(condition, scope), scope);
    return result('invalid');
  }
  // The whole is evaluated for its findings on units and types; the sides once more for their values.
  const whole = evaluate(condition, scope);
  if (whole.kind === 'unknown') return result('invalid');
  if (whole.kind === 'not-computed') return result('not-computed');
  if (whole.kind === 'pending') return result('pending', undefined, undefined, sideUnit(condition, scope));
  const [left, right] = [evaluate(condition.left, scope), evaluate(condition.right, scope)];
  if (left.kind !== 'number' || right.kind !== 'number') return result('invalid');
  const isTrue = holds(condition.operator, left.value, right.value);
  if (!isTrue) reportFailure(condition, left.value, right.value, left.unit, scope);
  return result(isTrue ? 'holds' : 'fails', left.value, right.value, left.unit);
}

function sideUnit(condition: Binary, scope: Scope): Unit {
  const left = evaluate(condition.left, scope);
  return left.kind === 'number' || left.kind === 'pending' ? left.unit : 'none';
}

function reportForm(node: Assertion, value: Value, scope: Scope): void {
  if (value.kind === 'unknown') return;
  report(
    scope,
    'assert.form',
    node.condition,
    `An assertion compares two numbers, as in \`sqnr(F, on: w) >= 19 dB\`; this is ${describe(value)}`,
  );
}

function reportFailure(condition: Binary, left: number, right: number, unit: Unit, scope: Scope): void {
  const message = `This does not hold: ${withUnit(shown(left), unit)} ${condition.operator} ${withUnit(shown(right), unit)}`;
  report(scope, 'assert.failed', condition, message);
}

/** Six significant digits: enough to see by how much, short enough to read. */
const shown = (x: number): string => (Number.isFinite(x) ? String(Number(x.toPrecision(6))) : String(x));
