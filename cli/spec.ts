import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { allFindings } from '../core/ide/allFindings.ts';
import { factRounds } from '../core/ide/factRounds.ts';
import { depthsOf, evaluationsOf, measuredFrom } from '../core/ide/known.ts';
import { together } from '../core/ide/resultFindings.ts';
import { areaWishes, comparedAreas, findingWishes } from '../core/ide/wishes.ts';
import { type Analysis, analyse } from '../core/lang/analysis.ts';
import type { Fact, FactRequest } from '../core/lang/facts.ts';
import type { Finding } from '../core/lang/finding.ts';
import { libraryAt } from '../core/lang/library.ts';
import { qualityRequests } from '../core/lang/modelRows.ts';
import type { Linked } from '../core/lang/spec.ts';
import type { Depth } from '../core/measure/results.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { visible } from '../core/weights/visibleName.ts';
import { Areas, synthesisWorkers } from '../node/areas.ts';
import { cachePlace } from '../node/cacheFolder.ts';
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

/** What is asked of weights: what a spec rests on and measures, or also what there is to remark of its formats, or what a report shows besides: language models. */
export type Reach = 'measures' | 'remarks' | 'pictures';

/** Works a spec out, finds out what it rests on, measures what it asks for, and works it out again with the results. */
export async function measure(path: string, depth: Depth, reach: Reach): Promise<Measured> {
  const spec = readSpec(path);
  const first = analysisOf(spec);
  if (
    evaluationsOf(first).length === 0 &&
    first.weights.size === 0 &&
    first.models.size === 0 &&
    first.asked.length === 0 &&
    areaWishes(first).length === 0
  ) {
    const outcome: Outcome = { results: new Map(), problems: new Map(), nLeftOut: 0 };
    return { analysis: first, outcome, findings: allFindings(first, outcome.results, outcome.problems) };
  }
  return withEvaluator(async (evaluator, options) => {
    const { analysis: known, worked, find, problems } = await resolved(spec, evaluator, options, 'all');
    const measured = await evaluator.evaluate(evaluationsOf(known), known.weights.values(), { ...options, depth: depthsOf(known, depth) });
    if (reach !== 'measures') await find(findingWishes(known));
    await find(reach === 'measures' ? comparedAreas(known) : areaWishes(known));
    if (reach === 'pictures') await find(qualityRequests(known));
    const analysis = worked(measured.results);
    for (const [key, own] of measured.problems) problems.set(key, together(own, problems.get(key) ?? []));
    const outcome: Outcome = { ...measured, problems };
    return { analysis, outcome, findings: allFindings(analysis, outcome.results, problems) };
  });
}

/** A spec of which everything is known that its formats rest on. */
export interface Resolved {
  readonly analysis: Analysis;
  /** The spec worked out with results as well, and with what was found out meanwhile. */
  readonly worked: (results: Outcome['results']) => Analysis;
  readonly find: (requests: readonly FactRequest[]) => Promise<void>;
  /** What is wrong with weights, by `weightsKey`; grows with what is found out. */
  readonly problems: Map<string, readonly WeightProblem[]>;
}

/** Finds out what a spec rests on, round by round: all of it, or what its formats may, which no evaluation on a model is. */
export async function resolved(
  spec: ReturnType<typeof readSpec>,
  evaluator: Evaluator,
  options: ReadOptions,
  reach: 'all' | 'formats',
): Promise<Resolved> {
  const facts = new Map<string, Fact>();
  const problems = new Map<string, readonly WeightProblem[]>();
  const worked = (results: Outcome['results']): Analysis => analyse(spec.uri, spec.text, files, { measured: measuredFrom(results), facts });
  const find = async (requests: readonly FactRequest[]): Promise<void> => {
    const found = await evaluator.facts.find(requests, options);
    for (const [key, fact] of found.facts) facts.set(key, fact);
    for (const [key, own] of found.problems) problems.set(key, together(problems.get(key) ?? [], own));
  };
  let analysis = analysisOf(spec);
  await factRounds(
    () => (reach === 'all' ? analysis.asked : analysis.asked.filter(({ kind }) => kind !== 'quality')),
    async (requests) => {
      await find(requests);
      analysis = worked(new Map());
    },
  );
  return { analysis, worked, find, problems };
}

/** What reading weights needs to be told. */
export interface ReadOptions {
  readonly place: (linked: Linked) => { readonly base: string };
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  readonly limit: number;
}

/** Runs something that reads weights in threads; they end with it. Ctrl-C ends it in good order. */
export async function withEvaluator<T>(work: (evaluator: Evaluator, options: ReadOptions) => Promise<T>): Promise<T> {
  const workers = availableParallelism();
  const cache = cachePlace();
  const yosys = process.env['NIBBLE_YOSYS'] || undefined;
  const areas = new Areas({ script: join(__dirname, 'synthesis.cjs'), cache, yosys, workers: synthesisWorkers(workers) });
  const evaluator = new Evaluator(join(__dirname, 'worker.cjs'), workers, cache, areas);
  const bar = progressBar();
  try {
    return await interruptible(bar, (signal) =>
      work(evaluator, {
        place: ({ symbol }) => ({ base: folderOf(symbol.module.uri) ?? dirname('.') }),
        signal,
        onProgress: bar.update,
        limit: Number.POSITIVE_INFINITY,
      }),
    );
  } finally {
    areas.close();
    await evaluator.close();
  }
}
