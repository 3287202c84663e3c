import type { TensorFits } from '../../lang/facts.ts';
import { sqnr } from '../../measure/measures.ts';
import type { NuByTensor, TensorColumn } from '../../view/tensorTable.ts';
import type { ScaleGroup } from './groups.ts';
import type { KnownEffects } from './tensorEffects.ts';

/**
 * The SQNR of each format of a group on each tensor: estimates have none, so their columns are empty.
 * @param effects What is known besides of a language model whose tensors have the same names and sizes.
 */
export const tensorColumns = ({ scale, rows }: ScaleGroup, effects: KnownEffects['of']): readonly TensorColumn[] =>
  rows.map((row) => {
    const { evaluation, result } = row;
    const byName = new Map(effects.get(row)?.effects.map((effect) => [effect.tensor, effect]));
    return {
      name: scale === evaluation.scale.name ? evaluation.format.name : `${evaluation.format.name} (${evaluation.scale.name})`,
      tensors: result.tensors.map(({ name, file, sums }) => {
        const effect = byName.get(name);
        return { name, file, n: sums.n, sqnr: sqnr(sums), effect: effect?.n === sums.n ? effect : null };
      }),
    };
  });

/** Degrees of freedom of the Student t fitted to each raw tensor; infinite where a normal distribution fits as well. */
export const nusOf = ({ tensors }: TensorFits): NuByTensor =>
  new Map(
    tensors.flatMap(({ name, fit: { studentT } }) =>
      studentT.fit.kind === 'none' ? [] : [[name, studentT.fit.asGoodAsNormal ? Number.POSITIVE_INFINITY : studentT.fit.nu] as const],
    ),
  );
