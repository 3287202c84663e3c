import type { Keyword } from '../syntax/tree.ts';

/** A place for a value: a property of a declaration, or a parameter of a routine. */
export interface Slot {
  readonly name: string;
  /** What may stand there, in a few words. */
  readonly takes: string;
  readonly doc: string;
  /** Words that mean something only here, with what they mean. */
  readonly words?: Readonly<Record<string, string>>;
  /** What holds when nothing is written, as it would be written; none where there is no default. */
  readonly fallback?: string;
  /** A record stands here, with these properties. */
  readonly record?: () => readonly Slot[];
}

const ties: Slot = {
  name: 'ties',
  takes: 'a tie rule',
  doc: 'Where a value exactly between two levels goes.',
  words: {
    lower: "To the lower level: the rule of the paper's reference code",
    upper: 'To the upper level',
    even: 'To the level with the even code: IEEE 754, OCP',
    away: 'To the level farther from zero',
    zero: 'To the level nearer to zero',
  },
  fallback: 'lower',
};

const scaleTypes = {
  fp64: 'IEEE binary64, and all arithmetic with it: for comparison with float64 references',
  fp32: 'IEEE binary32',
  fp16: 'IEEE binary16',
  bf16: 'bfloat16',
  e8m0: 'A power of two from 2^-127 to 2^127 (OCP MX)',
  e4m3: 'OCP FP8 E4M3, largest value 448',
  ue4m3: 'E4M3 without sign, largest value 448 (NVFP4)',
  e5m2: 'OCP FP8 E5M2, largest value 57344',
  int8: 'A signed integer up to 127 in magnitude; needs a second scale',
};

const roundings = {
  nearest: 'To the nearest value; ties to even, for powers of two upwards',
  floor: 'Toward zero: for e8m0 the OCP rule, which can clip',
  ceil: 'Away from zero: never clips',
  even: 'For powers of two: absmax is first rounded to the precision of the elements (torchao EVEN); else as nearest',
};

const block = (words: Readonly<Record<string, string>>, doc: string): Slot => ({ name: 'block', takes: 'a count, or a word', doc, words });

const secondScale: readonly Slot[] = [
  block({ tensor: 'One for the whole tensor' }, 'How many first-level scales share a second-level one.'),
  { name: 'type', takes: 'a number type', doc: 'How the second-level scale is stored.', words: scaleTypes, fallback: 'fp32' },
  { name: 'rounding', takes: 'a rounding', doc: 'How the second-level scale is rounded.', words: roundings, fallback: 'nearest' },
  {
    name: 'offset',
    takes: 'none or mean',
    doc: 'What is subtracted from the first-level scales before they are stored.',
    words: { none: 'Nothing', mean: "The mean of the tensor's scales (QLoRA's double quantisation)" },
    fallback: 'none',
  },
  {
    name: 'largest',
    takes: 'a number',
    doc: 'What the largest first-level scale is mapped onto; the largest value of its type unless written (256 in four-over-six).',
  },
];

const scale: readonly Slot[] = [
  block(
    { tensor: 'One scale for the whole tensor', channel: 'One scale for each row (axis = last) or column (axis = first)' },
    'Consecutive weights that share a scale. A shorter last block keeps its own scale.',
  ),
  {
    name: 'axis',
    takes: 'last, first or flat',
    doc: 'Which way blocks run.',
    words: {
      last: 'Inside a row, along the last dimension',
      first: 'Down a column, along the first dimension',
      flat: 'Across rows, in storage order (as bitsandbytes does)',
    },
  },
  {
    name: 'anchor',
    takes: 'an anchor',
    doc: 'What fills the codebook.',
    words: {
      absmax: 'The largest magnitude of the block onto the largest level magnitude',
      max_level: "The largest magnitude onto the largest positive level: the paper's code",
      max_power: "The largest magnitude's power of two onto the largest power of two among the levels: OCP MX",
      signed_max: 'The weight of largest magnitude, with its sign, onto the level of largest magnitude: GGUF Q4_0, BOF4-S',
      minmax: 'Affine: the range onto all levels, with an integer zero point',
      mse: 'The scale with the least squared error, by search',
    },
  },
  { name: 'type', takes: 'a number type or a format', doc: 'How a scale is stored.', words: scaleTypes, fallback: 'fp32' },
  {
    name: 'rounding',
    takes: 'a rounding',
    doc: 'How a scale is rounded to its type. No default for e8m0 and max_power.',
    words: roundings,
    fallback: 'nearest',
  },
  { name: 'second', takes: 'a record', doc: 'A scale of the scales.', record: () => secondScale },
];

