import { roundHalfEven } from '../../core/numeric/floatTypes.ts';
import { CELLS } from '../../core/profile/bf16Table.ts';
import { blockMaxima } from '../../core/profile/blockMaxima.ts';
import { blockScans } from '../../core/profile/blockScans.ts';
import { blocksToKeep, type ExactBlocks, joined } from '../../core/profile/exactBlocks.ts';
import { PROFILE_VERSION, type Profile, type ProfileKey } from '../../core/profile/profile.ts';
import { referenceOf } from '../../core/profile/reference.ts';
import { emptyBf16Table } from '../../core/profile/scatterBf16Table.ts';
import { emptySketch, HALF } from '../../core/profile/sketch.ts';
import { type BlockLayout, blockLayout, panelHeight, panelStart, rowLength } from '../../core/quantize/blockLayout.ts';

/** The profile of a tensor, weight by weight. `keep` says whether outlying blocks, and small tensors, are kept exactly. */
export function profileOf(weights: Float32Array, shape: readonly number[], key: ProfileKey, keep: 'some' | 'none' = 'some'): Profile {
  const layout = blockLayout(shape, key);
  const blocks = blocksOf(weights, layout);
  const absmax = Float32Array.from(blocks, (block) => block.reduce((most, w) => Math.max(most, Math.abs(w)), 0));
  return {
    version: PROFILE_VERSION,
    key,
    totals: totalsOf(weights, shape),
    maxima: blockMaxima(absmax),
    statistics: key.over === 'bf16' ? tableOf(blocks, absmax) : sketchOf(blocks, layout, key.over, keep),
  };
}

/** The finite weights of every block. */
const blocksOf = (weights: Float32Array, layout: BlockLayout): readonly Float32Array[] =>
  Array.from({ length: layout.nBlocks }, (_, b) => {
    const panel = Math.floor(b / layout.width);
    const start = panelStart(layout, panel) + (b % layout.width);
    const height = panelHeight(layout, panel);
    const block =
      layout.width === 1
        ? weights.subarray(start, start + height)
        : Float32Array.from({ length: height }, (_, i) => weights[start + i * layout.width]!);
    return block.every(Number.isFinite) ? block : block.filter(Number.isFinite);
  });

function totalsOf(weights: Float32Array, shape: readonly number[]): Profile['totals'] {
  const totals = { n: 0, nNonFinite: 0, nZeros: 0, signal: 0, absSignal: 0 };
  for (let from = 0; from < weights.length; from += rowLength(shape)) {
    const row = weights.subarray(from, from + rowLength(shape));
    for (const w of row) {
      if (!Number.isFinite(w)) totals.nNonFinite++;
      else {
        totals.n++;
        totals.nZeros += w === 0 ? 1 : 0;
        totals.signal += w * w;
        totals.absSignal += Math.abs(w);
      }
    }
  }
  return totals;
}

function sketchOf(
  blocks: readonly Float32Array[],
  { n, height }: BlockLayout,
  over: Exclude<ProfileKey['over'], 'bf16'>,
  keep: 'some' | 'none',
): Profile['statistics'] {
  const reference = referenceOf(over);
  const references = blocks.map((block) => {
    const low = block.reduce((least, w) => Math.min(least, w), 0);
    const high = block.reduce((most, w) => Math.max(most, w), 0);
    return reference(low, high);
  });
  const kept = new Set(keep === 'some' ? blocksToKeep(Float32Array.from(references), height, n, blockScans) : []);
  const sketch = emptySketch();
  const exact: ExactBlocks[] = [];
  let fourth = 0;
  blocks.forEach((block, b) => {
    const a = references[b]!;
    const size = Math.abs(a);
    if (kept.has(b)) {
      const turned = a < 0 ? block.map((w) => -w) : block;
      exact.push({ weights: turned, references: Float64Array.of(size), lengths: Uint32Array.of(block.length) });
      return;
    }
    for (const w of block) {
      const bin = a === 0 ? HALF : Math.min(Math.max(roundHalfEven((w / a) * HALF) + HALF, 0), 2 * HALF);
      sketch.counts[bin]! += 1;
      sketch.mass[bin]! += size;
      sketch.energy[bin]! += a * a;
      if (a !== 0) sketch.moment[bin]! += a * a * ((w / a) * HALF + HALF - bin);
    }
    fourth += block.length * a ** 4;
  });
  return { kind: 'sketch', sketch, fourth, exact: joined(exact) };
}

function tableOf(blocks: readonly Float32Array[], absmax: Float32Array): Profile['statistics'] {
  const table = emptyBf16Table();
  blocks.forEach((block, b) => {
    const most = absmax[b]!;
    if (most === 0) {
      table.zeroBlocks[0]! += block.length;
      return;
    }
    const exponent = Math.floor(Math.log2(most));
    const k = (most / 2 ** exponent - 1) * 128;
    for (const w of block) {
      const own = Math.floor(Math.log2(Math.abs(w)));
      const m = (Math.abs(w) / 2 ** own - 1) * 128;
      const side = k * 2 + (w < 0 ? 1 : 0);
      const isInCell = exponent - own < 16;
      const to = w === 0 ? table.zeros : isInCell ? table : table.small;
      const at = w === 0 ? k : isInCell ? (side * 16 + exponent - own) * 128 + m : side;
      if (!(Number.isInteger(at) && at < CELLS)) throw new RangeError(`${w} is no bf16 number`);
      to.counts[at]!++;
      to.mass[at]! += 2 ** exponent;
      to.energy[at]! += 4 ** exponent;
      if (to !== table.small) continue;
      table.small.abs[side]! += Math.abs(w);
      table.small.product[side]! += 2 ** exponent * Math.abs(w);
      table.small.square[side]! += w * w;
    }
  });
  return { kind: 'bf16', table };
}
