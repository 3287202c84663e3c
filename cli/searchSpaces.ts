import { type Codebook, codebook } from '../core/format/codebook.ts';
import { quantiles } from '../core/format/construct/quantiles.ts';
import { wastesCode } from '../core/ide/spare.ts';
import { loadLibrary } from '../core/lang/module.ts';
import type { FormatSpec, NamedScale } from '../core/lang/spec.ts';
import type { ScaleRule } from '../core/quantize/scaleRule.ts';

/** Something to be measured: a format under a scale, and where on the curve it is. */
export interface Candidate {
  /** The parameter, for a curve along a number. */
  readonly x: number;
  /** What stands in the first column, and would be written in a spec. */
  readonly label: string;
  readonly format: FormatSpec;
  readonly scale: NamedScale;
}

/** What is searched: the first candidates, and those that lie between two neighbours of the best one. */
export interface SearchSpace {
  /** What x is called. */
  readonly parameter: string;
  readonly first: readonly Candidate[];
  /** Whether values beyond the last one would make sense. */
  readonly isOpen: boolean;
  readonly between: (low: Candidate, high: Candidate) => readonly Candidate[];
}

/** Why there is nothing to search: for the person who asked. */
export interface NoSpace {
  readonly problem: string;
}

const candidate = (x: number, label: string, format: FormatSpec, scale: NamedScale): Candidate => ({ x, label, format, scale });

const written = (x: number, digits: number): string => String(Number(x.toPrecision(digits)));

/** So many candidates lie between two neighbours of the best one. */
const FINER = 9;

/** Evenly in ratio, without the ends. */
const geometric = (low: number, high: number): readonly number[] =>
  Array.from({ length: FINER }, (_, i) => Number((low * (high / low) ** ((i + 1) / (FINER + 1))).toPrecision(3)));

const NUS = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10, 12, 15, 20, 30, 50, 100];

/** The SF4 construction by its degrees of freedom, to the normal distribution, which is their limit. */
export function nuSpace(bits: number, scale: NamedScale): SearchSpace {
  const symbol = loadLibrary('std.paper')!.own.get('SF')!;
  const at = (nu: number): Candidate => {
    const dist = Number.isFinite(nu) ? ({ kind: 'student_t', nu } as const) : ({ kind: 'normal' } as const);
    const table = quantiles({ bits, dist, zero: true, type: 'fp64' });
    // Every nu of these has quantiles.
    if ('error' in table) throw new Error(table.error);
    const name = Number.isFinite(nu) ? `SF(${written(nu, 4)})` : 'normal';
    const format: FormatSpec = { name, symbol, bits, table, codebook: codebook(table.levels, 'lower', bits), scale: undefined };
    return candidate(nu, Number.isFinite(nu) ? written(nu, 4) : 'normal', format, scale);
  };
  return {
    parameter: 'nu',
    isOpen: false,
    first: [...NUS, Number.POSITIVE_INFINITY].map(at),
    between: (low, high) => (Number.isFinite(high.x) ? geometric(low.x, high.x) : geometric(low.x, 10 * low.x)).map(at),
  };
}

/** The levels that the code of -0 could have: from one step below the lowest level to one step above the highest. */
export function supernormalSpace(format: FormatSpec, scale: NamedScale): SearchSpace | NoSpace {
  const free = freeCode(format);
  if (free === undefined)
    return {
      problem: `${format.name} has no code to spare: ${format.codebook.ascending.length} levels take all of its ${2 ** format.bits} codes`,
    };
  const { ascending } = format.codebook;
  const [low, high] = [1.4 * Math.min(0, ascending[0] ?? 0), 1.4 * Math.max(0, ascending.at(-1) ?? 0)];
  if (!(high > low)) return { problem: `${format.name} has no range to put a level in` };
  const at = (level: number): Candidate => {
    const levels = Float64Array.from(format.table.levels, (old, code) => (code === free ? level : old));
    const changed: Codebook = codebook(levels, format.codebook.ties, format.bits);
    const name = `${format.name} with ${level}`;
    return candidate(
      level,
      String(level),
      { ...format, name, codebook: changed, table: { ...format.table, levels }, scale: undefined },
      scale,
    );
  };
  const places = multiples(low, high, stepFor(high - low));
  return {
    parameter: 'level of -0',
    isOpen: true,
    first: places.map(at),
    between: (from, to) =>
      multiples(from.x, to.x, (to.x - from.x) / (2 * 5))
        .filter((x) => x > from.x && x < to.x)
        .map(at),
  };
}

