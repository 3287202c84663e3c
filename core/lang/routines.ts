import { properties, type Slot } from './properties.ts';
import type { Unit } from './unit.ts';

/** Something that can be called. */
export interface Routine {
  readonly name: string;
  readonly doc: string;
  readonly parameters: readonly Slot[];
  /** What further positional arguments are. */
  readonly rest?: Slot;
  readonly gives: 'levels' | 'distribution' | 'anchor' | 'number' | 'datapath' | 'measure';
  /** The unit of a measure. */
  readonly unit?: Unit;
  /** False where this version knows the routine but cannot compute it. */
  readonly computed: boolean;
}

const slot = (name: string, takes: string, doc: string, fallback?: string): Slot =>
  fallback === undefined ? { name, takes, doc } : { name, takes, doc, fallback };

const choose: Slot = {
  name: 'choose',
  takes: 'an error',
  doc: 'What the kept one has the least of.',
  words: { mse: 'Squared error', mae: 'Absolute error', max_error: 'Largest error' },
  fallback: 'mse',
};

const of: Slot = {
  name: 'of',
  takes: 'absmax or max_level',
  doc: 'Which anchor the ratios are of.',
  words: { absmax: 'Onto the largest level magnitude', max_level: "Onto the largest positive level: the paper's code" },
  fallback: 'absmax',
};

const onWeights = slot('on', 'weights', 'What it is measured on.');
const withScale = slot('scale', 'a scale', 'How the weights are normalised, where the format has no scale of its own.', "the format's own");
const ofFormat = slot('format', 'a format', 'What is measured.');
const errorMeasure = (name: string, doc: string, unit: Unit = 'none'): Routine => ({
  name,
  doc,
  parameters: [ofFormat, onWeights, withScale],
  gives: 'measure',
  unit,
  computed: true,
});
const onHardware = slot('on', 'a hardware', 'What it is synthesised for.');
const hardwareMeasure = (name: string, doc: string, unit: Unit): Routine => ({
  name,
  doc,
  parameters: [ofFormat, onHardware],
  gives: 'measure',
  unit,
  computed: true,
});
const onModel = slot('on', 'a language model', 'Which model, on its own text.');
const activations: Slot = {
  name: 'activations',
  takes: 'a format, same or none',
  doc: 'What the inputs of the quantized layers are quantized to, for each token by itself.',
  words: { none: 'They stay in float32: W4A16', same: 'The format and the scale of the weights: W4A4' },
  fallback: "the model's own",
};
const modelMeasure = (name: string, doc: string): Routine => ({
  name,
  doc,
  parameters: [ofFormat, onModel, withScale, activations],
  gives: 'measure',
  unit: 'none',
  computed: true,
});
const fn = (name: string, doc: string, ...names: string[]): Routine => ({
  name,
  doc,
  parameters: names.map((n) => slot(n, 'a number', '')),
  gives: 'number',
  computed: true,
});
const levels = (name: string, doc: string, parameters: readonly Slot[], more: Partial<Routine> = {}): Routine => ({
  name,
  doc,
  parameters,
  gives: 'levels',
  computed: true,
  ...more,
});
const distribution = (name: string, doc: string, parameters: readonly Slot[] = []): Routine => ({
  name,
  doc,
  parameters,
  gives: 'distribution',
  computed: true,
});
const anchor = (name: string, doc: string, parameters: readonly Slot[]): Routine => ({
  name,
  doc,
  parameters,
  gives: 'anchor',
  computed: true,
});

