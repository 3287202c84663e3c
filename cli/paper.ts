import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { paperTable } from '../core/hardware/paperTable.ts';
import { resultOf } from '../core/ide/known.ts';
import { areaRequest } from '../core/lang/areaMeasures.ts';
import { modelKey } from '../core/lang/evaluationKey.ts';
import { type Fact, factOf } from '../core/lang/facts.ts';
import type { Evaluation, ModelSpec, NamedScale, WeightsSpec } from '../core/lang/spec.ts';
import { modelSummary } from '../core/measure/fit/modelSummary.ts';
import type { Normalisation } from '../core/measure/fit/normalisation.ts';
import * as measures from '../core/measure/measures.ts';
import { codebookClaims } from '../core/paper/codebookClaims.ts';
import { type ErrorGrid, errorClaims } from '../core/paper/errorClaims.ts';
import { frontClaim } from '../core/paper/frontClaim.ts';
import { hardwareClaims, type MeasuredAreas } from '../core/paper/hardwareClaims.ts';
import { activationProfileClaim, type MeasuredProfile, weightProfileClaim } from '../core/paper/profileClaims.ts';
import { publishedCodebooks } from '../core/paper/publishedCodebooks.ts';
import { qualityClaims } from '../core/paper/qualityClaims.ts';
import type { ChartTheme } from '../core/view/svg/colours.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator, Outcome } from '../node/evaluator.ts';
import { fitAll } from '../node/fits.ts';
import { uriOf } from '../node/specFiles.ts';
import { Failure, isSameFile, say, written } from './output.ts';
import { errorFronts, isOfFigure3, qualityFronts } from './paperFronts.ts';
import { type PaperPage, paperHtml, paperMarkdown, summaryOf } from './paperPage.ts';
import { inputProfiles, modelQualities } from './paperQuality.ts';
import { formatOf, type PaperSpec, paperSpec, paperSpecText } from './paperSpec.ts';
import { analysisOf, type ReadOptions, readSpec, withEvaluator } from './spec.ts';

export interface PaperArguments {
  /** A spec whose weights and models are measured. */
  readonly file: string;
  /** Where the page goes: HTML, or Markdown where it ends in `.md`. */
  readonly out: string;
  readonly theme: ChartTheme;
  /** Of Nibble. */
  readonly version: string;
}

/** Sets the claims of arXiv 2405.03103 beside what is measured on what a spec links. Returns the exit code: 1 where something could not be read. */
export async function paper({ file, out, theme, version }: PaperArguments): Promise<number> {
  const spec = analysisOf(readSpec(file));
  if (isSameFile(out, file)) throw new Failure(`--out ${visible(out)} is the spec itself; name another file`, 2);
  const weights = [...spec.weights.values()];
  // Two that differ in what becomes of activations are one here: that is part of what is measured.
  const models = [...new Map([...spec.models.values()].reverse().map((model) => [modelKey(model), model])).values()].reverse();
  const own = paperSpec(analysisOf({ uri: uriOf(join(process.cwd(), 'paper-page.nibble')), text: paperSpecText }));
  const { claims, problems, notes, yosys } = await withEvaluator((evaluator, options) =>
    measured(weights, models, own, evaluator, options),
  );
  for (const problem of problems) say.error(problem);
  const page: PaperPage = {
    spec: file,
    theme,
    claims,
    notes: [
      ...weights.map(({ name, paths }) => `Weights ${visible(name)}: ${paths.map(visible).join(', ')}`),
      ...notes,
      ...(weights.length === 0 ? ['The spec links no weights'] : []),
      ...(models.length === 0 ? ['The spec declares no model'] : []),
      ...problems,
    ],
    versions: [['Nibble', version], ['Node.js', process.versions.node], ...(yosys === undefined ? [] : [['Yosys', yosys] as const])],
  };
  written(out, out.endsWith('.md') ? paperMarkdown(page) : paperHtml(page));
  process.stdout.write(`${visible(out)}: ${claims.length} claims. ${summaryOf(claims)}\n`);
  return problems.length === 0 ? 0 : 1;
}

interface MeasuredClaims {
  readonly claims: PaperPage['claims'];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly yosys: string | undefined;
}

