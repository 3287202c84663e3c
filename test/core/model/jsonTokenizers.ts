// Makes tokenizer.json files, and tokens by the definition of byte-pair encoding (Sennrich et al., arXiv 1508.07909): one merge at a time.

export type Merge = readonly [string, string];

/** The merges that training on pieces of a text gives: the pair seen most often, again and again; of equal ones the first in the alphabet. */
export function trainedMerges(pieces: readonly (readonly string[])[], nMerges: number): readonly Merge[] {
  const counts = new Map<string, number>();
  for (const piece of pieces) counts.set(JSON.stringify(piece), (counts.get(JSON.stringify(piece)) ?? 0) + 1);
  let words = [...counts].map(([piece, n]) => ({ symbols: JSON.parse(piece) as readonly string[], n }));
  const merges: Merge[] = [];
  while (merges.length < nMerges) {
    const pairs = new Map<string, number>();
    for (const { symbols, n } of words)
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = JSON.stringify([symbols[i], symbols[i + 1]]);
        pairs.set(pair, (pairs.get(pair) ?? 0) + n);
      }
    const best = [...pairs].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0];
    if (!best) break;
    const merge = JSON.parse(best[0]) as Merge;
    merges.push(merge);
    words = words.map(({ symbols, n }) => ({ symbols: mergedOnce(symbols, merge), n }));
  }
  return merges;
}

/** The symbols of a piece after all merges: each rank in turn, from the left. */
export const slowBpe = (symbols: readonly string[], merges: readonly Merge[]): readonly string[] => merges.reduce(mergedOnce, symbols);

function mergedOnce(symbols: readonly string[], [a, b]: Merge): readonly string[] {
  const after: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const joins = symbols[i] === a && symbols[i + 1] === b;
    after.push(joins ? a + b : symbols[i]!);
    if (joins) i++;
  }
  return after;
}

/** Numbers tokens in their order. */
export const vocabulary = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));

/** The characters of GPT-2 for bytes, written out from its rule: printable ones are themselves, the others follow from U+0100 on. */
export function byteCharacters(): readonly string[] {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  const others = range(0, 255).filter((byte) => !printable.includes(byte));
  const map = new Map([
    ...printable.map((byte) => [byte, String.fromCodePoint(byte)] as const),
    ...others.map((byte, i) => [byte, String.fromCodePoint(256 + i)] as const),
  ]);
  return range(0, 255).map((byte) => map.get(byte)!);
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const byteNames: readonly string[] = range(0, 255).map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);

/** Llama's way with text, as transformers writes it for a sentencepiece model of byte-pair encoding. */
export const sentencePieceLike = (tokens: readonly string[], merges: readonly Merge[]): object => ({
  version: '1.0',
  added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: '<unk>',
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: true,
    vocab: vocabulary(tokens),
    merges: merges.map(([a, b]) => `${a} ${b}`),
  },
});

/** GPT-2's way with text, as Llama 3 and its kin have it. */
export const byteLevel = (merges: readonly Merge[], preTokenizer: object): object => ({
  added_tokens: [{ id: 256 + merges.length, content: '<|end|>', special: true, normalized: false }],
  normalizer: null,
  pre_tokenizer: preTokenizer,
  post_processor: { type: 'ByteLevel', trim_offsets: false },
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: vocabulary([...byteCharacters(), ...merges.map(([a, b]) => a + b)]), merges },
});

/** A tokenizer in llama2.c's layout: pieces and their scores, behind three special tokens and the bytes. */
export function llama2cFile(pieces: readonly (readonly [string, number])[]): Uint8Array {
  const all = [...['<unk>', '\n<s>\n', '\n</s>\n', ...byteNames].map((name) => [name, 0] as const), ...pieces];
  const parts = all.map(([piece, score]) => {
    const text = Buffer.from(piece);
    const head = Buffer.alloc(8);
    head.writeFloatLE(score, 0);
    head.writeInt32LE(text.length, 4);
    return Buffer.concat([head, text]);
  });
  return Buffer.concat([Buffer.from([7, 0, 0, 0]), ...parts]);
}

/**
 * The same as a tokenizer.json: every way in which two pieces make a third is a merge, in the order of the third's score. A space is
 * written as `▁`.
 */
export function llama2cAsJson(pieces: readonly (readonly [string, number])[]): object {
  const names = new Set(pieces.map(([piece]) => piece));
  const merges = [...pieces]
    .sort(([, a], [, b]) => b - a)
    .flatMap(([piece]) =>
      Array.from({ length: piece.length - 1 }, (_, i): Merge => [piece.slice(0, i + 1), piece.slice(i + 1)]).filter(
        ([a, b]) => names.has(a) && names.has(b),
      ),
    );
  const marked = (text: string): string => text.replaceAll(' ', '▁');
  return sentencePieceLike(
    ['<unk>', '<s>', '</s>', ...byteNames, ...pieces.map(([piece]) => marked(piece))],
    merges.map(([a, b]) => [marked(a), marked(b)]),
  );
}
