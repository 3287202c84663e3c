import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** What llama.cpp says of a model. */
export interface LlamaCppResult {
  /** [sequence][position][token]. */
  readonly logits: readonly (readonly (readonly number[])[])[];
  /** Of each text. */
  readonly tokens: readonly (readonly number[])[];
}

/** Runs a GGUF model in llama.cpp on sequences of tokens, and makes tokens of texts by the file's vocabulary. */
export function llamaCpp(modelPath: string, sequences: readonly (readonly number[])[], texts: readonly string[] = []): LlamaCppResult {
  if (!existsSync('tools/llama/node_modules/node-llama-cpp'))
    throw new Error('llama.cpp is not there; set it up with `bash scripts/setup-llama.sh`');
  const input = JSON.stringify({ modelPath: resolve(modelPath), sequences, texts });
  const output = execFileSync(process.execPath, ['test/support/llamaCpp.mjs'], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  return JSON.parse(output) as LlamaCppResult;
}
