import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CachePlace } from '../../node/cacheFolder.ts';
import { Evaluator } from '../../node/evaluator.ts';

/** Starts an evaluator for a test, with the threads that ship. It ends with the test. */
export function startEvaluator(workers = 2, cache: CachePlace = { folder: '', limit: 0 }): Evaluator {
  const evaluator = new Evaluator(resolve('dist/worker.cjs'), workers, cache);
  onTestFinished(() => evaluator.close());
  return evaluator;
}
