import type { WeightProblem } from './tensor.ts';
import { reasonOf, visible } from './visibleName.ts';

/** A file, or one tensor of it, whose bytes are not what they should be. */
export const unreadable = (file: string, message: string, tensor?: string): WeightProblem => ({
  code: 'weights.unreadable',
  file,
  tensor,
  message,
});

/** A file, or a tensor of it, that is referred to and is not there. */
export const missing = (file: string, message: string, tensor?: string): WeightProblem => ({
  code: 'weights.missing',
  file,
  tensor,
  message,
});

/** A file that the platform could not read. */
export const ioFailure = (file: string, error: unknown): WeightProblem =>
  unreadable(file, `Cannot read ${quoted(file)}: ${reasonOf(error)}`);

/** A name from a file, quoted for a message. */
export const quoted = (name: string): string => `"${visible(name)}"`;

/** "1 tensor", "2 tensors". */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** The first problems and the number of the rest: a broken file of 100 000 tensors must not drown the editor. */
export function firstProblems(file: string, problems: readonly WeightProblem[]): readonly WeightProblem[] {
  if (problems.length <= maxProblems) return problems;
  const rest = problems.length - maxProblems + 1;
  return [...problems.slice(0, maxProblems - 1), unreadable(file, `${rest} more problems in ${quoted(file)}`)];
}

const maxProblems = 100;
