import { spareReadings } from '../fit/spareGains.ts';
import type { Analysis } from '../lang/analysis.ts';
import { factOf, type KnownOfWeights, type SpareRequest } from '../lang/facts.ts';
import type { Finding } from '../lang/finding.ts';
import { negativeZeroFix, supernormal } from '../lang/rules.ts';
import type { Evaluation, FormatSpec } from '../lang/spec.ts';
import { decibels } from '../view/digits.ts';
import { evaluationsOfFormat } from './known.ts';

/** What the code of -0 would gain by another level, on weights. */
export interface MeasuredGains {
  readonly evaluation: Evaluation;
  /** In dB, of each value that is offered. */
  readonly offered: readonly { readonly value: number; readonly what: string; readonly db: number }[];
  readonly best: { readonly value: number; readonly db: number };
}

/** Whether a code of a format is wasted on -0. */
export const wastesCode = ({ table: { levels, negativeZero } }: FormatSpec): boolean =>
  negativeZero !== undefined && Object.is(levels[negativeZero], -0);

/** What the gains of an evaluation are measured by; undefined where the format wastes no code, or a profile does not tell. */
export function spareRequest({ format, scale, weights }: Evaluation): SpareRequest | undefined {
  if (!wastesCode(format)) return undefined;
  const candidates = supernormal(format.codebook.ascending).map(({ value }) => value);
  const asked = { rule: scale.rule, codebook: format.codebook, candidates };
  return candidates.length > 0 && !('problem' in spareReadings(asked)) ? { kind: 'spare', weights, asked } : undefined;
}

/** The gains of a format in the first of its evaluations for which they are known. */
export function gainsOf(format: FormatSpec, analysis: Analysis): MeasuredGains | undefined {
  for (const evaluation of evaluationsOfFormat(analysis, format.symbol)) {
    const gains = evaluation.format.codebook === format.codebook ? gainsIn(evaluation, analysis.known) : undefined;
    if (gains) return gains;
  }
  return undefined;
}

function gainsIn(evaluation: Evaluation, { facts }: KnownOfWeights): MeasuredGains | undefined {
  const wanted = spareRequest(evaluation);
  const found = wanted && factOf(wanted, facts);
  if (!found || 'problem' in found) return undefined;
  const gain = (error: number): number => 10 * Math.log10(found.without / error);
  const offers = supernormal(evaluation.format.codebook.ascending);
  const { best } = found.curve;
  return {
    evaluation,
    offered: offers.map((offer, i) => ({ ...offer, db: gain(found.candidates[i]!) })),
    best: { value: best.x, db: gain(best.error) },
  };
}

/** What a finding of a wasted code says once its gains are measured; the finding as it is where they are not. */
export function withGains(found: Finding, analysis: Analysis): Finding {
  if (found.code !== 'codebook.wasted-code' || analysis.known.facts.size === 0) return found;
  const format = [...analysis.formats.values()].find(({ symbol }) => symbol.declaration.name?.start === found.start);
  const gains = format && gainsOf(format, analysis);
  if (!gains) return found;
  const { evaluation, offered, best } = gains;
  const signed = (db: number): string => `${db < 0 ? '' : '+'}${decibels(db)} dB`;
  const list = offered.map(({ value, what, db }) => `${value} (${what}, ${signed(db)})`).join(' or ');
  const isBetter = offered.every(({ db }) => best.db > db);
  const most = isBetter ? `; most gains ${best.value}, ${signed(best.db)}` : '';
  const code = format.table.negativeZero!.toString(2).padStart(format.bits, '0');
  const on = `on \`${evaluation.weights.name}\` under ${evaluation.scale.name}`;
  const values = [...(isBetter ? [best] : []), ...offered].sort((a, b) => b.db - a.db).map(({ value }) => value);
  return {
    ...found,
    message: `Code ${code} decodes to -0, which 0 already says; ${on} it could be ${list}${most}`,
    fixes: values.flatMap((value) => negativeZeroFix(format, value) ?? []),
  };
}
