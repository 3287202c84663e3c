import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyse } from '../../../core/lang/analysis.ts';
import { factOf, type QualityRequest } from '../../../core/lang/facts.ts';
import { qualityRequest } from '../../../core/lang/modelMeasures.ts';
import { fastEngine } from '../../../core/model/fastEngine.ts';
import { studyInputs } from '../../../core/model/inputStudy.ts';
import { type Preparation, preparedModel, unprepared, usualGptq } from '../../../core/model/preparation.ts';
import { plainPredictions, type QualitySums, qualityOn, totalQuality } from '../../../core/model/quality.ts';
import type { QualityReport } from '../../../core/model/qualityReport.ts';
import { quantizedInputs } from '../../../core/model/quantized.ts';
import type { QuantizationJob } from '../../../core/quantize/stream.ts';
import wasm from '../../../kernels/kernels.wasm';
import type { Evaluator } from '../../../node/evaluator.ts';
import type { RunnableModel } from '../../../node/models/inspectModel.ts';
import { specFiles } from '../../../node/specFiles.ts';
import { tinyModel } from '../../core/model/models.ts';
import { startEvaluator } from '../../support/startEvaluator.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** The example's model with little text, as every preparation runs on all that is left of it. */
const folder = temporaryFolder();
beforeAll(() => {
  mkdirSync(folder.at('tiny'));
  for (const name of ['config.json', 'chars.json', 'tiny.safetensors']) copyFileSync(`examples/tiny-lm/${name}`, folder.at(`tiny/${name}`));
  for (const name of ['held-moby.txt', 'held-sotu.txt'])
    folder.put(`tiny/${name}`, readFileSync(`examples/tiny-lm/${name}`, 'utf8').slice(0, 500));
});

const files = specFiles({ open: () => undefined, root: () => undefined });

/** Four windows of 64 tokens to measure on; inputs of two layers are recorded on what comes behind. */
const spec = (tokens: string): string => `use std.paper
model tiny = "tiny" { tokens = ${tokens}, window = 64, quantize = ["*layers.[01].*proj.weight"] }
scale s { block = 32, axis = last, anchor = max_level }
format Own extends NF4 { scale = s }
format Other extends E2M1 { scale = s }
`;

const options = {
  place: () => ({ base: folder.path }),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  limit: Number.POSITIVE_INFINITY,
};

function asked(tokens = '256') {
  const analysis = analyse('file:///spec.nibble', spec(tokens), files);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const [model] = analysis.models.values();
  const [own, other] = [...analysis.formats.values()];
  const request = (activations: 'none' | 'same', preparation: Preparation): QualityRequest => ({
    ...qualityRequest(own!, own!.scale!, model!, activations),
    preparation,
  });
  const otherJob: QuantizationJob = { codebook: other!.codebook, rule: other!.scale!.rule };
  return { model: model!, request, otherJob };
}

async function run(on: Evaluator, tokens?: string): Promise<RunnableModel> {
  const found = await on.models.inspected(asked(tokens).model, options);
  expect(found.problems).toEqual([]);
  return found.run!;
}

/** The sums by the core alone, in this thread. */
async function expected(
  { windows, calibration, selected }: RunnableModel,
  { weights, activations, preparation }: QualityRequest,
  byTensor: ReadonlyMap<string, QuantizationJob> = new Map(),
): Promise<QualitySums> {
  const model = await tinyModel();
  const engine = fastEngine(wasm, model, 64, undefined);
  const plain = windows.map((window) => plainPredictions(engine, window));
  const isSelected = (name: string): boolean => selected.includes(name);
  const jobOf = (name: string) => (isSelected(name) ? (byTensor.get(name) ?? weights) : undefined);
  const made = preparedModel(model, jobOf, preparation, calibration, engine);
  if ('fault' in made) throw new Error(made.fault);
  engine.load(made.model, activations && quantizedInputs(activations, isSelected));
  return totalQuality(
    windows.map((window, i) => {
      const sums = qualityOn(engine, window, plain[i]!);
      if ('fault' in sums) throw new Error(sums.fault);
      return sums;
    }),
  );
}

async function found(on: Evaluator, request: QualityRequest): Promise<QualityReport> {
  const { facts } = await on.facts.find([request], options);
  const report = factOf(request, facts);
  if (!report || 'problem' in report) throw new Error(`There is no report: ${report?.problem}`);
  return report;
}

