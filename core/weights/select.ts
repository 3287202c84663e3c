import { glob } from './glob.ts';
import { nearestName } from './nearestName.ts';
import { counted, quoted } from './problem.ts';
import type { Tensor, WeightProblem } from './tensor.ts';

/** Which tensors are meant, by patterns of their names; see {@link glob} for the signs. */
export interface Selection {
  /** Absent means every tensor: whether a bias or a norm counts as a weight is the spec's decision, not ours. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** The tensors that match an `include` pattern and no `exclude` pattern, in their order. */
export function select<T extends Pick<Tensor, 'name'>>(tensors: readonly T[], { include, exclude = [] }: Selection): readonly T[] {
  const wanted = include?.map(glob);
  const unwanted = exclude.map(glob);
  return tensors.filter(({ name }) => (wanted?.some((matches) => matches(name)) ?? true) && !unwanted.some((matches) => matches(name)));
}

/** A problem for every pattern of a selection that matches nothing: it is misspelt, or the file is another than was thought. */
export function unmatched(
  file: string,
  tensors: readonly Pick<Tensor, 'name'>[],
  { include: included, exclude = [] }: Selection,
): readonly WeightProblem[] {
  const include = included ?? [];
  const strangers = [...include, ...exclude]
    .filter((pattern) => {
      const matches = glob(pattern);
      return !tensors.some(({ name }) => matches(name));
    })
    .map(
      (pattern): WeightProblem => ({
        code: 'weights.no-tensor-matches',
        file,
        tensor: undefined,
        message: noMatch(file, tensors, pattern),
      }),
    );
  const isEmpty = strangers.length === 0 && select(tensors, { include: included, exclude }).length === 0;
  return isEmpty ? [nothingLeft(file, tensors.length)] : strangers;
}

const nothingLeft = (file: string, n: number): WeightProblem => ({
  code: 'weights.no-tensor-matches',
  file,
  tensor: undefined,
  message: `\`include\` and \`exclude\` leave none of the ${counted(n, 'tensor')} in ${quoted(file)}`,
});

function noMatch(file: string, tensors: readonly Pick<Tensor, 'name'>[], pattern: string): string {
  const near = nearestName(
    pattern,
    tensors.map(({ name }) => name),
  );
  const hint = near === undefined ? '' : `; did you mean ${quoted(near)}?`;
  return `None of the ${counted(tensors.length, 'tensor')} in ${quoted(file)} matches ${quoted(pattern)}${hint}`;
}
