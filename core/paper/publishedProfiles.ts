/** What a row of arXiv 2405.03103 says of the distribution of a model's weights and activations. */
export interface PublishedProfile {
  readonly model: string;
  readonly weights: PublishedFit;
  readonly activations: PublishedFit;
}

/** Degrees of freedom of the fitted Student t, their mean and spread over layers, and how much nearer it is than a normal by the KS distance. */
export interface PublishedFit {
  readonly nu: number;
  readonly spread: number;
  readonly ksDelta: number;
}

/** Where {@link publishedProfiles} are from. How was fitted, and whether location and scale were free, is not said there. */
export const PROFILE_SOURCE = 'arXiv 2405.03103, Tables 1, 11 and 12';

/** From this many degrees of freedom on, the paper takes a distribution for normal. */
export const NORMAL_FROM_NU = 10;

/**
 * The 30 networks. The rows of Falcon-7B and of the activations of ConvMixer are as printed, though equal to those of BLOOM-560M and MNASNet100:
 * probably copied by mistake.
 */
export const publishedProfiles: readonly PublishedProfile[] = [
  profile('OPT-1B', [6.68, 2.86, 0.04], [5.91, 4.08, 0.117]),
  profile('BLOOM-560M', [5.87, 2.68, 0.02], [6.75, 4.84, 0.066]),
  profile('BLOOM-7B', [10.13, 5.96, -0.019], [4.51, 1.33, 0.049]),
  profile('Falcon-7B', [5.87, 2.68, 0.02], [6.75, 4.84, 0.066]),
  profile('LLaMA2-7B', [6.78, 3.45, 0.025], [2.98, 0.89, 0.022]),
  profile('Yi-6B', [7.26, 4.98, 0.013], [2.5, 3.3, 0.036]),
  profile('FLAN-T5', [13.47, 2.4, 0.004], [5.34, 1.53, 0.031]),
  profile('Mistral-7B', [1.66, 0.67, 0.049], [1.67, 2.15, 0.111]),
  profile('Zephyr-3B', [4.59, 5.2, 0.099], [2.37, 1.03, 0.098]),
  profile('BERT', [13.13, 2.42, -0.069], [6.45, 4.35, 0.034]),
  profile('RoBERTa', [7.28, 2.18, 0.022], [6.69, 4.77, 0.022]),
  profile('ALBERT', [10.87, 4.86, 0], [7.81, 1.75, 0.018]),
  profile('ResNet18', [2.71, 0.69, 0.069], [10.94, 6.2, -0.008]),
  profile('ResNet50', [2.95, 1.22, 0.052], [6.57, 7.03, 0.006]),
  profile('MobileNetV2', [5.02, 5.55, 0.003], [8.22, 7.92, 0.003]),
  profile('EfficientNet-B0', [4.29, 5.42, 0.065], [3.51, 1.86, 0.029]),
  profile('GPT2', [2.04, 0.86, 0.086], [7.21, 2.13, 0.097]),
  profile('T5-Small', [11.8, 4.01, 0.004], [6.74, 2.94, 0.03]),
  profile('VGG19', [5.96, 2.24, 0.016], [1.81, 0.75, 0.095]),
  profile('ResNet101', [1.96, 0.84, 0.075], [9.26, 5.13, 0.008]),
  profile('InceptionV3', [2.61, 0.83, 0.044], [12.02, 4.62, 0.002]),
  profile('InceptionV4', [2.29, 1.55, 0.007], [9.18, 6.11, -0.039]),
  profile('MNASNet100', [4.45, 4.27, 0.02], [9.84, 5.56, 0.021]),
  profile('MobileNetV3', [4.35, 3.16, 0.031], [7.82, 5.98, 0.581]),
  profile('ConvNext-S', [1.96, 0.79, 0.11], [4.59, 4.07, 0.069]),
  profile('RegNet', [2.91, 1.78, 0.075], [6.12, 2.37, 0.037]),
  profile('ConvMixer', [2.45, 1.16, 0.125], [9.84, 5.56, 0.021]),
  profile('CoAT-Lite', [2.11, 1.87, 0.05], [7.29, 5.28, -0.006]),
  profile('PiT-B', [8.13, 3.25, 0.006], [8.87, 4.22, 0.017]),
  profile('OPT-125M', [9.53, 4.72, 0.004], [4.66, 1.11, 0.04]),
];

function profile(
  model: string,
  weights: readonly [number, number, number],
  activations: readonly [number, number, number],
): PublishedProfile {
  return { model, weights: fitOf(weights), activations: fitOf(activations) };
}

function fitOf([nu, spread, ksDelta]: readonly [number, number, number]): PublishedFit {
  return { nu, spread, ksDelta };
}
