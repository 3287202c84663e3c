import { identify } from '../format/known.ts';
import type { Anchor } from '../quantize/scaleRule.ts';
import type { Span } from '../syntax/tree.ts';
import { type Finding, type FindingCode, type Fix, finding } from './finding.ts';
import { rememberedOf } from './remembered.ts';
import type { Evaluation, FormatSpec } from './spec.ts';

/** What a check of a format says: the message, and how it may be mended. */
type Remark = { readonly message: string; readonly fixes?: readonly Fix[] } | undefined;

/** Every check of a format worked out, in the order they are reported. The key is the public, stable code. */
const formatRules = {
  'codebook.duplicate-level': ({ codebook, table }) => {
    const codes = [...table.levels.keys()].filter((code) => !Number.isNaN(table.levels[code]!) && code !== table.negativeZero);
    const twin = codes.find((code) => !codebook.codes.includes(code));
    if (twin === undefined) return undefined;
    const first = codebook.codes[codebook.ascending.indexOf(table.levels[twin]! + 0)];
    return { message: `Codes ${first} and ${twin} both decode to ${table.levels[twin]}; one of them is never used` };
  },
  'codebook.no-zero': ({ codebook }) =>
    codebook.ascending.includes(0)
      ? undefined
      : { message: 'No code decodes to 0, so zero weights and padding are quantized with an error' },
  'codebook.wasted-code': (spec) => {
    const { table, codebook } = spec;
    if (table.negativeZero === undefined || !Object.is(table.levels[table.negativeZero], -0)) return undefined;
    const offers = supernormal(codebook.ascending);
    const list = offers.map(({ value, what }) => `${value} (${what})`).join(' or ');
    const message = `Code ${table.negativeZero.toString(2).padStart(spec.bits, '0')} decodes to -0, which 0 already says; as a supernormal value it could be ${list}`;
    return { message, fixes: offers.map((offer) => negativeZeroFix(spec, offer.value)).filter((fix) => fix !== undefined) };
  },
  'codebook.known-format': ({ codebook, name, symbol }) => {
    // A construction says by itself what it is; a typed table may be a known one with a slip.
    const isTyped = symbol.declaration.body?.members.some(
      (m) => (m.name.text === 'levels' || m.name.text === 'codes') && m.value.kind === 'list',
    );
    if (!isTyped) return undefined;
    const { exact, near } = rememberedOf(codebook, 'identity', () => identify(codebook.ascending));
    if (exact)
      return [exact.name, ...exact.aliases].some((known) => plain(known) === plain(name))
        ? undefined
        : { message: `These levels are those of ${exact.name} (${exact.source})` };
    if (!near || near.differing.length === 0) return undefined;
    const differences = near.differing.map(({ level, expected }) => `${short(level)} is ${short(expected)} there`);
    return { message: `These levels are nearly those of ${near.known.name} (${near.known.source}): ${differences.join(', ')}` };
  },
} satisfies Partial<Record<FindingCode, (spec: FormatSpec) => Remark>>;

/** The findings of a format, at its name. */
export function checkFormat(spec: FormatSpec): Finding[] {
  const { declaration } = spec.symbol;
  const at = declaration.name ?? declaration;
  // What a format inherits is said where it is written.
  if (!declaration.body?.members.some(({ name }) => name.text === 'levels' || name.text === 'codes')) return [];
  return Object.entries(formatRules).flatMap(([code, rule]) => {
    const remark: Remark = rule(spec);
    return remark ? [finding(code as FindingCode, at, remark.message, { fixes: remark.fixes ?? [] })] : [];
  });
}

/** `E2M1_I` is a good name for E2M1-I. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const short = (x: number): string => String(Number(x.toPrecision(7)));

/**
 * Values that the code of -0 might take, as the paper chooses them for E2M1 (5 and 8): in the middle of the widest gap, and one step beyond the
 * largest level.
 */
export function supernormal(ascending: Float64Array): { readonly value: number; readonly what: string }[] {
  const positive = [...ascending].filter((level) => level > 0);
  if (positive.length < 2) return [];
  const [below, largest] = positive.slice(-2) as [number, number];
  const precision = (below + largest) / 2;
  const range = largest + (largest - below);
  return [
    { value: precision, what: 'super-precision' },
    { value: range, what: 'super-range' },
  ];
}

/** Gives the code of -0 another level, where the format is declared. */
export function negativeZeroFix({ symbol }: FormatSpec, value: number): Fix | undefined {
  const { body, base } = symbol.declaration;
  if (!body) return undefined;
  const written = body.members.find((member) => member.name.text === 'negative_zero');
  const title = `Set \`negative_zero = ${value}\``;
  if (written) return { title, edits: [{ start: written.value.start, end: written.value.end, text: String(value) }] };
  const last = body.members.at(-1);
  if (!last)
    return base ? { title, edits: [{ start: body.start + 1, end: body.start + 1, text: ` negative_zero = ${value} ` }] } : undefined;
  const text = symbol.module.file.text;
  const isOneLine = !text.slice(body.start, body.end).includes('\n');
  const indent = text.slice(text.lastIndexOf('\n', last.start - 1) + 1, last.start).match(/^\s*/)![0];
  return {
    title,
    edits: [{ start: last.end, end: last.end, text: isOneLine ? `, negative_zero = ${value}` : `\n${indent}negative_zero = ${value}` }],
  };
}

/** What the scales of a format's evaluations cut off, said once for all scales, at `at`. */
export function checkScales(evaluations: readonly Evaluation[], at: Span): Finding[] {
  const cuts = evaluations.flatMap(({ format, scale }) => {
    const cut = cutOf(format, scale.rule.anchor);
    return cut ? [{ ...cut, name: scale.name }] : [];
  });
  const [first] = cuts;
  if (!first) return [];
  const { ascending } = evaluations[0]!.format.codebook;
  const others = new Set(cuts.map(({ name }) => name)).size - 1;
  const share = ((first.reach / first.target) * 100).toFixed(1).replace(/\.0$/, '');
  const message =
    `\`${evaluations[0]!.format.name}\` reaches from ${short(ascending[0]!)} to ${short(ascending.at(-1)!)}, and ${first.name} maps the largest magnitude onto ` +
    `${first.target}: a block whose extreme is ${first.side}, about every other one, has it cut to ${share} %; \`anchor = signed_max\` would not` +
    (others > 0 ? ` (so do ${others} other scales)` : '');
  return [finding('scale.clips', at, message)];
}

/** The side of a codebook that an anchor cuts, by more than the rounding of a scale explains. */
function cutOf({ codebook: { ascending } }: FormatSpec, anchor: Anchor) {
  const low = -ascending[0]!;
  const high = ascending.at(-1)!;
  const target = anchorTarget(anchor, low, high);
  if (target === undefined || !(target > 0)) return undefined;
  const side = low < target && low > 0 ? 'negative' : high < target && high > 0 ? 'positive' : undefined;
  const reach = side === 'negative' ? low : high;
  return side === undefined || reach / target > 1 - 2 ** -8 ? undefined : { side, reach, target };
}

/** The level that a block's largest magnitude is mapped onto, whatever its sign; undefined where the anchor looks at the sign or searches. */
function anchorTarget(anchor: Anchor, low: number, high: number): number | undefined {
  if (anchor.kind === 'absmax') return Math.max(low, high);
  return anchor.kind === 'max_level' ? high : undefined;
}
