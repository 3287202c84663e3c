import { copyFileSync, mkdirSync } from 'node:fs';
import { type Analysis, analyse } from '../../../core/lang/analysis.ts';
import type { Fact, FactRequest } from '../../../core/lang/facts.ts';
import type { Evaluator } from '../../../node/evaluator.ts';
import type { FactOptions } from '../../../node/factRun.ts';
import { specFiles } from '../../../node/specFiles.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporaryFolder.ts';

/** A folder with the model of examples/tiny-lm in `tiny`. */
export function tinyFolder(): TemporaryFolder {
  const folder = temporaryFolder();
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors', 'held-moby.txt', 'held-sotu.txt'])
    copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  return folder;
}

const files = specFiles({ open: () => undefined, root: () => undefined });

export const analysed = (spec: string): Analysis => analyse('file:///spec.nibble', spec, files);

/** A spec with a model, up to what is asked of it. */
export const head = (model: string): string => `use std.paper
${model}
scale s { block = 32, axis = last, anchor = max_level }
`;

/** What an evaluator finds where the paths of a spec begin at `base`. */
export async function find(
  on: Evaluator,
  base: string,
  requests: readonly FactRequest[],
  options: Partial<FactOptions> & { readonly root?: string } = {},
): Promise<ReadonlyMap<string, Fact>> {
  const found = await on.facts.find(requests, {
    place: () => ({ base, root: options.root }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    limit: Number.POSITIVE_INFINITY,
    ...options,
  });
  return found.facts;
}
