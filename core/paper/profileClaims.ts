import type { ModelSummary } from '../measure/fit/modelSummary.ts';
import type { Cell, DataTable } from '../view/dataTable.ts';
import { count } from '../view/digits.ts';
import type { Claim, Verdict } from './claim.ts';
import { NORMAL_FROM_NU, PROFILE_SOURCE, type PublishedFit, publishedProfiles } from './publishedProfiles.ts';

/** Fits of the tensors of something that a spec links, under one normalisation. */
export interface MeasuredProfile {
  /** What was fitted, as `weights tiny` or `inputs of tiny`. */
  readonly subject: string;
  /** In words. */
  readonly normalisation: string;
  readonly summary: ModelSummary;
}

/** What is said of weights: Table 1. */
export const weightProfileClaim = (measured: readonly MeasuredProfile[]): Claim => profileClaim('weights', measured);

/** What is said of activations: Table 1. */
export const activationProfileClaim = (measured: readonly MeasuredProfile[]): Claim => profileClaim('activations', measured);

function profileClaim(what: 'weights' | 'activations', measured: readonly MeasuredProfile[]): Claim {
  const fits = publishedProfiles.map((one) => one[what]);
  const nBelow = fits.filter(({ nu }) => nu < NORMAL_FROM_NU).length;
  const nNearer = fits.filter(({ ksDelta }) => ksDelta > 0).length;
  const title =
    what === 'weights'
      ? 'Weights follow Student’s t more than a normal distribution'
      : 'Activations follow Student’s t more than a normal distribution';
  return {
    id: `profiles-of-${what}`,
    title,
    where: 'Tables 1, 11 and 12',
    published: `Of ${fits.length} networks ${nBelow} have a mean ν below ${NORMAL_FROM_NU}, about where the paper draws the line to normal, and of ${nNearer} the Student t is nearer by the Kolmogorov-Smirnov distance`,
    measured: measured.length === 0 ? 'Nothing' : measured.map(sentenceOf).join('; '),
    verdict: verdictOf(measured),
    why: whyOf(what, measured),
    tables: [measuredTable(title, what, measured)],
    pictures: [],
  };
}

function sentenceOf({ subject, normalisation, summary }: MeasuredProfile): string {
  const { nu, ksDelta, nTensors, nAsGoodAsNormal } = summary;
  const fitted = nu ? `mean ν ${nu.mean.toFixed(2)}, spread ${nu.sd.toFixed(2)}` : 'no tensor has heavier tails than normal';
  const nearer = ksDelta ? `, KS-Δ ${ksDelta.mean.toFixed(4)}` : '';
  return `${subject}, ${normalisation}: ${fitted}${nearer}, ${nAsGoodAsNormal} of ${count(nTensors)} as good as normal`;
}

/** Tails heavier than normal are one half of what is said, and so few degrees of freedom the other. */
function verdictOf(measured: readonly MeasuredProfile[]): Verdict {
  const outcomes = measured.map(({ summary: { nu, ksDelta } }) => ({
    isNearer: (ksDelta?.mean ?? 0) > 0,
    isHeavy: nu !== undefined && nu.mean < NORMAL_FROM_NU,
  }));
  if (outcomes.length === 0) return 'not measured';
  if (outcomes.every(({ isNearer, isHeavy }) => isNearer && isHeavy)) return 'agrees';
  return outcomes.some(({ isNearer }) => isNearer) ? 'agrees in part' : 'differs';
}

function whyOf(what: 'weights' | 'activations', measured: readonly MeasuredProfile[]): string {
  const verdict = verdictOf(measured);
  if (verdict === 'not measured') return `No ${what} are linked that could be fitted`;
  if (verdict === 'agrees') return '';
  return [
    'The mean is over tensors with heavier tails than normal; those that cannot be told from normal have no finite ν and are counted apart',
    'how the paper fits, whether location and scale are free, and how it treats such tensors is not said',
    'outliers grow with the size of a model and the length of its training, so small models are nearer to normal',
  ].join('; ');
}

function measuredTable(title: string, what: 'weights' | 'activations', measured: readonly MeasuredProfile[]): DataTable {
  const publishedRow = (model: string, { nu, spread, ksDelta }: PublishedFit): Cell[] => [
    model,
    'published',
    '',
    nu,
    spread,
    ksDelta,
    null,
    null,
  ];
  const measuredRow = ({ subject, normalisation, summary: { nu, ksDelta, nTensors, nAsGoodAsNormal } }: MeasuredProfile): Cell[] => [
    subject,
    'measured',
    normalisation,
    nu?.mean ?? null,
    nu?.sd ?? null,
    ksDelta?.mean ?? null,
    nTensors,
    nAsGoodAsNormal,
  ];
  return {
    caption: `${title}: published (${PROFILE_SOURCE}) and measured`,
    columns: [
      { name: 'model', title: 'Model', digits: 'text' },
      { name: 'origin', title: 'Origin', digits: 'text' },
      { name: 'normalisation', title: 'Fitted', digits: 'text' },
      { name: 'nu', title: 'ν', digits: 'short' },
      { name: 'spread', title: 'Spread', digits: 'short' },
      { name: 'ks_delta', title: 'KS-Δ', digits: 'short' },
      { name: 'tensors', title: 'Tensors', digits: 'count' },
      { name: 'as_good_as_normal', title: 'As good as normal', digits: 'count' },
    ],
    rows: [...measured.map(measuredRow), ...publishedProfiles.map((one) => publishedRow(one.model, one[what]))],
  };
}
