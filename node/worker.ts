import { worker, workerEmit } from 'workerpool';
import type { Profile } from '../core/profile/profile.ts';
import type { Place } from './expandPattern.ts';
import * as facts from './factTasks.ts';
import { type FitTask, fitTensor, type MeasureTask, measureTensor } from './measureTensor.ts';
import { type InputsTask, studyModelInputs } from './models/inputTasks.ts';
import { inspectModel, type ModelAsked } from './models/inspectModel.ts';
import { modelState } from './models/modelState.ts';
import * as models from './models/modelTasks.ts';
import { inspectWeights } from './openedWeights.ts';
import * as profiles from './profileTasks.ts';
import * as small from './smallTensors.ts';

// The thread that reads weights. One task at a time, so that the files kept open between tasks are never closed under a running one.
worker({
  inspectWeights: (patterns: readonly string[], place: Place) => inspectWeights(patterns, place),
  fitTensor: (task: FitTask) => fitTensor(task),
  momentsOfProfiled: facts.momentsOfProfiled,
  momentsOfTensor: facts.momentsOfTensor,
  fitLevels: facts.fitLevels,
  gainsOfSpare: facts.gainsOfSpare,
  distanceOfTensor: facts.distanceOfTensor,
  histogramOfTensor: facts.histogramOfTensor,
  inspectModel: (asked: ModelAsked) => inspectModel(asked),
  modelState: (asked: ModelAsked) => modelState(asked),
  measureQuality: (task: models.QualityTask) => models.measureQuality(task),
  reportOfQuality: models.reportOfQuality,
  lossDifference: models.lossDifference,
  studyModelInputs: (task: InputsTask) => studyModelInputs(task, (nDone) => workerEmit(nDone)),
  profileTensorPart: (task: profiles.PartTask) => profiles.profileTensorPart(task, (doneWeights) => workerEmit(doneWeights)),
  answerFromProfile: (task: profiles.AnswerTask) => profiles.answerFromProfile(task),
  answerFromTable: (task: profiles.TableTask) => profiles.answerFromTable(task, (doneWeights) => workerEmit(doneWeights)),
  loadProfile: (kept: profiles.KeptProfile) => profiles.loadProfile(kept),
  saveProfile: (kept: profiles.KeptProfile, profile: Profile) => profiles.saveProfile(kept, profile),
  estimateFromRuns: (task: profiles.SampleTask) => profiles.estimateFromRuns(task),
  measureSmallTensors: small.measureSmallTensors,
  momentsOfSmallTensors: small.momentsOfSmallTensors,
  measureTensor: (task: MeasureTask) => measureTensor(task, (doneWeights) => workerEmit(doneWeights)),
});