describe('threads prepare a model as the core does', () => {
  test.each<readonly [string, 'none' | 'same', Preparation]>([
    ['GPTQ', 'none', { ...unprepared, gptq: usualGptq }],
    ['SmoothQuant, with inputs quantized', 'same', { ...unprepared, smoothing: { alpha: 0.5, inputs: 'all' } }],
    ['both', 'same', { smoothing: { alpha: 0.6, inputs: 'norms' }, gptq: usualGptq }],
  ])('%s', async (_name, activations, preparation) => {
    const [one, two] = [startEvaluator(1), startEvaluator(2)];
    const request = asked().request(activations, preparation);
    const { total } = await found(one, request);
    expect(total).toEqual(await expected(await run(one), request));
    expect((await found(two, request)).total).toEqual(total);
    const nearest = await found(one, asked().request(activations, unprepared));
    expect(nearest.total.loss).not.toBe(total.loss);
    expect(nearest.total.plainLoss).toBe(total.plainLoss);
  });

  test('and tensors have formats of their own', async () => {
    const on = startEvaluator();
    const { request, otherJob } = asked();
    const own = await run(on);
    const byTensor = new Map(own.selected.filter((name) => name.includes('mlp')).map((name) => [name, otherJob]));
    const report = await on.models.measured(request('none', unprepared), own, byTensor, options);
    expect('total' in report && report.total).toEqual(await expected(own, request('none', unprepared), byTensor));
    // And what is kept of one is not taken for the other.
    const plain = await on.models.measured(request('none', unprepared), own, new Map(), options);
    expect('total' in plain && plain.total).toEqual(await expected(own, request('none', unprepared)));
  });
});

describe('the text that inputs are recorded on', () => {
  test('comes behind what is measured, and is none of it', async () => {
    const on = startEvaluator(1);
    const { windows, calibration } = await run(on);
    const all = (await run(on, 'all')).windows;
    expect(windows).toHaveLength(4);
    expect(all).toHaveLength(16);
    expect([...windows, ...calibration]).toEqual(all);
  });

  test('is some thousand tokens of a long one', async () => {
    const options = { place: () => ({ base: resolve('examples/tiny-lm/..') }), signal: new AbortController().signal };
    const { run } = await startEvaluator(1).models.inspected({ ...asked().model, path: 'tiny-lm' }, options);
    const nTokens = run!.calibration.reduce((sum, { targets }) => sum + targets.length, 0);
    expect(nTokens).toBe(8192);
  });

  test('is missed only by what needs it', async () => {
    const on = startEvaluator(1);
    const { model, request } = asked('all');
    const inspected = await on.models.inspected(model, options);
    expect(inspected.run!.calibration).toEqual([]);
    const { facts } = await on.facts.find([request('none', { ...unprepared, gptq: usualGptq })], options);
    const problem = factOf(request('none', { ...unprepared, gptq: usualGptq }), facts);
    expect(problem).toMatchObject({ problem: expect.stringContaining('the text ends there') });
  });
});

describe('a study of inputs', () => {
  const sampling = { seed: 5, most: 2 ** 12 };

  test('is that of the core', async () => {
    const on = startEvaluator();
    const own = await run(on);
    const { otherJob } = asked();
    const study = await on.models.studied(own, [otherJob], sampling, options);
    if ('problem' in study) throw new Error(study.problem);
    const model = await tinyModel();
    const engine = fastEngine(wasm, model, 64, undefined);
    const selects = (name: string): boolean => own.selected.includes(name);
    const direct = await studyInputs(model, own.windows, { selects, jobs: [otherJob], sampling }, engine, { onWindow: () => undefined });
    expect(study.inputs.map(({ linears, sample, fit }) => ({ linears, sample, fit }))).toEqual(
      direct.inputs.map(({ linears, sample, fit }) => ({ linears, sample, fit })),
    );
    expect(study.inputs).toHaveLength(8);
    expect(study.weights.map(({ tensor }) => tensor)).toEqual(own.selected);
    for (const [i, { errors }] of study.inputs.entries()) expect(errors[0]!.noise / direct.inputs[i]!.errors[0]!.noise).toBeCloseTo(1, 10);
    for (const [i, { errors }] of study.weights.entries())
      expect(errors[0]!.noise / direct.weights[i]!.errors[0]!.noise).toBeCloseTo(1, 10);
  });

  test('ends when nobody waits for it', async () => {
    const on = startEvaluator(1);
    const own = await run(on);
    const stop = new AbortController();
    const study = on.models.studied(own, [], sampling, { ...options, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(study).rejects.toThrow('aborted');
  });
});
