import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accumulatorDesign } from '../../../core/hardware/accumulator.ts';
import { architecturesFor } from '../../../core/hardware/architecturesFor.ts';
import { estimateArea } from '../../../core/hardware/areaModel.ts';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import { productDesign } from '../../../core/hardware/product.ts';
import { productForm } from '../../../core/hardware/productForm.ts';
import { accumulatorBits, type HardwareSource } from '../../../core/hardware/source.ts';
import { Synthesiser } from '../../../node/synthesis/synthesiser.ts';
import { usualLimits } from '../../../node/synthesis/yosys.ts';

const synthesiser = new Synthesiser({
  script: resolve('dist/synthesis.cjs'),
  yosys: undefined,
  cache: { folder: '', limit: 0 },
  limits: usualLimits,
});
afterAll(() => synthesiser.close());

/** The smallest product with its accumulator, mapped apart, as Yosys has it. */
async function measuredArea(source: HardwareSource, library: string): Promise<number> {
  const architectures = architecturesFor(source);
  const forms = new Map(architectures.map((architecture) => productForm(source, architecture)).map((form) => [form.kind, form]));
  const designs = [
    ...architectures.map((architecture) => productDesign(architecture.name, source, architecture)),
    ...[...forms].map(([kind, form]) => accumulatorDesign(kind, form, accumulatorBits(source))),
  ];
  const results = await synthesiser.synthesise(designs, cellLibraries[library]!, { signal: new AbortController().signal, effort: 'quick' });
  const areas = new Map(results.map(({ design, area }) => [design, area]));
  return Math.min(
    ...architectures.map((architecture) => areas.get(architecture.name)! + areas.get(productForm(source, architecture).kind)!),
  );
}

/** Signs and magnitudes, with an extra value in place of -0, a table in fixed point, 3 bits. */
const heldOut = [
  '0 1 2 4 5 7 11 13 - -1 -2 -4 -5 -7 -11 -13',
  '0 1 2 3 5 8 13 21 17 -1 -2 -3 -5 -8 -13 -21',
  '0 -81 -60 -43 -31 -19 -9 -127 9 18 29 42 57 75 98 127',
  '0 2 9 14 5 -2 -9 -14',
];

const samples = readFileSync('scripts/area-samples.csv', 'utf8');

describe('an estimate of a codebook that the model was not fitted to', { timeout: 240_000 }, () => {
  test.each([
    ['nangate45', heldOut],
    ['sky130', heldOut.slice(0, 2)],
  ])('is within what it says of what Yosys makes of it, in %s', async (library, codebooks) => {
    const misses: string[] = [];
    for (const integers of codebooks) {
      expect(samples).not.toContain(`,${integers},`);
      const all = integers.split(' ').map((integer) => (integer === '-' ? undefined : Number(integer)));
      const source: HardwareSource = {
        grid: { bits: Math.log2(all.length), step: 1, integers: all, fixedPointBits: undefined, largestError: 0 },
        activation: 'format',
        terms: 256,
      };
      const { area, within } = estimateArea(source, library)!;
      const error = area / (await measuredArea(source, library)) - 1;
      if (Math.abs(error) > within) misses.push(`${integers}: ${(100 * error).toFixed(1)} %`);
      expect(Math.abs(error)).toBeLessThan(3 * within);
    }
    // Nine of ten stay within.
    expect(misses.length, misses.join('; ')).toBeLessThanOrEqual(1);
  });
});
