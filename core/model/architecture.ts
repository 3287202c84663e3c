import { type Json, parseJson } from '../weights/json.ts';
import { quoted } from '../weights/problem.ts';
import { visible } from '../weights/visibleName.ts';

/** The dimensions of a Llama-architecture model: RMSNorm before each part, rotary positions, grouped-query attention, SwiGLU, no biases. */
export interface Architecture {
  /** Numbers of the residual stream per token. */
  readonly hidden: number;
  /** Numbers between the two linear layers of an MLP. */
  readonly intermediate: number;
  readonly nLayers: number;
  readonly nHeads: number;
  /** Pairs of a key and a value per token and layer; `nHeads` is a multiple. */
  readonly nKeyValueHeads: number;
  /** Even. */
  readonly headSize: number;
  readonly nTokens: number;
  /** The most tokens of a sequence. */
  readonly context: number;
  readonly normEpsilon: number;
  readonly rotaryBase: number;
  /**
   * Which numbers of a head turn together: i and i + headSize / 2, as in Hugging Face, or 2 i and 2 i + 1, as in llama2.c and GGUF. A model
   * exported for one gives nonsense under the other, and a `config.json` names it only by our own key `rope_interleaved`.
   */
  readonly rotaryPairs: 'halves' | 'neighbours';
  /** Whether logits are made with the embedding or with a matrix of their own. */
  readonly head: 'tied' | 'own';
}

/** What keeps a model from being run, fit to be shown. */
export interface ModelProblem {
  /** The file, as the user would name it, as in the file: show it by `visible` only. */
  readonly file: string;
  /** What is wrong and, where known, what would be right. Names in it are escaped. */
  readonly message: string;
}

/** What a `config.json` in Hugging Face's layout says, with all that is wrong with it. `file` is its name, for messages. */
export function readArchitecture(
  text: string,
  file: string,
): { readonly architecture: Architecture } | { readonly problems: readonly ModelProblem[] } {
  const document = parseJson(text);
  if ('fault' in document) return { problems: [{ file, message: `${quoted(file)} is no JSON: ${document.fault}` }] };
  if (!(document.value instanceof Map)) return { problems: [{ file, message: `${quoted(file)} is no JSON object` }] };
  const config = reading(document.value);
  const hidden = config.count('hidden_size', 2 ** 16);
  const nHeads = config.count('num_attention_heads', 2 ** 12);
  const architecture: Architecture = {
    hidden,
    intermediate: config.count('intermediate_size', 2 ** 18),
    nLayers: config.count('num_hidden_layers', 2 ** 10),
    nHeads,
    nKeyValueHeads: config.has('num_key_value_heads') ? config.count('num_key_value_heads', 2 ** 12) : nHeads,
    headSize: config.has('head_dim') ? config.count('head_dim', 2 ** 12) : hidden / nHeads,
    nTokens: config.count('vocab_size', 2 ** 22),
    context: config.count('max_position_embeddings', 2 ** 24),
    normEpsilon: config.positive('rms_norm_eps', 1e-6),
    rotaryBase: config.rotaryBase(),
    rotaryPairs: config.flag('rope_interleaved') ? 'neighbours' : 'halves',
    head: config.flag('tie_word_embeddings') ? 'tied' : 'own',
  };
  config.mustBe('model_type', 'llama', undefined);
  config.mustBe('hidden_act', 'silu', 'silu');
  config.mustBeFalse('attention_bias');
  config.mustBeFalse('mlp_bias');
  const faults = config.faults.length > 0 ? config.faults : mismatches(architecture);
  return faults.length > 0 ? { problems: faults.map((fault) => ({ file, message: `${quoted(file)}: ${fault}` })) } : { architecture };
}

function mismatches({ hidden, nHeads, nKeyValueHeads, headSize }: Architecture): readonly string[] {
  if (!Number.isInteger(headSize))
    return [`\`hidden_size\` ${hidden} is no multiple of \`num_attention_heads\` ${nHeads}; give \`head_dim\``];
  if (headSize % 2 !== 0) return [`The size of a head is ${headSize}; rotary positions turn pairs, so it is even`];
  if (nHeads % nKeyValueHeads !== 0)
    return [`\`num_attention_heads\` ${nHeads} is no multiple of \`num_key_value_heads\` ${nKeyValueHeads}`];
  return [];
}

/** The members of a config, read one by one; what is wrong gathers in `faults`, and a number that is wrong is read as 1. */
function reading(members: ReadonlyMap<string, Json>) {
  const faults: string[] = [];
  const has = (key: string): boolean => (members.get(key) ?? null) !== null;
  const positive = (key: string, absent: number): number => positiveOf(members, key, absent, faults);
  return {
    faults,
    has,
    positive,

    count(key: string, most: number): number {
      const value = members.get(key);
      if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
      faults.push(value === undefined ? `\`${key}\` is missing` : `\`${key}\` is ${shown(value)}; it is a whole number from 1 to ${most}`);
      return 1;
    },

    flag(key: string): boolean {
      const value = members.get(key) ?? false;
      if (typeof value !== 'boolean') faults.push(`\`${key}\` is ${shown(value)}; it is \`true\` or \`false\``);
      return value === true;
    },

    mustBe(key: string, only: string, absent: string | undefined): void {
      const value = members.get(key) ?? absent;
      if (value !== only)
        faults.push(
          value === undefined
            ? `\`${key}\` is missing; models of type \`${only}\` are run`
            : `\`${key}\` is ${shown(value)}; only \`${only}\` is run`,
        );
    },

    mustBeFalse(key: string): void {
      const value = members.get(key) ?? false;
      if (value !== false) faults.push(`\`${key}\` is ${shown(value)}; only models without biases are run`);
    },

    /**
     * `rope_theta`, in newer files inside `rope_parameters`. Scaled positions, as of Llama 3.1, are refused: they would be computed
     * wrongly.
     */
    rotaryBase(): number {
      for (const key of ['rope_scaling', 'rope_parameters']) {
        const inner = members.get(key) ?? null;
        if (inner === null) continue;
        if (!(inner instanceof Map)) {
          faults.push(`\`${key}\` is ${shown(inner)}; it is an object or null`);
          continue;
        }
        const kind = inner.get('rope_type') ?? inner.get('type') ?? 'default';
        if (kind !== 'default') faults.push(`\`${key}\` asks for positions of type ${shown(kind)}; only \`default\` is run`);
      }
      const parameters = members.get('rope_parameters');
      return parameters instanceof Map && parameters.has('rope_theta')
        ? positiveOf(parameters, 'rope_theta', 10_000, faults)
        : positive('rope_theta', 10_000);
    },
  };
}

function positiveOf(members: ReadonlyMap<string, Json>, key: string, absent: number, faults: string[]): number {
  const value = members.get(key) ?? absent;
  if (typeof value === 'number' && value > 0 && value < 2 ** 64) return value;
  faults.push(`\`${key}\` is ${shown(value)}; it is a positive number below 2^64`);
  return 1;
}

const shown = (value: Json): string =>
  typeof value === 'string' ? quoted(value) : typeof value === 'object' && value !== null ? 'a list or an object' : visible(String(value));