async function measured(
  weights: readonly WeightsSpec[],
  models: readonly ModelSpec[],
  own: PaperSpec,
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<MeasuredClaims> {
  const problems: string[] = [];
  const profiles: MeasuredProfile[] = [];
  for (const one of weights) profiles.push(...(await profilesOf(one, options, problems)));
  const evaluations = weights.flatMap((one) => errorEvaluations(one, own));
  const outcome = await evaluator.evaluate(evaluations, weights, { ...options, depth: () => 'sums' });
  problems.push(...[...outcome.problems.values()].flat().map(({ message }) => message));
  const grids = weights.map((one) => errorGrid(one, own, outcome));
  const { areas, facts } = await areasOf(own, evaluator, options);
  const quality = await modelQualities(models, own, evaluator, options);
  const inputs = await inputProfiles(models, evaluator, options);
  problems.push(...quality.problems, ...inputs.problems);
  return {
    claims: [
      ...codebookClaims((name) => formatOf(own, name).codebook),
      weightProfileClaim(profiles),
      activationProfileClaim(inputs.profiles),
      ...errorClaims(grids),
      ...qualityClaims(quality.qualities),
      ...hardwareClaims(areas),
      frontClaim([
        ...quality.qualities.filter(isOfFigure3).flatMap((one) => qualityFronts(one, areas)),
        ...weights.flatMap((one) => errorFronts(one, own, outcome, facts)),
      ]),
    ],
    problems: [...new Set(problems)],
    notes: quality.notes,
    yosys: [...(areas?.reports.values() ?? [])][0]?.yosys,
  };
}

/** As tensors are, and within blocks, since that is what a codebook meets. */
const normalisations: readonly { readonly rule: Normalisation; readonly words: string }[] = [
  { rule: { kind: 'raw' }, words: 'as they are' },
  { rule: { kind: 'block', size: 128 }, words: 'over the largest magnitude of blocks of 128' },
];

async function profilesOf(weights: WeightsSpec, options: ReadOptions, problems: string[]): Promise<readonly MeasuredProfile[]> {
  const found: MeasuredProfile[] = [];
  for (const { rule, words } of normalisations) {
    const { paths, include, exclude } = weights;
    const fits = await fitAll(
      { paths, include, exclude, normalisation: rule, place: options.place(weights) },
      { script: join(__dirname, 'worker.cjs'), workers: availableParallelism(), signal: options.signal, onProgress: options.onProgress },
    );
    problems.push(...fits.problems.map(({ message }) => message));
    if (fits.tensors.length > 0)
      found.push({ subject: `weights ${weights.name}`, normalisation: words, summary: modelSummary(fits.tensors.map(({ fit }) => fit)) });
  }
  return found;
}

const compared = publishedCodebooks.map(({ format }) => format);

const errorEvaluations = (weights: WeightsSpec, own: PaperSpec): readonly Evaluation[] => [
  ...own.scales.flatMap((scale) => compared.map((name) => ({ format: formatOf(own, name), weights, scale }))),
  ...own.signed.map((scale) => ({ format: formatOf(own, 'E2M1_SR'), weights, scale })),
];

function errorGrid(weights: WeightsSpec, own: PaperSpec, { results }: Outcome): ErrorGrid {
  const under = (name: string, scale: NamedScale): number => {
    const found = resultOf({ format: formatOf(own, name), weights, scale }, results);
    return found ? measures.sqnr(found.total) : Number.NaN;
  };
  return {
    subject: `weights ${weights.name}`,
    sqnr: new Map(compared.map((name) => [name, own.scales.map((scale) => under(name, scale))])),
    superRangeUnclipped: own.signed.map((scale) => under('E2M1_SR', scale)),
  };
}

async function areasOf(
  own: PaperSpec,
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<{ readonly areas: MeasuredAreas | undefined; readonly facts: ReadonlyMap<string, Fact> }> {
  const { hardware } = own;
  // The fronts rest on the smallest units alone, the table on units in three stages as well.
  const requests = paperTable.map(({ format }) => {
    const smallest = areaRequest(formatOf(own, format), hardware);
    return { format, smallest, request: { ...smallest, effort: 'quick' as const } };
  });
  const { facts } = await evaluator.facts.find(
    requests.flatMap(({ smallest, request }) => [request, smallest]),
    options,
  );
  const reports = requests.flatMap(({ format, request }) => {
    const found = factOf(request, facts);
    return found && !('problem' in found) ? [[format, found] as const] : [];
  });
  const first = reports[0]?.[1];
  return { areas: first && { subject: `${first.cells} (${first.node})`, reports: new Map(reports) }, facts };
}
