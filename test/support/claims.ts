import { expect } from 'vitest';
import { encode } from '../../core/format/codebook.ts';
import { scaleLine } from '../../core/ide/hoverOfDeclared.ts';
import { type Analysis, scopeIn } from '../../core/lang/analysis.ts';
import { evaluate } from '../../core/lang/evaluate.ts';
import type { FormatSpec } from '../../core/lang/spec.ts';
import { spelled, type Value } from '../../core/lang/value.ts';
import { quantize } from '../../core/quantize/reference.ts';
import type { Declaration } from '../../core/syntax/tree.ts';
import type { Claim } from './expectations.ts';
import { expectNumbers, numbersIn } from './numbers.ts';

/** Checks what a comment says of the declaration on its line. */
export function checkClaim(analysis: Analysis, claim: Claim): void {
  checks[claim.kind](analysis, claim);
}

const checks: Readonly<Record<Claim['kind'], (analysis: Analysis, claim: Claim) => void>> = {
  value: (analysis, claim) => {
    const { value } = declarationAt(analysis, claim);
    expectValue(evaluate(value!, scopeIn(analysis)), claim.said);
  },
  levels: (analysis, claim) => expectNumbers([...formatAt(analysis, claim).codebook.ascending], claim.said),
  codes: (analysis, claim) => expectNumbers([...formatAt(analysis, claim).table.levels], claim.said),
  ties: (analysis, claim) => expect(formatAt(analysis, claim).codebook.ties).toBe(claim.said),
  rule: (analysis, claim) => {
    const declaration = declarationAt(analysis, claim);
    const scale = [...analysis.scales].find(([symbol]) => symbol.declaration === declaration)?.[1];
    const rule = (scale ?? formatAt(analysis, claim).scale)?.rule;
    expect(rule && scaleLine(rule).replaceAll(' · ', ', ')).toBe(claim.said);
  },
  rows: (analysis, claim) => {
    const declaration = declarationAt(analysis, claim);
    const found = analysis.comparisons.find(({ symbol }) => symbol.declaration === declaration);
    expect(found?.rows.map(({ format, scale, weights }) => `${format.name} ${scale.name} ${weights.name}`).join(', ')).toBe(claim.said);
  },
  encodes: (analysis, claim) => {
    const { codebook } = formatAt(analysis, claim);
    for (const pair of claim.said.split(',')) {
      const [x, level] = pair.split('->').map(Number);
      expect(codebook.levels[encode(codebook, x!)], `what ${x} is encoded to`).toBe(level);
    }
  },
  reconstructs: (analysis, claim) => {
    const { codebook, scale, name } = formatAt(analysis, claim);
    if (!scale) throw new Error(`${name} has no scale, so it reconstructs nothing`);
    const [weights, reconstruct] = claim.said.split('->');
    const x = Float32Array.from(numbersIn(weights!).filter((w) => w !== 'gap'));
    expectNumbers([...quantize(x, [1, x.length], codebook, scale.rule).reconstruct], reconstruct!);
  },
  outcome: (analysis, claim) => {
    const found = analysis.assertions.find(({ start }) => lineOf(analysis.file.text, start) === claim.line);
    expect(found?.outcome.replace('-', ' ')).toBe(claim.said);
  },
};

function expectValue(value: Value, said: string): void {
  if (value.kind === 'list') {
    expectNumbers(
      value.items.map((item) => (item.kind === 'number' ? item.value : Number.NaN)),
      said,
    );
  } else if (value.kind === 'number' && value.unit === 'none') expectNumbers([value.value], said);
  else expect(spelled(value)).toBe(said);
}

/** The declaration whose text holds the line that a comment speaks of. */
function declarationAt({ file }: Analysis, { line, said }: Claim): Declaration {
  const found = file.items.find(({ start, end }) => lineOf(file.text, start) <= line && line <= lineOf(file.text, end));
  if (found?.kind === 'declaration') return found;
  throw new Error(`"${said}" on line ${line + 1} speaks of no declaration`);
}

function formatAt(analysis: Analysis, claim: Claim): FormatSpec {
  const declaration = declarationAt(analysis, claim);
  const found = [...analysis.formats].find(([symbol]) => symbol.declaration === declaration)?.[1];
  if (found) return found;
  throw new Error(`"${claim.said}" on line ${claim.line + 1} speaks of no format that could be worked out`);
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1;
