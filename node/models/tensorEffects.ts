import type { Problem } from '../../core/fit/moments.ts';
import type { Interval } from '../../core/model/bootstrap.ts';
import { linearTensors } from '../../core/model/model.ts';
import type { QualityReport } from '../../core/model/qualityReport.ts';
import { sensitivity } from '../../core/model/sensitivity.ts';
import { lossEffect, savedEffect, type TensorEffect, type TensorEffects } from '../../core/model/tensorEffects.ts';
import type { RunnableModel } from './inspectModel.ts';

/** What runs a model, and what is told meanwhile. */
export interface EffectsWork {
  /** Measures the model with the selected tensors of a run quantized. */
  measure(run: RunnableModel): Promise<QualityReport | Problem>;
  /** The interval of how much less the loss changes in one report than in another: in a thread, as it is drawn many times. */
  lossDifference(one: QualityReport, other: QualityReport): Promise<Interval | undefined>;
  /** Told what is known after each tensor. */
  told(effects: TensorEffects): void;
}

/** What quantizing each tensor of a model alone does, and what leaving it as it is saves; or why the model cannot be run. */
export async function tensorEffects(run: RunnableModel, { measure, lossDifference, told }: EffectsWork): Promise<TensorEffects | Problem> {
  const sizes = new Map(linearTensors(run.architecture).map(({ name, nOut, nIn }) => [name, nOut * nIn]));
  const measured: TensorEffect[] = [];
  const soFar = (all: QualityReport): TensorEffects => ({
    nTokens: all.total.n,
    nTensors: run.selected.length,
    all: lossEffect(all),
    effects: [...measured],
  });
  const reportOn = async (selected: readonly string[]): Promise<QualityReport> => {
    const report = await measure({ ...run, selected });
    if ('problem' in report) throw new CannotRun(report.problem);
    return report;
  };
  try {
    const { all } = await sensitivity(run.selected, reportOn, async ({ tensor, alone, allBut }, whole) => {
      const saved = savedEffect(whole, allBut, await lossDifference(allBut, whole));
      measured.push({ tensor, n: sizes.get(tensor)!, alone: lossEffect(alone), saved });
      told(soFar(whole));
    });
    return soFar(all);
  } catch (error) {
    if (error instanceof CannotRun) return { problem: error.message };
    throw error;
  }
}

/** Ends the measures, as the rest would fail alike. */
class CannotRun extends Error {}
