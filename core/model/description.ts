/** What there is to know of a language model and its text before it is run. Plain data. */
export interface ModelDescription {
  /** Weights of all its tensors, and of the linear layers that are quantized. */
  readonly nWeights: number;
  readonly nQuantizedWeights: number;
  readonly nLayers: number;
  readonly nLinears: number;
  readonly nQuantizedLinears: number;
  /** Tokens that the model knows. */
  readonly nTokens: number;
  /** The files, as the user would name them: show them by `visible` only. */
  readonly tokenizerFile: string;
  readonly textFiles: readonly string[];
  /** Of all the text. */
  readonly nDocuments: number;
  /** What is run: windows of up to `windowLength` inputs, with as many targets. */
  readonly windowLength: number;
  readonly nWindows: number;
  readonly nTargets: number;
}

/** What is wrong with a linked model, and which part of its declaration that is about. */
export interface LinkedModelProblem {
  readonly code: 'model.missing' | 'model.unreadable' | 'model.no-layer-matches';
  readonly about: 'path' | 'config' | 'tokenizer' | 'text' | 'window' | 'quantize' | 'keep';
  /** Fit to be shown: names in it are escaped. */
  readonly message: string;
}

/** What opening a linked model gives. What is undefined is kept from being known by a problem. */
export interface InspectedModel {
  readonly description: ModelDescription | undefined;
  readonly problems: readonly LinkedModelProblem[];
}
