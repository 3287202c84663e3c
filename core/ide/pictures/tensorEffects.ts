import { factOf, type KnownOfWeights } from '../../lang/facts.ts';
import { sensitivityOf } from '../../lang/modelRows.ts';
import type { ModelSpec } from '../../lang/spec.ts';
import type { TensorEffects } from '../../model/tensorEffects.ts';
import { count } from '../../view/digits.ts';
import { visible } from '../../weights/visibleName.ts';
import type { AskedGroup, MeasuredRow, ScaleGroup } from './groups.ts';

/** What is known of the sensitivity of a model to the formats of a group. */
export interface KnownEffects {
  readonly of: ReadonlyMap<MeasuredRow, TensorEffects>;
  /** What has to be said of it. */
  readonly notes: readonly string[];
}

/** Of the first model of the group that something is known of. */
export function knownEffects({ models }: Pick<AskedGroup, 'models'>, { rows }: ScaleGroup, known: KnownOfWeights): KnownEffects {
  const [first] = models;
  const all = models.map((model) => ofModel(model, rows, known));
  const found = all.find(({ of }) => of.size > 0) ?? all.find(({ notes }) => notes.length > 0);
  if (found || !first) return found ?? { of: new Map(), notes: [] };
  const notes = [`The command "Measure Sensitivity of Tensors" adds what each tensor does to the loss of ${visible(first.name)}`];
  return { of: new Map(), notes };
}

function ofModel(model: ModelSpec, rows: readonly MeasuredRow[], { facts }: KnownOfWeights): KnownEffects {
  const of = new Map<MeasuredRow, TensorEffects>();
  const notes: string[] = [];
  for (const row of rows) {
    const { format, scale } = row.evaluation;
    const found = factOf(sensitivityOf({ format, scale, model }), facts);
    if (!found) continue;
    if ('problem' in found) notes.push(`No sensitivity to ${visible(format.name)}: ${found.problem}`);
    else {
      of.set(row, found);
      const { effects, nTensors } = found;
      if (effects.length < nTensors) notes.push(`Sensitivity to ${visible(format.name)}: ${effects.length} of ${nTensors} tensors so far`);
    }
  }
  const [some] = of.values();
  if (!some) return { of, notes };
  const what = `Δloss: change of the loss of ${visible(model.name)}${inputsText(model)} with that tensor alone quantized`;
  const on = `in thousandths of a nat per token on ${count(some.nTokens)} tokens, with its 95 % interval; one that holds 0 tells no difference`;
  return { of, notes: [`${what}, ${on}`, ...notes] };
}

const inputsText = ({ activations }: ModelSpec): string => (activations === 'none' ? '' : ', its inputs quantized too,');
