import { resultOf } from '../core/ide/known.ts';
import { designsOf, publishedDesigns } from '../core/ide/pictures/designs.ts';
import type { MeasuredGroup } from '../core/ide/pictures/groups.ts';
import { type Fact, nothingKnown } from '../core/lang/facts.ts';
import type { WeightsSpec } from '../core/lang/spec.ts';
import { errorBlocks } from '../core/paper/errorClaims.ts';
import type { MeasuredFront } from '../core/paper/frontClaim.ts';
import type { MeasuredAreas } from '../core/paper/hardwareClaims.ts';
import { publishedCodebooks } from '../core/paper/publishedCodebooks.ts';
import type { MeasuredQuality } from '../core/paper/qualityClaims.ts';
import type { Design } from '../core/view/pareto.ts';
import type { Outcome } from '../node/evaluator.ts';
import { formatOf, type PaperSpec } from './paperSpec.ts';

/** Block size of the paper's own comparisons. */
const FRONT_BLOCK = errorBlocks.indexOf(128);

/** With the areas found here, and with those of the paper: the error is that of the weights in both. */
export function errorFronts(
  weights: WeightsSpec,
  own: PaperSpec,
  { results }: Outcome,
  facts: ReadonlyMap<string, Fact>,
): readonly MeasuredFront[] {
  const scale = { ...own.scales[FRONT_BLOCK]!, name: `blocks of ${errorBlocks[FRONT_BLOCK]}` };
  const rows = publishedCodebooks.flatMap(({ format: name }) => {
    const evaluation = { format: formatOf(own, name), weights, scale };
    const result = resultOf(evaluation, results);
    return result ? [{ evaluation, result }] : [];
  });
  const group: MeasuredGroup = { compare: null, weights, hardware: own.hardware, models: [], rows };
  const designs = designsOf(group, { ...nothingKnown, facts });
  const subject = `weights ${weights.name}, ${scale.name}`;
  return [
    { subject: `${subject}, areas found here`, x: 'areaRatio', y: 'sqnr', designs },
    {
      subject: `${subject}, areas of Table 10`,
      x: 'areaRatio',
      y: 'sqnr',
      designs: publishedDesigns(designs).map((one) => ({ ...one, origin: 'measured' })),
    },
  ];
}

/** What stands behind the paper's Figure 3: weights and activations quantized, in blocks of 128. */
export const isOfFigure3 = ({ quantized, method }: MeasuredQuality): boolean => quantized === 'weights and inputs' && method === 'nearest';

/** With the areas found here, and with those of the paper. */
export function qualityFronts(
  { subject, scale, perplexity, changes }: MeasuredQuality,
  areas: MeasuredAreas | undefined,
): readonly MeasuredFront[] {
  const base = areas?.reports.get('INT4')?.best.area ?? Number.NaN;
  const designs = [...changes].map(([name, { value, low, high }]): Design => {
    const area = areas?.reports.get(name)?.best.area;
    return {
      key: name,
      name,
      series: scale,
      origin: 'measured',
      isOfPaper: true,
      figures: { perplexityChange: value / perplexity, areaRatio: area === undefined ? null : area / base },
      intervals: { perplexityChange: { low: low / perplexity, high: high / perplexity } },
    };
  });
  const over = `${subject}, weights and inputs, ${scale}`;
  const published = publishedDesigns(designs).map((one): Design => ({ ...one, origin: 'measured' }));
  return [
    { subject: `${over}, areas found here`, x: 'areaRatio', y: 'perplexityChange', designs },
    { subject: `${over}, areas of Table 10`, x: 'areaRatio', y: 'perplexityChange', designs: published },
  ];
}
