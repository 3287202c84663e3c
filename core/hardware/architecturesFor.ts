import { type Architecture, architectures } from './architecture.ts';
import { productVerilog } from './productVerilog.ts';
import type { HardwareSource } from './source.ts';

/** A table of products has at most this many rows: 4-bit codes have 256, 6-bit codes would have 4096. */
const LARGEST_TABLE = 1024;

/** The architectures that can be built for a source, each distinct one once: without exponents, all encodings of a magnitude are alike. */
export function architecturesFor(source: HardwareSource): readonly Architecture[] {
  const hasTable = source.activation === 'format' && 4 ** source.grid.bits <= LARGEST_TABLE;
  const known = new Set<string>();
  return architectures.filter((architecture) => {
    if (architecture.encoding === 'table' && !hasTable) return false;
    const text = productVerilog('product', source, architecture);
    return !known.has(text) && known.add(text);
  });
}
