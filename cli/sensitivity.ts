import type { HardwareSpec } from '../core/hardware/areaReport.ts';
import { qualityRequest } from '../core/lang/modelMeasures.ts';
import { nMeasures, sensitivity } from '../core/model/sensitivity.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { type Assigned, assigned, type Budget, nMeasuresOfAssignment } from './formatAssignment.ts';
import { type ModelStudy, type ModelStudyArguments, withModelStudy } from './modelStudy.ts';
import { Failure } from './output.ts';
import { sensitivityJson, sensitivityTables } from './sensitivityView.ts';
import type { ReadOptions } from './spec.ts';
import type { FormatSensitivity, MeasureSelected } from './tensorEffects.ts';

export interface SensitivityArguments extends ModelStudyArguments {
  /** What an assignment of formats to tensors may take; undefined for no assignment. */
  readonly budget: Budget | undefined;
  /** What areas are those of. */
  readonly hardware: HardwareSpec;
  readonly form: 'table' | 'json';
}

/** Everything that was found out about the tensors of a model. */
export interface SensitivityResult {
  readonly study: ModelStudy;
  readonly formats: readonly FormatSensitivity[];
  readonly assigned: Assigned | undefined;
}

/** Prints what quantizing single tensors does to a model, and which formats they are best given. Returns the exit code. */
export async function printSensitivity(args: SensitivityArguments): Promise<number> {
  return withModelStudy(args, async (study, evaluator, options) => {
    if (args.budget && study.model.activations === 'same')
      throw new Failure(
        `Layers that share their inputs may be assigned other formats, and inputs are quantized once: give \`activations\` of ${visible(study.model.name)} a format, or \`none\``,
      );
    const measure = measurer(study, evaluator, options, args.budget ? nMeasuresOfAssignment(study.formats.length) : 0);
    const formats: FormatSensitivity[] = [];
    for (const one of study.formats) {
      const found = await sensitivity(
        study.run.selected,
        (quantized) => measure(one, { ...study.run, selected: quantized }, new Map()),
        () => undefined,
      );
      formats.push({ ...one, found });
    }
    const result: SensitivityResult = {
      study,
      formats,
      assigned: args.budget && (await assigned(args.budget, args.hardware, study, formats, measure)),
    };
    process.stdout.write(args.form === 'json' ? `${JSON.stringify(sensitivityJson(result))}\n` : sensitivityTables(result));
    return 0;
  });
}

/** Fails where the model cannot be run: all measures would. */
function measurer({ model, formats, run }: ModelStudy, { models }: Evaluator, options: ReadOptions, nMore: number): MeasureSelected {
  const total = formats.length * nMeasures(run.selected.length) + nMore;
  let nDone = 0;
  return async ({ format, scale }, own, byTensor) => {
    const request = qualityRequest(format, scale, model, model.activations);
    const report = await models.measured(request, own, byTensor, { ...options, onProgress: () => undefined });
    if ('problem' in report) throw new Failure(report.problem);
    options.onProgress(++nDone, total);
    return report;
  };
}
