import type { TensorFits } from '../../lang/facts.ts';
import { sqnr } from '../../measure/measures.ts';
import type { NuByTensor, TensorColumn } from '../../view/tensorTable.ts';
import type { ScaleGroup } from './groups.ts';

/** The SQNR of each format of a group on each tensor: estimates have none, so their columns are empty. */
export const tensorColumns = ({ scale, rows }: ScaleGroup): readonly TensorColumn[] =>
  rows.map(({ evaluation, result }) => ({
    name: scale === evaluation.scale.name ? evaluation.format.name : `${evaluation.format.name} (${evaluation.scale.name})`,
    tensors: result.tensors.map(({ name, file, sums }) => ({ name, file, n: sums.n, sqnr: sqnr(sums) })),
  }));

/** Degrees of freedom of the Student t fitted to each raw tensor; infinite where a normal distribution fits as well. */
export const nusOf = ({ tensors }: TensorFits): NuByTensor =>
  new Map(
    tensors.flatMap(({ name, fit: { studentT } }) =>
      studentT.fit.kind === 'none' ? [] : [[name, studentT.fit.asGoodAsNormal ? Number.POSITIVE_INFINITY : studentT.fit.nu] as const],
    ),
  );
