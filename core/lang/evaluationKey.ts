import type { Codebook } from '../format/codebook.ts';
import type { ScaleRule, ScaleType } from '../quantize/scaleRule.ts';
import type { Evaluation, ModelSpec, WeightsSpec } from './spec.ts';

// Keys are asked for again and again, of values that never change: each is put together once.

/** Two codebooks with one key quantize alike, whatever they are called. */
export const codebookKey = onceEach(({ bits, levels, ties }: Codebook): string => `${bits}|${ties}|${Array.from(levels, exact).join(' ')}`);

/** Two rules with one key scale alike. */
export const ruleKey = onceEach((rule: ScaleRule): string =>
  JSON.stringify({ ...rule, type: typeKey(rule.type), second: rule.second && { ...rule.second, type: typeKey(rule.second.type) } }),
);

/** Two weights with one key are the same tensors of the same files, as far as the spec can say. */
export const weightsKey = onceEach(({ symbol, paths, include, exclude }: WeightsSpec): string =>
  JSON.stringify([symbol.module.uri, paths, include ?? null, exclude]),
);

/** Two models with one key are the same files, text and layers, as far as the spec can say; whatever is done to their activations. */
export const modelKey = onceEach(
  ({ symbol, path, config, tokenizer, text, separator, tokens, window, quantize, keep }: ModelSpec): string =>
    // JSON has no infinity.
    JSON.stringify([symbol.module.uri, path, config, tokenizer, text, separator, String(tokens), window, quantize, keep]),
);

/** Two evaluations with one key have one result, as long as the files do not change. */
export const evaluationKey = ({ format, scale, weights }: Evaluation): string =>
  `${codebookKey(format.codebook)}\n${ruleKey(scale.rule)}\n${weightsKey(weights)}`;

function typeKey(type: ScaleType): string {
  return type.kind === 'format' ? codebookKey(type.codebook) : type.name;
}

/** -0 and 0 are different levels to an export, and equal to JSON. */
function exact(level: number): string {
  return Object.is(level, -0) ? '-0' : String(level);
}

function onceEach<T extends object>(key: (of: T) => string): (of: T) => string {
  const known = new WeakMap<T, string>();
  return (of) => {
    const found = known.get(of) ?? key(of);
    known.set(of, found);
    return found;
  };
}
