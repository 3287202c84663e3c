import { worker, workerEmit } from 'workerpool';
import type { Place } from './expandPattern.ts';
import { type FitTask, fitTensor, type MeasureTask, measureTensor } from './measureTensor.ts';
import { inspectWeights } from './openedWeights.ts';

// The thread that reads weights. One task at a time, so that the files kept open between tasks are never closed under a running one.
worker({
  inspectWeights: (patterns: readonly string[], place: Place) => inspectWeights(patterns, place),
  fitTensor: (task: FitTask) => fitTensor(task),
  measureTensor: (task: MeasureTask) => measureTensor(task, (doneWeights) => workerEmit(doneWeights)),
});