/** The step among 1, 2 and 5 times a power of ten that leaves at most 60 places. */
function stepFor(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 60));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => range / step <= 60) ?? 10 * power;
}

/** Without the digits that multiplying leaves. */
function multiples(low: number, high: number, step: number): readonly number[] {
  const digits = Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(step))));
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)) + 0);
}

/** The code of -0, or else one that is not used. */
function freeCode(format: FormatSpec): number | undefined {
  if (wastesCode(format)) return format.table.negativeZero;
  const unused = format.table.levels.findIndex(Number.isNaN);
  return unused < 0 ? undefined : unused;
}

/** Which part of absmax is mapped onto the outermost level. */
export function clipSpace(format: FormatSpec, scale: NamedScale): SearchSpace | NoSpace {
  const { anchor } = scale.rule;
  if (anchor.kind !== 'absmax' && anchor.kind !== 'max_level' && anchor.kind !== 'clip')
    return { problem: `A fraction is searched of \`absmax\` or \`max_level\`; the anchor of ${scale.name} is \`${anchor.kind}\`` };
  const of = anchor.kind === 'clip' ? anchor.of : anchor.kind;
  const at = (fraction: number): Candidate => {
    const rule: ScaleRule = { ...scale.rule, anchor: { kind: 'clip', of, fraction } };
    const label = of === 'absmax' ? `clip(${fraction})` : `clip(${fraction}, of: max_level)`;
    return candidate(fraction, label, format, { name: label, rule });
  };
  return {
    parameter: 'fraction',
    isOpen: false,
    first: multiples(0.4, 1, 0.04).map(at),
    between: (low, high) =>
      multiples(low.x, high.x, 0.01)
        .filter((x) => x > low.x && x < high.x)
        .map(at),
  };
}

const BLOCKS = [8, 16, 32, 64, 128, 256, 512, 1024];

/** Blocks and types of scales, which share the bits of a weight. */
export function blockSpace(format: FormatSpec, scale: NamedScale): SearchSpace {
  const first = BLOCKS.flatMap((block) =>
    scaleTypes(scale.rule).map(({ label, fields }) => {
      const rule: ScaleRule = { ...scale.rule, ...fields, block };
      return candidate(block, `block ${block}, ${label}`, format, { name: `block ${block}, ${label}`, rule });
    }),
  );
  return { parameter: 'block', isOpen: true, first, between: () => [] };
}

/** The types that scales come in; those of a power of two rule are powers of two anyhow. */
function scaleTypes(rule: ScaleRule): readonly { readonly label: string; readonly fields: Partial<ScaleRule> }[] {
  const rounding = 'nearest';
  const second = undefined;
  if (rule.anchor.kind === 'max_power') return [{ label: rule.type.name, fields: { second } }];
  return [
    { label: 'fp32', fields: { type: { kind: 'float', name: 'fp32' }, rounding, second } },
    { label: 'fp16', fields: { type: { kind: 'float', name: 'fp16' }, rounding, second } },
    { label: 'e8m0 nearest', fields: { type: { kind: 'e8m0', name: 'e8m0' }, rounding, second } },
    { label: 'e8m0 ceil', fields: { type: { kind: 'e8m0', name: 'e8m0' }, rounding: 'ceil', second } },
    {
      label: 'ue4m3, second fp32',
      fields: {
        type: { kind: 'float', name: 'ue4m3' },
        rounding,
        second: { block: 'tensor', type: { kind: 'float', name: 'fp32' }, rounding: 'nearest', offset: 'none', largest: undefined },
      },
    },
  ];
}
