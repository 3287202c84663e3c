import type { Codebook } from '../format/codebook.ts';
import type { ScaleRule, ScaleType } from '../quantize/scaleRule.ts';
import type { Evaluation, WeightsSpec } from './spec.ts';

/** Two codebooks with one key quantize alike, whatever they are called. */
export const codebookKey = ({ bits, levels, ties }: Codebook): string => `${bits}|${ties}|${[...levels].map(exact).join(' ')}`;

/** Two rules with one key scale alike. */
export const ruleKey = (rule: ScaleRule): string =>
  JSON.stringify({ ...rule, type: typeKey(rule.type), second: rule.second && { ...rule.second, type: typeKey(rule.second.type) } });

/** Two weights with one key are the same tensors of the same files, as far as the spec can say. */
export const weightsKey = ({ symbol, paths, include, exclude }: WeightsSpec): string =>
  JSON.stringify([symbol.module.uri, paths, include ?? null, exclude]);

/** Two evaluations with one key have one result, as long as the files do not change. */
export const evaluationKey = ({ format, scale, weights }: Evaluation): string =>
  `${codebookKey(format.codebook)}\n${ruleKey(scale.rule)}\n${weightsKey(weights)}`;

const typeKey = (type: ScaleType): string => (type.kind === 'format' ? codebookKey(type.codebook) : type.name);

/** -0 and 0 are different levels to an export, and equal to JSON. */
const exact = (level: number): string => (Object.is(level, -0) ? '-0' : String(level));