/** Everything that can be called by name, other than families of formats. */
export const routines: readonly Routine[] = [
  levels('int', "Two's complement integers.", [slot('symmetric', 'true or false', 'Leaves the lowest code unused.', 'false')]),
  levels('minifloat', 'Sign, exponent, significand, in OCP sign-magnitude order.', [
    slot('e', 'a count', 'Exponent bits.'),
    slot('m', 'a count', 'Significand bits that are stored.'),
    slot('bias', 'an integer', 'Exponent bias.', '2^(e-1) - 1'),
    slot(
      'subnormals',
      'true or false',
      'Whether exponent 0 is subnormal; if not, it is an ordinary exponent, and only code 0 is zero.',
      'true',
    ),
  ]),
  levels('quantiles', 'Levels at evenly spaced probabilities of a distribution: the construction of NF4 and SF4.', [
    slot('dist', 'a distribution', 'Whose quantiles.'),
    slot('zero', 'true or false', 'Whether 0 is a level.', 'true'),
    slot('offset', 'a probability', 'The probability of the outermost level.', '1 - (1/2^(bits+1) + 1/(2^(bits+1) - 2))/2'),
    {
      name: 'type',
      takes: 'fp64 or fp32',
      doc: 'The precision of probabilities and levels.',
      words: { fp64: 'Exact to 1e-12', fp32: 'As the float32 tables of bitsandbytes' },
      fallback: 'fp64',
    },
  ]),
  levels('sums', 'All sums of one element of each set, with sign (APoT).', [], {
    rest: slot('set', 'a list of magnitudes', 'One element of it goes into each sum.'),
  }),
  levels('powers', 'Zero and the signed powers of a base.', [
    slot('base', 'a number', 'Whose powers.'),
    slot('exponents', 'a range', 'Which powers, as in `-2..4`.'),
  ]),
  levels('posit', 'The posits of the width of the format; the code 1000... is NaR.', [slot('es', 'a count', 'Exponent bits.')]),
  levels('optimal', 'The levels with the least error on weights: of all codebooks that hold what is asked, the best under the scale.', [
    slot('weights', 'weights, or a list', 'What is fitted.'),
    { ...slot('scale', 'a scale', 'How the weights are normalised; absmax then lies at 1.'), record: () => properties.scale },
    {
      name: 'objective',
      takes: 'an error',
      doc: 'What is made least, summed over all weights.',
      words: { mse: 'Squared error', mae: 'Absolute error' },
      fallback: 'mse',
    },
    {
      name: 'symmetric',
      takes: 'true, false or spare',
      doc: 'Whether every level has its negative.',
      words: {
        true: 'Every level has its negative; with 0 among them one code is unused',
        false: 'Levels are free',
        spare: 'That code has a positive level of its own; needs `zero` and a `grid`',
      },
      fallback: 'false',
    },
    slot('zero', 'true or false', 'Whether 0 is a level.', 'false'),
    slot('grid', 'a step, a format or a list', 'Levels are multiples of a step, or some of these values.', 'any'),
    slot('pin', 'a list', 'Levels that must be there.', '[]'),
    slot('weigh', 'a list of numbers', 'How often an error counts, for each of a list of weights.', '1 each'),
  ]),
  levels(
    'per_block',
    'A family of codebooks with a selector per block.',
    [slot('formats', 'a list of formats', 'What is chosen from.'), choose],
    { computed: false },
  ),
  distribution('normal', 'The normal distribution.'),
  distribution('student_t', "Student's t-distribution.", [slot('nu', 'a positive number', 'Degrees of freedom.')]),
  distribution('laplace', 'The Laplace distribution.'),
  distribution('logistic', 'The logistic distribution.'),
  distribution('empirical', 'The distribution of weights, each tensor over its root mean square.', [slot('weights', 'weights', 'Whose.')]),
  anchor('best_of', 'Maps absmax onto each target and keeps the one with the least error in the block.', [
    slot('targets', 'a list of numbers', 'Targets, in the order of preference.'),
    choose,
  ]),
  anchor('mse', 'Searches ratios 1, 1 - 1/grid, ... above 1 - shrink for the least squared error.', [
    of,
    slot('grid', 'a count', 'One over the step of the ratios.', '200'),
    slot('shrink', 'a fraction', 'How far the ratio may go down.', '20 %'),
    {
      name: 'per',
      takes: 'block or tensor',
      doc: 'How many ratios are chosen.',
      words: { block: 'One for each block', tensor: "One for the whole tensor, as the paper's code does" },
      fallback: 'block',
    },
  ]),
  anchor('clip', 'A fixed fraction of the largest magnitude.', [slot('fraction', 'a fraction', 'Of the largest magnitude.'), of]),
  {
    name: 'weight_only',
    doc: 'The weight is in the format, the activation in a wider type.',
    parameters: [
      {
        name: 'activation',
        takes: 'int8 or fp16',
        doc: 'The type of the activation.',
        words: { int8: 'An 8-bit integer', fp16: 'IEEE binary16' },
      },
    ],
    gives: 'datapath',
    computed: true,
  },
  fn('abs', 'Magnitude.', 'x'),
  fn('sign', '-1, 0 or 1.', 'x'),
  fn('sqrt', 'Square root.', 'x'),
  fn('exp', 'e to the power of x.', 'x'),
  fn('ln', 'Natural logarithm.', 'x'),
  fn('log2', 'Logarithm to base 2.', 'x'),
  fn('floor', 'The next integer below.', 'x'),
  fn('ceil', 'The next integer above.', 'x'),
  fn('min', 'The smaller of two numbers.', 'a', 'b'),
  fn('max', 'The larger of two numbers.', 'a', 'b'),
  errorMeasure('mse', 'Mean squared error.'),
  errorMeasure('rmse', 'Root of the mean squared error.'),
  errorMeasure('nsr', 'Relative MSE: squared error over squared weights.'),
  errorMeasure('row_nsr', 'Relative MSE of each row, averaged over rows.'),
  errorMeasure('sqnr', 'Signal-to-quantization-noise ratio.', 'dB'),
  errorMeasure('mae', 'Mean absolute error.'),
  errorMeasure('relative_mae', 'Absolute error over absolute weights.'),
  errorMeasure('max_error', 'Largest absolute error.'),
  errorMeasure('cosine', 'Cosine between weights and their reconstruction.'),
  errorMeasure('clipped', 'Share of weights beyond the outermost level.'),
  errorMeasure('zeroed', 'Share of weights reconstructed as 0.'),
  errorMeasure('entropy', 'Entropy of the usage of the codes.', 'bits'),
  {
    name: 'bits_per_weight',
    doc: 'Width of a code and its share of the scales, for long rows.',
    parameters: [ofFormat, withScale],
    gives: 'measure',
    unit: 'bits',
    computed: true,
  },
  hardwareMeasure('area', 'Cell area of the smallest MAC unit: a product and an exact accumulator.', 'um2'),
  hardwareMeasure('ge', 'The same area in gate equivalents.', 'GE'),
  hardwareMeasure('overhead', 'How much larger a chip gets with the format instead of INT4, with the shares of the paper.', 'none'),
  hardwareMeasure('levels_of_logic', 'Cells on the longest path of that unit.', 'none'),
  {
    name: 'nu',
    doc: "Degrees of freedom of the best-fit Student's t-distribution, on average over the tensors with heavier tails than normal.",
    parameters: [slot('weights', 'weights', 'Whose.')],
    gives: 'measure',
    unit: 'none',
    computed: true,
  },
  {
    name: 'ks',
    doc: 'Kolmogorov-Smirnov distance to a distribution of the best location and scale, on average over the tensors.',
    parameters: [slot('weights', 'weights', 'Whose.'), slot('dist', 'a distribution', 'To what.')],
    gives: 'measure',
    unit: 'none',
    computed: true,
  },
  modelMeasure('perplexity', 'Perplexity per token of a language model in the format.'),
  modelMeasure('perplexity_change', 'That perplexity less the one of the unquantized model.'),
  modelMeasure('loss_change', 'Negative log-likelihood per token in nats, less that of the unquantized model.'),
  modelMeasure('divergence', 'KL divergence per token from the predictions of the unquantized model, in nats.'),
  modelMeasure('agreement', 'Share of tokens for which both models have the same most probable one.'),
];

const routinesByName = new Map<string, readonly Routine[]>();
for (const routine of routines) routinesByName.set(routine.name, [...(routinesByName.get(routine.name) ?? []), routine]);

/**
 * The routine of that name; where a name is both an anchor and a measure (`mse`), the anchor if its place takes anchors.
 */
export function routineNamed(name: string, place: Slot | undefined): Routine | undefined {
  const found = routinesByName.get(name);
  if (!found || found.length === 1) return found?.[0];
  const wantsAnchor = place?.name === 'anchor';
  return found.find((routine) => (routine.gives === 'anchor') === wantsAnchor);
}

/** The names of all routines, for suggestions. */
export const routineNames: readonly string[] = [...routinesByName.keys()];

/** Constants that need no declaration. */
export const constants: Readonly<Record<string, number>> = { pi: Math.PI, infinity: Number.POSITIVE_INFINITY };

/** The words for truth. */
export const truths: Readonly<Record<string, boolean>> = { true: true, false: false };
