import { readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { evaluationsOf } from '../../core/ide/known.ts';
import { analyse } from '../../core/lang/analysis.ts';
import { evaluationKey } from '../../core/lang/evaluationKey.ts';
import type { Evaluation, WeightsSpec } from '../../core/lang/spec.ts';
import { add, type ErrorSums, errorSums, zero } from '../../core/measure/errorSums.ts';
import type { Depth, EvaluationResult } from '../../core/measure/results.ts';
import { quantize } from '../../core/quantize/reference.ts';
import { select } from '../../core/weights/select.ts';
import type { CachePlace } from '../../node/cacheFolder.ts';
import { Evaluator, type Outcome } from '../../node/evaluator.ts';
import { openWeights } from '../../node/openWeights.ts';
import { specFiles } from '../../node/specFiles.ts';
import { npyFile } from '../support/npyFile.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const examples = resolve('examples');
const files = specFiles({ open: () => undefined, root: () => undefined });

const running: Evaluator[] = [];
afterEach(() => Promise.all(running.splice(0).map((evaluator) => evaluator.close())));

function evaluator(workers = 2, cache: CachePlace = { folder: '', limit: 0 }): Evaluator {
  const started = new Evaluator(resolve('dist/worker.cjs'), workers, cache);
  running.push(started);
  return started;
}

function asked(spec: string): { readonly evaluations: readonly Evaluation[]; readonly linked: readonly WeightsSpec[] } {
  const analysis = analyse('file:///spec.nibble', spec, files);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { evaluations: evaluationsOf(analysis), linked: [...analysis.weights.values()] };
}

interface Options {
  readonly base?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly limit?: number;
  readonly depth?: Depth;
  readonly onEstimates?: (results: ReadonlyMap<string, EvaluationResult>) => void;
}

function evaluate(on: Evaluator, spec: string, options: Options = {}): Promise<Outcome> {
  const { base = folder.path, signal = new AbortController().signal, onProgress = () => undefined } = options;
  const { evaluations, linked } = asked(spec);
  return on.evaluate(evaluations, linked, {
    place: () => ({ base }),
    signal,
    onProgress,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    depth: () => options.depth ?? 'maximum',
    ...(options.onEstimates && { onEstimates: options.onEstimates }),
  });
}

const problemsOf = ({ problems }: Outcome): readonly string[] => [...problems.values()].flat().map(({ message }) => message);

/** Rules that take each of the paths there are: in rows, across them, down columns, of the tensor, searched, and with a second scale. */
const scales = `
scale rows { block = 128, axis = last, anchor = max_level }
scale flat { block = 100, axis = flat, anchor = absmax, type = fp16 }
scale columns { block = 32, axis = first, anchor = signed_max, type = bf16 }
scale whole { block = tensor, axis = flat, anchor = minmax }
scale searched { block = 64, axis = last, anchor = mse }
scale mx { block = 32, axis = last, anchor = max_power, type = e8m0, rounding = floor }
scale nv { block = 16, axis = last, anchor = absmax, type = ue4m3, second = { block = tensor, type = fp32 } }
`;
const onModel = `use std.paper
weights tiny = "tiny-lm/tiny.safetensors" { include = ["*.0.*_proj.weight"] }
${scales}
compare c { formats = [E2M1, NF4, INT4], on = tiny, scale = [rows, flat, columns, whole, searched, mx, nv] }
`;

test('every number is that of the readable quantizer, added up in file order', { timeout: 60_000 }, async () => {
  const { evaluations } = asked(onModel);
  const { results, problems } = await evaluate(evaluator(), onModel, { base: examples });
  expect([...problems.values()].flat()).toEqual([]);
  expect(results.size).toBe(21);
  const weights = await openWeights('tiny-lm/tiny.safetensors', { base: examples });
  try {
    const tensors = select(weights.tensors, evaluations[0]!.weights);
    expect(tensors.length).toBeGreaterThan(3);
    const found = [...results.values()];
    for (const [i, { format, scale }] of evaluations.entries()) {
      let total = zero(format.bits);
      for (const [t, tensor] of tensors.entries()) {
        const values = new Float32Array(tensor.n);
        await tensor.read(0, values);
        const sums = errorSums(values, tensor.shape, quantize(values, tensor.shape, format.codebook, scale.rule));
        const { sums: own, ...rest } = found[i]!.tensors[t]!;
        expect(rest).toEqual({ name: tensor.name, file: tensor.file, noiseBound: 0 });
        expectSame(own, sums, `${format.name} ${scale.name}`);
        total = add(total, sums);
      }
      expectSame(found[i]!.total, total, `${format.name} ${scale.name}`);
    }
  } finally {
    await weights.close();
  }
});

/** Counts and the largest error to the bit, sums but for the order in which they were added. */
function expectSame(found: ErrorSums, expected: ErrorSums, what: string): void {
  const added = ['signal', 'noise', 'absSignal', 'absNoise', 'product', 'power', 'rowNsr'] as const;
  for (const name of added) expect(Math.abs(found[name] / expected[name] - 1), `${what} ${name}`).toBeLessThan(1e-11);
  const zeros = Object.fromEntries(added.map((name) => [name, 0]));
  expect({ ...found, ...zeros }, what).toEqual({ ...expected, ...zeros });
}

test('the number of threads changes no bit', async () => {
  const [one, three] = await Promise.all([1, 3].map((workers) => evaluate(evaluator(workers), onModel, { base: examples })));
  expect(bitsOf(one!)).toEqual(bitsOf(three!));
});

const bitsOf = ({ results }: Outcome) =>
  [...results].map(([key, { total, tensors }]) => [key, floats(total), tensors.map(({ name, sums }) => [name, floats(sums)])]);

/** The sums as bytes, because NaN and -0 compare as they should not. */
const floats = (sums: ErrorSums): string =>
  Buffer.from(
    Float64Array.from(
      Object.values(sums)
        .flat()
        .flatMap((x) => (typeof x === 'number' ? [x] : [...x])),
    ).buffer,
  ).toString('hex');

const small = (name: string, formats = 'E2M1, NF4'): string => `use std.paper
weights w = "${name}"
scale rows { block = 32, axis = last, anchor = absmax }
compare c { formats = [${formats}], on = w, scale = rows }
`;
const sines = (n: number, step = 1): Uint8Array => npyFile(Float32Array.from({ length: n }, (_, i) => Math.sin(i * step)));

describe('what is known', () => {
  beforeAll(() => {
    folder.put('w.npy', sines(4096));
  });

  test('is not measured again, and a format more is measured alone', async () => {
    const on = evaluator();
    const work: number[] = [];
    const onProgress = (_: number, total: number): void => void work.push(total);
    const first = await evaluate(on, small('w.npy'), { onProgress });
    expect(work.at(-1)).toBe(2 * 4096);
    work.length = 0;
    expect(bitsOf(await evaluate(on, small('w.npy'), { onProgress }))).toEqual(bitsOf(first));
    expect(work).toEqual([]);
    await evaluate(on, small('w.npy', 'E2M1, NF4, SF4'), { onProgress });
    expect(work.at(-1)).toBe(4096);
  });

  test('costs nothing of the limit', async () => {
    const on = evaluator();
    expect(await evaluate(on, small('w.npy'), { limit: 8191 })).toMatchObject({ results: new Map(), nLeftOut: 8192 });
    expect((await evaluate(on, small('w.npy'), { limit: 8192 })).results.size).toBe(2);
    expect((await evaluate(on, small('w.npy'), { limit: 0 })).results.size).toBe(2);
  });

  test('is forgotten once the file is another', async () => {
    const on = evaluator();
    folder.put('changing.npy', sines(4096));
    const before = await evaluate(on, small('changing.npy'));
    // As many bytes, and by another name first: only the identity of the file tells.
    folder.put('next.npy', sines(4096, 7));
    renameSync(folder.at('next.npy'), folder.at('changing.npy'));
    const after = await evaluate(on, small('changing.npy'));
    expect(bitsOf(after)).not.toEqual(bitsOf(before));
    expect(bitsOf(after)).toEqual(bitsOf(await evaluate(evaluator(), small('changing.npy'))));
  });
});

describe('a file of thousands of small tensors', () => {
  test('of which most cannot be read has the first problems, and how many more there are', async () => {
    const path = folder.put('many-torn.safetensors', readFileSync(folder.at('many.safetensors')));
    let isTorn = false;
    const tear = (): void => {
      if (!isTorn) truncateSync(path, 1000);
      isTorn = true;
    };
    // The first of three tasks is done when the file is cut, and the third has yet to be asked for.
    const outcome = await evaluate(evaluator(1), small('many-torn.safetensors', 'E2M1, NF4, SF4, INT4, E3M0, APoT4'), { onProgress: tear });
    const problems = problemsOf(outcome);
    expect(problems).toHaveLength(100);
    expect(problems[0]).toMatch(/was cut short while it was read/);
    expect(problems.at(-1)).toMatch(/^\d+ more problems in "?many-torn.safetensors"?$/);
    for (const { tensors } of outcome.results.values()) expect(tensors.length).toBeGreaterThanOrEqual(1365);
  });

  const nTensors = 4000;
  const spec = small('many.safetensors', 'E2M1, NF4, SF4');

  beforeAll(() => {
    const tensors = Array.from({ length: nTensors }, (_, i) => {
      const weights = Float32Array.from({ length: 64 }, (_, k) => Math.sin(i * 64 + k));
      return [`w${i}`, { type: 'F32', shape: [1, 64], weights }] as const;
    });
    folder.put('many.safetensors', safetensorsFile(Object.fromEntries(tensors)));
  });

  test('has the errors of each, in file order, whatever the number of threads', async () => {
    const [one, three] = await Promise.all([1, 3].map((workers) => evaluate(evaluator(workers), spec)));
    expect(bitsOf(one!)).toEqual(bitsOf(three!));
    const { evaluations } = asked(spec);
    for (const evaluation of evaluations) {
      const { tensors, total } = one!.results.get(evaluationKey(evaluation))!;
      expect(tensors.map(({ name }) => name)).toEqual(Array.from({ length: nTensors }, (_, i) => `w${i}`));
      expect(total.n).toBe(64 * nTensors);
      for (const i of [0, 2729, 2730, nTensors - 1]) {
        const weights = Float32Array.from({ length: 64 }, (_, k) => Math.sin(i * 64 + k));
        const codes = quantize(weights, [1, 64], evaluation.format.codebook, evaluation.scale.rule);
        expectSame(tensors[i]!.sums, errorSums(weights, [1, 64], codes), `w${i}`);
      }
    }
  });

  test('counts its work as it is done, and is known afterwards', async () => {
    const on = evaluator();
    const told: number[] = [];
    await evaluate(on, spec, { onProgress: (done) => void told.push(done) });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    // A task is of many tensors, and not of all.
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThan(10);
    expect(told.at(-1)).toBe(3 * 64 * nTensors);
    expect((await evaluate(on, spec, { limit: 0 })).nLeftOut).toBe(0);
  });
});

test('progress grows from nothing to all there is', async () => {
  folder.put('large.npy', sines(2 ** 22));
  const told: number[] = [];
  let total = 0;
  await evaluate(evaluator(), small('large.npy'), {
    onProgress: (done, of) => {
      told.push(done);
      total = of;
    },
  });
  // One profile serves both formats.
  expect(total).toBe(2 ** 22);
  expect(told.length).toBeGreaterThan(2);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(total);
});

describe('a cancelled evaluation', () => {
  const slow = (name: string): string => small(name).replace('anchor = absmax', 'anchor = mse(grid: 1000, shrink: 0.9)');

  test('rejects at once, and the next one gets its threads back', async () => {
    folder.put('slow.npy', sines(2 ** 21));
    folder.put('w.npy', sines(4096));
    const on = evaluator(1);
    const controller = new AbortController();
    const long = evaluate(on, slow('slow.npy'), { signal: controller.signal, onProgress: () => controller.abort() });
    const timer = setTimeout(() => controller.abort(), 500);
    await expect(long).rejects.toMatchObject({ name: 'AbortError' });
    clearTimeout(timer);
    expect((await evaluate(on, small('w.npy'))).results.size).toBe(2);
  });

  test('never starts where the signal came before', async () => {
    await expect(evaluate(evaluator(), slow('slow.npy'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a file that cannot be read', () => {
  test('is a problem of its weights, and costs no other', async () => {
    folder.put('w.npy', sines(4096));
    const both = small('missing.npy').replace('compare', 'weights v = "w.npy"\ncompare').replace('on = w', 'on = [w, v]');
    const outcome = await evaluate(evaluator(), both);
    expect(problemsOf(outcome)).toEqual(['There is no file "missing.npy"']);
    expect(outcome.results.size).toBe(2);
  });

  test('because it changes while it is read says so, and gives no numbers', async () => {
    const path = folder.put('torn.npy', sines(2 ** 22));
    let isTorn = false;
    const tear = (): void => {
      if (isTorn) return;
      isTorn = true;
      writeFileSync(path, sines(2 ** 10));
    };
    // The first progress comes after the first quarter of the file, so the rest of it is read when it is another.
    const outcome = await evaluate(evaluator(1), small('torn.npy', 'E2M1, NF4, SF4, INT4'), { onProgress: tear, depth: 'exact' });
    expect(isTorn).toBe(true);
    expect(problemsOf(outcome)).toEqual([expect.stringMatching(/^"?torn"? in "?torn\.npy"?: .*(cut short|changed) while it was read/)]);
    expect(outcome.results.size).toBe(0);
  });
});
