import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { evaluationsOf, measuredFrom } from '../core/ide/known.ts';
import { resultFindings } from '../core/ide/resultFindings.ts';
import { type Analysis, analyse } from '../core/lang/analysis.ts';
import type { Finding } from '../core/lang/finding.ts';
import { libraryAt } from '../core/lang/library.ts';
import { visible } from '../core/weights/visibleName.ts';
import { Evaluator, type Outcome } from '../node/evaluator.ts';
import { folderOf, specFiles, uriOf } from '../node/specFiles.ts';
import { interruptible } from './interrupt.ts';
import { Failure, progressBar } from './output.ts';

/** The address of a spec and its text, or a failure that says why there is none. */
export function readSpec(path: string): { readonly uri: string; readonly text: string } {
  try {
    if (!statSync(path).isFile()) throw new Failure(`${visible(path)} is not a file`);
    return { uri: uriOf(resolve(path)), text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Failure(isMissing ? `There is no file ${visible(path)}` : `${visible(path)}: ${String(error)}`);
  }
}

/** The files that specs use: on the command line, whoever names a spec trusts it. */
const files = specFiles({ open: () => undefined, root: () => undefined });

/** The text of a file or library that a finding points into, where it can still be read. */
export function textAt(uri: string): string | undefined {
  const read = files.read(uri);
  return 'text' in read ? read.text : libraryAt(uri);
}

export const analysisOf = ({ uri, text }: { readonly uri: string; readonly text: string }): Analysis => analyse(uri, text, files);

/** A spec with everything it asks for measured. */
export interface Measured {
  readonly analysis: Analysis;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

/** Works a spec out, measures what it asks for, and works it out again with the results. */
export async function measure(path: string): Promise<Measured> {
  const spec = readSpec(path);
  const first = analysisOf(spec);
  const outcome = await evaluateAll(first);
  const analysis = analyse(spec.uri, spec.text, files, measuredFrom(outcome.results));
  return { analysis, outcome, findings: [...analysis.findings, ...resultFindings(analysis, outcome.results, outcome.problems)] };
}

async function evaluateAll(analysis: Analysis): Promise<Outcome> {
  const evaluations = evaluationsOf(analysis);
  if (evaluations.length === 0 && analysis.weights.size === 0) return { results: new Map(), problems: new Map(), nLeftOut: 0 };
  const evaluator = new Evaluator(join(__dirname, 'worker.cjs'), availableParallelism());
  const bar = progressBar();
  try {
    return await interruptible(bar, (signal) =>
      evaluator.evaluate(evaluations, analysis.weights.values(), {
        place: (weights) => ({ base: folderOf(weights.symbol.module.uri) ?? dirname('.') }),
        signal,
        onProgress: bar.update,
        limit: Number.POSITIVE_INFINITY,
      }),
    );
  } finally {
    await evaluator.close();
  }
}
