import { worker, workerEmit } from 'workerpool';
import type { Place } from './expandPattern.ts';
import { inspectWeights, type MeasureTask, measureTensor } from './measureTensor.ts';

// The thread that reads weights. One task at a time, so that the files kept open between tasks are never closed under a running one.
worker({
  inspectWeights: (patterns: readonly string[], place: Place) => inspectWeights(patterns, place),
  measureTensor: (task: MeasureTask) => measureTensor(task, (doneWeights) => workerEmit(doneWeights)),
});
