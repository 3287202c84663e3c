import { worker, workerEmit } from 'workerpool';
import type { Profile } from '../core/profile/profile.ts';
import type { Place } from './expandPattern.ts';
import * as facts from './factTasks.ts';
import { type FitTask, fitTensor, type MeasureTask, measureTensor } from './measureTensor.ts';
import { type InputsTask, studyModelInputs } from './models/inputTasks.ts';
import { inspectModel, type ModelAsked } from './models/inspectModel.ts';
import * as models from './models/modelTasks.ts';
import { inspectWeights, type TensorTask } from './openedWeights.ts';
import * as profiles from './profileTasks.ts';

// The thread that reads weights. One task at a time, so that the files kept open between tasks are never closed under a running one.
worker({
  inspectWeights: (patterns: readonly string[], place: Place) => inspectWeights(patterns, place),
  fitTensor: (task: FitTask) => fitTensor(task),
  ...facts,
  inspectModel: (asked: ModelAsked) => inspectModel(asked),
  measureQuality: (task: models.QualityTask) => models.measureQuality(task),
  reportOfQuality: models.reportOfQuality,
  studyModelInputs: (task: InputsTask) => studyModelInputs(task, (nDone) => workerEmit(nDone)),
  profileTensorPart: (task: profiles.PartTask) => profiles.profileTensorPart(task, (doneWeights) => workerEmit(doneWeights)),
  answerFromProfile: (task: profiles.AnswerTask) => profiles.answerFromProfile(task),
  answerFromTable: (task: profiles.TableTask) => profiles.answerFromTable(task, (doneWeights) => workerEmit(doneWeights)),
  loadProfile: (kept: profiles.KeptProfile) => profiles.loadProfile(kept),
  saveProfile: (kept: profiles.KeptProfile, profile: Profile) => profiles.saveProfile(kept, profile),
  readAllWeights: (task: TensorTask) => profiles.readAllWeights(task),
  estimateFromRuns: (task: profiles.SampleTask) => profiles.estimateFromRuns(task),
  measureTensor: (task: MeasureTask) => measureTensor(task, (doneWeights) => workerEmit(doneWeights)),
});