/** The properties of each kind of declaration, in the order they are usually written. */
export const properties: Readonly<Record<Keyword, readonly Slot[]>> = {
  let: [],
  format: [
    { name: 'bits', takes: '3 to 8', doc: 'Width of a code.', fallback: '4' },
    {
      name: 'levels',
      takes: 'a list in value order, or a construction',
      doc: 'What the codes decode to.',
      words: { none: 'An unused code' },
    },
    {
      name: 'codes',
      takes: 'a list in code order',
      doc: 'What each code decodes to, in code order; instead of `levels`.',
      words: { none: 'An unused code' },
    },
    {
      name: 'encoding',
      takes: 'a list of codes',
      doc: "The code of each level, in value order; the construction's own unless written.",
    },
    {
      name: 'negative_zero',
      takes: 'a rule or a value',
      doc: 'What the code of -0 means, where the construction has one.',
      words: { keep: 'It decodes to -0', drop: 'It is not used', nan: 'It decodes to NaN' },
      fallback: 'keep',
    },
    ties,
    { name: 'scale', takes: 'a scale or a record', doc: 'How a block of weights is normalised.', record: () => scale },
  ],
  scale,
  weights: [
    {
      name: 'include',
      takes: 'a list of patterns',
      doc: 'Tensors to take, by name; `*` stands for any characters. All floating tensors unless written.',
    },
    { name: 'exclude', takes: 'a list of patterns', doc: 'Tensors to leave out, by name.' },
  ],
  model: [
    {
      name: 'text',
      takes: 'a path, or a list of paths',
      doc: 'The text it is measured on; each file is a document. The files `held*.txt` beside the model unless written.',
    },
    {
      name: 'separator',
      takes: 'a text',
      doc: 'What stands between the documents of a file, as `"<|endoftext|>"`. A file is one document unless written.',
    },
    {
      name: 'tokens',
      takes: 'a count, or all',
      doc: 'How many tokens are predicted, taken from all documents in turn; up to one window more.',
      words: { all: 'The whole text' },
      fallback: '20000',
    },
    {
      name: 'window',
      takes: 'a count',
      doc: 'Tokens that the model sees at once. Its context unless written, at most 2048.',
    },
    {
      name: 'quantize',
      takes: 'a list of patterns',
      doc: 'Linear layers that are quantized, by the names of their tensors. All seven of each layer unless written.',
    },
    { name: 'keep', takes: 'a list of patterns', doc: 'Linear layers that stay as they are, by the names of their tensors.' },
    {
      name: 'activations',
      takes: 'a format, same or none',
      doc: 'What the inputs of these layers are quantized to, for each token by itself.',
      words: { none: 'They stay in float32: W4A16', same: 'The format and the scale of the weights: W4A4' },
      fallback: 'none',
    },
    {
      name: 'config',
      takes: 'a path',
      doc: 'The configuration in the layout of Hugging Face. `config.json` beside the model unless written.',
    },
    { name: 'tokenizer', takes: 'a path', doc: 'What makes tokens of text. Looked for beside the model unless written.' },
  ],
  hardware: [
    {
      name: 'cells',
      takes: 'a cell library',
      doc: 'The standard cells that area is counted in; or the path of a Liberty file.',
      words: {
        nangate45: 'NanGate 45 nm open cell library',
        sky130: 'SkyWater 130 nm high density',
        asap7: 'ASAP7 predictive 7 nm',
        sg13g2: 'IHP 130 nm SG13G2',
      },
    },
    {
      name: 'datapath',
      takes: 'a datapath',
      doc: 'What is multiplied with what.',
      words: { both: 'Weight and activation in the format' },
      fallback: 'both',
    },
    { name: 'terms', takes: 'a count', doc: 'Products that are added without loss.', fallback: '256' },
    {
      name: 'fixed_point',
      takes: 'a count',
      doc: 'Bits of the fixed point that levels are rounded to where they have no common grid, 2 to 13.',
      fallback: '8',
    },
    { name: 'budget', takes: 'an area', doc: 'The most area that a format may take, as `250 um2` or `300 GE`.' },
  ],
  compare: [
    { name: 'formats', takes: 'a list of formats', doc: 'What is compared; a range as argument sweeps a family, as in `SF(3..7)`.' },
    { name: 'on', takes: 'weights, or a list', doc: 'What it is measured on.' },
    { name: 'scale', takes: 'a scale, or a list', doc: 'The scale of the formats that have none of their own.', record: () => scale },
    { name: 'hardware', takes: 'a hardware', doc: 'What it is synthesised for.' },
    {
      name: 'model',
      takes: 'a language model',
      doc: 'What its formats are evaluated on besides, on command. Every model of the file unless written.',
    },
  ],
};
