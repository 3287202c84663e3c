// What arXiv 2405.03103 prints of the quality of quantized models. Round-to-nearest, without a search for the clip, unless said.

/** WikiText-2 perplexity per word, weights in blocks of 128, activations unquantized: Table 3. By format, in the order of {@link perplexityModels}. */
export const publishedPerplexities: Readonly<Record<string, readonly number[]>> = {
  NF4: [19.8, 17.17, 12.73, 9.11, 11.89, 14.94, 10.36],
  SF4: [19.09, 17.11, 12.67, 9.16, 11.83, 14.96, 10.34],
  INT4: [20.17, 18.28, 13.27, 9.33, 12.41, 15.16, 10.71],
  E2M1_I: [20.07, 17.86, 12.92, 9.37, 12.19, 15.18, 10.69],
  E2M1_B: [20.93, 18.34, 13.11, 9.43, 12.37, 15.22, 10.76],
  E2M1: [19.76, 17.24, 12.78, 9.17, 11.97, 15.01, 10.42],
  E2M1_SR: [20.25, 17.62, 13.06, 9.84, 12.58, 15.95, 11.6],
  E2M1_SP: [19.38, 17.19, 12.76, 9.13, 11.92, 14.98, 10.37],
  E3M0: [20.25, 18.29, 13.31, 9.87, 12.74, 15.61, 11.42],
  APoT4: [19.13, 17.47, 12.84, 9.15, 12.09, 15.02, 10.46],
  APoT4_SP: [18.93, 17.4, 12.8, 9.11, 11.98, 14.99, 10.4],
};

/** The models of {@link publishedPerplexities}, with the perplexity of each unquantized. */
export const perplexityModels: readonly { readonly model: string; readonly unquantized: number }[] = [
  { model: 'Mistral-7B', unquantized: 18.01 },
  { model: 'OPT-1B', unquantized: 16.41 },
  { model: 'OPT-6.7B', unquantized: 12.28 },
  { model: 'LLaMA2-7B', unquantized: 8.79 },
  { model: 'Phi-2', unquantized: 11.05 },
  { model: 'BLOOM-7B', unquantized: 14.71 },
  { model: 'Yi-6B', unquantized: 10.21 },
];

/** Lengths of the blocks of {@link publishedByBlock}; the last is a scale for each output channel. */
export const publishedBlocks = [16, 32, 64, 128, 256, 'channel'] as const;

/** Phi-2, weights only: the mean change of accuracy over six tasks, in percent of the unquantized one: Table 5. */
export const publishedByBlock: Readonly<Record<string, readonly number[]>> = {
  NF4: [-1.19, -0.89, -1.79, -1.87, -1.44, -4.86],
  SF4: [-1.04, -1.04, -1.38, -1.33, -1.44, -3.69],
  INT4: [-1.98, -2.27, -2.27, -2.96, -3.53, -7.98],
  E2M1_I: [-1.9, -1.7, -2.02, -2.67, -3.37, -6.57],
  E2M1_B: [-2.33, -2, -2.17, -2.8, -3.9, -8.58],
  E2M1: [-1.27, -1.59, -1.67, -1.4, -1.62, -3.92],
  E2M1_SR: [-13.54, -4.98, -1.91, -1.86, -1.58, -3.21],
  E2M1_SP: [-0.39, -0.97, -0.92, -0.66, -0.92, -3.85],
  E3M0: [-3.25, -3.33, -4.2, -4.5, -5.77, -6.17],
  APoT4: [-1.34, -2.04, -2.34, -1.9, -2.3, -4.35],
  APoT4_SP: [-0.64, -1.47, -1.13, -1.29, -1.64, -3.43],
};

/**
 * Weights and activations in the format, the mean change of accuracy over six tasks and seven models, in percent: the means of Table 8 that can be
 * made, without and with SmoothQuant. Null where a cell of the table is missing.
 */
export const publishedW4A4: Readonly<Record<string, { readonly plain: number | null; readonly smooth: number | null }>> = {
  SF4: { plain: -6.55, smooth: -4.22 },
  NF4: { plain: -7.08, smooth: -5.1 },
  APoT4_SP: { plain: -8.13, smooth: -5.74 },
  APoT4: { plain: -8.43, smooth: -6.11 },
  E3M0: { plain: -10, smooth: -9.12 },
  E2M1_I: { plain: -11.75, smooth: -8.99 },
  INT4: { plain: -14.81, smooth: -10.15 },
  E2M1: { plain: -7.47, smooth: null },
  E2M1_B: { plain: null, smooth: -10.56 },
};

/** Phi-2, weights only, one scale for each output channel: the mean change of accuracy in percent, round-to-nearest and GPTQ: Table 6. */
export const publishedGptq: Readonly<Record<string, { readonly nearest: number; readonly gptq: number }>> = {
  NF4: { nearest: -4.86, gptq: -2.48 },
  SF4: { nearest: -3.69, gptq: -2.49 },
};
