import { renameSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { evaluationsOf } from '../../core/ide/known.ts';
import { findingWishes, hoverWishes } from '../../core/ide/wishes.ts';
import { type Analysis, analyse } from '../../core/lang/analysis.ts';
import { evaluationKey } from '../../core/lang/evaluationKey.ts';
import { type Fact, type FactRequest, factKey } from '../../core/lang/facts.ts';
import { Evaluator } from '../../node/evaluator.ts';
import type { FactOptions } from '../../node/factRun.ts';
import type { FoundFacts } from '../../node/facts.ts';
import { specFiles } from '../../node/specFiles.ts';
import { draws, toBf16 } from '../core/profile/draws.ts';
import { factOn } from '../support/factsOn.ts';
import { npyFile } from '../support/npyFile.ts';
import { safetensorsFile } from '../support/safetensorsFile.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const files = specFiles({ open: () => undefined, root: () => undefined });
const weights = draws(2 ** 17, 5, 21);
const shape = [512, 256];

beforeAll(() => {
  folder.put('w.npy', npyFile(weights, shape));
  folder.put('bf16.npy', npyFile(toBf16(weights), [1, weights.length]));
});

const running: Evaluator[] = [];
afterEach(() => Promise.all(running.splice(0).map((evaluator) => evaluator.close())));

function evaluator(workers = 2): Evaluator {
  const started = new Evaluator(resolve('dist/worker.cjs'), workers, { folder: '', limit: 0 });
  running.push(started);
  return started;
}

const head = (file = 'w.npy'): string => `use std.paper
weights w = "${file}"
scale s { block = 64, axis = last, anchor = absmax, type = fp16 }
`;

const worked = (spec: string, facts: ReadonlyMap<string, Fact> = new Map()): Analysis =>
  analyse('file:///spec.nibble', spec, files, { measured: () => undefined, facts });

const find = (
  on: Evaluator,
  requests: readonly FactRequest[],
  options: Partial<FactOptions> & { readonly base?: string } = {},
): Promise<FoundFacts> =>
  on.facts.find(requests, {
    place: () => ({ base: options.base ?? folder.path }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    limit: Number.POSITIVE_INFINITY,
    ...options,
  });

const messages = ({ problems }: FoundFacts): readonly string[] => [...problems.values()].flat().map(({ message }) => message);

const everyKind = `${head()}format A { levels = optimal(w, scale: s) }
format B { levels = optimal(w, scale: s, objective: mae, zero: true) }
format C { levels = optimal(w, scale: { block = 32, axis = first, anchor = absmax }) }
format D { levels = quantiles(empirical(w)) }
assert nu(w) > 0
assert ks(w, logistic()) > 0
`;

describe('each fact', () => {
  test('is the one that the readable way finds', { timeout: 60_000 }, async () => {
    const { asked } = worked(everyKind);
    expect(asked.map(({ kind }) => kind)).toEqual(['optimum', 'optimum', 'optimum', 'quantiles', 'fits', 'distance']);
    const { facts, problems } = await find(evaluator(), asked);
    expect([...problems.values()].flat()).toEqual([]);
    for (const request of asked) {
      const found = facts.get(factKey(request))!;
      const expected = await factOn(request, weights, shape);
      if ('levels' in found && 'levels' in expected) {
        // A sketch takes the weights of a bin to lie evenly in it; the readable way has their moments.
        expect(Math.abs(found.error / expected.error - 1)).toBeLessThan(1e-4);
        expect(found.levels).toHaveLength(expected.levels.length);
      } else if ('tensors' in found && 'tensors' in expected)
        expect(found.tensors.map(({ fit }) => fit)).toEqual(expected.tensors.map(({ fit }) => fit));
      else expect(found).toEqual(expected);
    }
  });

  test.each(['w.npy', 'bf16.npy'])('an optimum has the error that evaluation measures, on %s', { timeout: 60_000 }, async (file) => {
    const spec = `${head(file)}scale big extends s { block = tensor, type = fp32 }
format A { levels = optimal(w, scale: s) }
format B { levels = optimal(w, scale: big, symmetric: true) }
compare a { formats = [A, NF4, SF4], on = w, scale = s }
compare b { formats = [B, NF4, SF4], on = w, scale = big }
`;
    const on = evaluator();
    const { asked } = worked(spec);
    const { facts } = await find(on, asked);
    const analysis = worked(spec, facts);
    const { results } = await on.evaluate(evaluationsOf(analysis), [], {
      place: () => ({ base: folder.path }),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      limit: Number.POSITIVE_INFINITY,
      depth: () => 'exact',
    });
    for (const [i, { rows }] of analysis.comparisons.entries()) {
      const [own, ...known] = rows.map((row) => results.get(evaluationKey(row))!.total.noise);
      const fact = facts.get(factKey(asked[i]!))!;
      if (!('levels' in fact)) throw new Error('It has no levels');
      // The sketch itself is right to some 1e-5 of the error.
      expect(Math.abs(own! - fact.error)).toBeLessThan(fact.bound + 5e-5 * fact.error);
      for (const noise of known) expect(noise).toBeGreaterThan(own!);
    }
  });

  test('counts weights as often as it is told to', async () => {
    folder.put('other.npy', npyFile(draws(2 ** 12, 30, 4), [1, 2 ** 12]));
    const spec = `${head()}weights v = "other.npy"
format Both { levels = optimal([w, v], scale: s) }
format Heavy { levels = optimal([w, v], scale: s, weigh: [1, 1000]) }
format Only { levels = optimal(v, scale: s) }`;
    const { asked } = worked(spec);
    const { facts } = await find(evaluator(), asked);
    const [both, heavy, only] = asked.map((request) => {
      const fact = facts.get(factKey(request))!;
      return 'levels' in fact ? [...fact.levels] : [];
    });
    const distance = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
    expect(distance(heavy!, only!)).toBeLessThan(distance(both!, only!));
  });

  test('is the same of many small tensors as of one that has all their rows', async () => {
    const [nRows, length] = [shape[0]!, shape[1]!];
    const rows = Array.from({ length: nRows }, (_, i) => {
      const own = weights.slice(i * length, (i + 1) * length);
      return [`row${i}`, { type: 'F32', shape: [1, length], weights: own }] as const;
    });
    folder.put('rows.safetensors', safetensorsFile(Object.fromEntries(rows)));
    const { asked } = worked(`${head('rows.safetensors')}format A { levels = optimal(w, scale: s) }
format B { levels = optimal(w, scale: s, objective: mae, zero: true) }`);
    const { facts } = await find(evaluator(), asked);
    for (const request of asked) {
      const [found, expected] = [facts.get(factKey(request))!, await factOn(request, weights, shape)];
      if (!('levels' in found && 'levels' in expected)) throw new Error('They have no levels');
      expect(Math.abs(found.error / expected.error - 1)).toBeLessThan(1e-12);
      for (const [i, level] of found.levels.entries()) expect(level).toBeCloseTo(expected.levels[i]!, 9);
    }
  });

  test('does not depend on the number of threads', async () => {
    const { asked } = worked(everyKind);
    const [one, three] = await Promise.all([1, 3].map((workers) => find(evaluator(workers), asked)));
    expect([...one!.facts]).toEqual([...three!.facts]);
  });
});

describe('what is known', () => {
  const spec = `${head()}format A { levels = optimal(w, scale: s) }`;
  const more = `${head()}format A { levels = optimal(w, scale: s, zero: true) }`;

  test('is the same object again, and another constraint on levels reads nothing', async () => {
    const on = evaluator();
    const work: number[] = [];
    const onProgress = (_: number, total: number): void => void work.push(total);
    const [request] = worked(spec).asked;
    const first = await find(on, [request!], { onProgress });
    // The tensor once, and the fitting, which counts as much as a million weights.
    expect(work).toEqual([2 ** 17 + 2 ** 20, 2 ** 17 + 2 ** 20]);
    work.length = 0;
    const second = await find(on, [request!, ...worked(more).asked], { onProgress, limit: 2 ** 20 });
    expect(second.facts.get(factKey(request!))).toBe(first.facts.get(factKey(request!)));
    expect(second.facts.size).toBe(2);
    expect(work).toEqual([2 ** 20]);
  });

  test('is forgotten once the file is another', async () => {
    const on = evaluator();
    folder.put('changing.npy', npyFile(weights, [1, weights.length]));
    const { asked } = worked(`${head('changing.npy')}assert nu(w) > 0\nformat A { levels = optimal(w, scale: s) }`);
    const before = await find(on, asked);
    folder.put('next.npy', npyFile(draws(weights.length, 3, 5), [1, weights.length]));
    renameSync(folder.at('next.npy'), folder.at('changing.npy'));
    const after = await find(on, asked);
    for (const key of asked.map(factKey)) expect(after.facts.get(key)).not.toEqual(before.facts.get(key));
  });
});

test('beyond the limit a request is left out, and those before it are not', async () => {
  const { asked } = worked(everyKind);
  const n = weights.length;
  const { facts, nLeftOut } = await find(evaluator(), asked, { limit: n + 2 ** 20 });
  // The first reads what the limit allows; the second is of the same blocks and reads them for another error.
  expect(facts.has(factKey(asked[0]!))).toBe(true);
  expect(facts.has(factKey(asked[4]!))).toBe(false);
  expect(nLeftOut).toBeGreaterThanOrEqual(4 * n);
});

describe('weights that cannot be read', () => {
  test('leave a request without an answer, and the problem says why', async () => {
    const { asked } = worked(`${head('nowhere.npy')}assert nu(w) > 0\nformat A { levels = optimal(w, scale: s) }`);
    const found = await find(evaluator(), asked);
    expect(found.facts.size).toBe(0);
    expect(messages(found)).toContainEqual(expect.stringContaining('There is no file "nowhere.npy"'));
  });

  test('that are all alike, or none, have no fit and do not stop the rest', async () => {
    folder.put('zeros.npy', npyFile(new Float32Array(4096), [1, 4096]));
    folder.put('none.npy', npyFile(new Float32Array(0), [0, 4]));
    folder.put('odd.npy', npyFile(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 1, -1), [1, 4]));
    for (const file of ['zeros.npy', 'none.npy', 'odd.npy']) {
      const { asked } = worked(`${everyKind.replace('w.npy', file)}`);
      const found = await find(evaluator(), asked);
      expect(messages(found)).toEqual([]);
      const analysis = worked(everyKind.replace('w.npy', file), found.facts);
      expect(analysis.findings.every(({ message }) => message.length > 0)).toBe(true);
    }
  });

  test('whose scales leave their type are a problem that names it', async () => {
    folder.put(
      'large.npy',
      npyFile(
        weights.map((w) => w * 1e8),
        [1, weights.length],
      ),
    );
    folder.put(
      'tiny.npy',
      npyFile(
        weights.map((w) => w * 1e-6),
        [1, weights.length],
      ),
    );
    for (const [file, said] of [
      ['large.npy', 'Some scales are too large for `fp16`'],
      ['tiny.npy', 'Some scales are below the normal numbers of `fp16`'],
    ] as const) {
      const { asked } = worked(`${head(file)}format A { levels = optimal(w, scale: s) }`);
      const { facts } = await find(evaluator(), asked);
      expect(facts.get(factKey(asked[0]!))).toMatchObject({ problem: expect.stringContaining(said) });
    }
  });
});

test('once nobody wants it any more, nobody waits and nothing half done is kept', async () => {
  const on = evaluator();
  const { asked } = worked(everyKind);
  const controller = new AbortController();
  const aborted = find(on, asked, { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) });
  await expect(aborted).rejects.toThrow('enough');
  await expect(find(on, asked, { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
  const { facts } = await find(on, asked);
  expect(facts.size).toBe(asked.length);
});

test('a model has what findings and hovers say of it', { timeout: 60_000 }, async () => {
  const spec = `use std.paper
weights tiny = "tiny-lm/tiny.safetensors" { include = ["*.0.*_proj.weight"] }
scale s { block = 128, axis = last, anchor = absmax, type = fp16 }
format Mine { levels = minifloat(e: 2, m: 1) }
compare c { formats = [Mine, NF4], on = tiny, scale = s }
`;
  const analysis = worked(spec);
  const wishes = [...findingWishes(analysis), ...hoverWishes(analysis)];
  expect(wishes.map(({ kind }) => kind)).toEqual(['optimum', 'optimum', 'spare', 'fits']);
  const { facts, problems } = await find(evaluator(), wishes, { base: resolve('examples') });
  expect([...problems.values()].flat()).toEqual([]);
  const [best, whole, spare, fits] = wishes.map((wish) => facts.get(factKey(wish))!);
  if (!('levels' in best!) || !('levels' in whole!) || !('curve' in spare!) || !('tensors' in fits!))
    throw new Error('Facts of other kinds');
  expect(whole.error).toBeGreaterThan(best.error);
  expect(whole.error).toBeLessThan(1.01 * best.error);
  expect(spare.curve.best.error).toBeLessThan(spare.without);
  expect(fits.tensors.map(({ name }) => name).every((name) => name.startsWith('model.layers.0.'))).toBe(true);
});
