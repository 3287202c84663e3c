import type { Analysis } from '../core/lang/analysis.ts';
import type { FormatSpec, NamedHardware, NamedScale } from '../core/lang/spec.ts';
import { errorBlocks } from '../core/paper/errorClaims.ts';
import { publishedCodebooks } from '../core/paper/publishedCodebooks.ts';

/** What the paper's claims are measured with, by the names of the paper. */
export interface PaperSpec {
  readonly formats: ReadonlyMap<string, FormatSpec>;
  /** In the order of {@link errorBlocks}: the paper's rule, absmax onto the largest positive level, in float32. */
  readonly scales: readonly NamedScale[];
  /** The same blocks, whose scale has the sign of the largest weight. */
  readonly signed: readonly NamedScale[];
  readonly hardware: NamedHardware;
}

/** The degrees of freedom that any claim needs. */
const studentFloats = [3, 4, 5, 6, 7, 10, 30, 100, 1000, 10_000, 1_000_000] as const;

/** The same in the language itself, so that the page rests on what every spec rests on. */
export const paperSpecText = `use std.paper
${studentFloats.map((nu) => `format SF_${nu} = SF(${nu})`).join('\n')}
${publishedCodebooks.map(({ format }) => `format own_${format} = ${format}`).join('\n')}
format own_INT5 = INT5
${errorBlocks.map((block) => `scale b${block} { block = ${block}, axis = last, anchor = max_level, type = fp32 }`).join('\n')}
${errorBlocks.map((block) => `scale s${block} { block = ${block}, axis = last, anchor = signed_max, type = fp32 }`).join('\n')}
hardware asic { cells = nangate45, datapath = both, terms = 256 }
`;

/** What an analysis of {@link paperSpecText} holds. */
export function paperSpec({ formats, scales, hardware }: Analysis): PaperSpec {
  const byName = new Map<string, FormatSpec>();
  for (const [symbol, format] of formats) {
    const name = symbol.name.startsWith('own_') ? symbol.name.slice('own_'.length) : symbol.name.replace(/^SF_(\d+)$/, 'SF($1)');
    byName.set(name, { ...format, name });
  }
  const scale = (name: string): NamedScale => found([...scales].find(([symbol]) => symbol.name === name)?.[1], name);
  return {
    formats: byName,
    scales: errorBlocks.map((block) => scale(`b${block}`)),
    signed: errorBlocks.map((block) => scale(`s${block}`)),
    hardware: found([...hardware.values()][0], 'asic'),
  };
}

/** Throws where the claims name a format that the spec does not declare. */
export const formatOf = ({ formats }: PaperSpec, name: string): FormatSpec => found(formats.get(name), name);

function found<T>(one: T | undefined, name: string): T {
  if (one === undefined) throw new Error(`The spec of the paper does not declare ${name}`);
  return one;
}
