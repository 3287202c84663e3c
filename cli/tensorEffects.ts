import { differenceInterval, type QualityReport } from '../core/model/qualityReport.ts';
import type { Sensitivity } from '../core/model/sensitivity.ts';
import { savedEffect } from '../core/model/tensorEffects.ts';
import type { RunnableModel } from '../node/models/inspectModel.ts';
import type { StudiedFormat } from './modelStudy.ts';

/** What each tensor of a model does to its loss in a format. */
export interface FormatSensitivity extends StudiedFormat {
  readonly found: Sensitivity<QualityReport>;
}

/** Measures the model with the selected tensors of a run quantized. */
export type MeasureSelected = (format: StudiedFormat, run: RunnableModel, byTensor: ByTensor) => Promise<QualityReport>;

type ByTensor = ReadonlyMap<string, StudiedFormat['job']>;

/** What leaving one tensor as it is saves, with the interval of what it saves of the loss. */
export const savedBy = (all: QualityReport, allBut: QualityReport) =>
  savedEffect(all, allBut, differenceInterval(allBut, all, 'lossChange'));
