import { qualityMeasures } from '../core/model/quality.ts';
import { differenceInterval, type QualityReport } from '../core/model/qualityReport.ts';
import type { Sensitivity } from '../core/model/sensitivity.ts';
import type { RunnableModel } from '../node/models/inspectModel.ts';
import type { StudiedFormat } from './modelStudy.ts';

/** What each tensor of a model does to its loss in a format. */
export interface FormatSensitivity extends StudiedFormat {
  readonly found: Sensitivity<QualityReport>;
}

/** Measures the model with the selected tensors of a run quantized. */
export type MeasureSelected = (format: StudiedFormat, run: RunnableModel, byTensor: ByTensor) => Promise<QualityReport>;

type ByTensor = ReadonlyMap<string, StudiedFormat['job']>;

/** What quantization adds to the loss, in nats per token. */
export const lossChange = ({ total }: QualityReport): number => qualityMeasures.lossChange(total);

/** How far the predictions are from those of the unquantized model, in nats per token. */
export const divergence = ({ total }: QualityReport): number => qualityMeasures.divergence(total);

/** What leaving one tensor as it is saves of the change of the loss, with its interval. */
export const savedBy = (all: QualityReport, allBut: QualityReport) => ({
  value: lossChange(all) - lossChange(allBut),
  interval: differenceInterval(allBut, all, 'lossChange'),
});
