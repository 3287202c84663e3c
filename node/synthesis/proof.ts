/** What came of a proof that a design is its behaviour. */
export type Proof =
  /** For every value of the inputs; with `induction`, after a reset at every step of every sequence. */
  | { readonly kind: 'proved'; readonly by: 'sat' | 'induction' }
  /** There are inputs for which it is not; with induction, after registers held something that may not come up. */
  | { readonly kind: 'refuted'; readonly by: 'sat' | 'induction'; readonly counterexample: string }
  /** Nothing is known. */
  | { readonly kind: 'open'; readonly reason: string };

/** Reads what the command `sat` of Yosys reports. Whatever is not the sentence of a proof proves nothing. */
export function readProof(report: string, by: 'sat' | 'induction'): Proof {
  if (report.includes('TIMEOUT')) return { kind: 'open', reason: 'the solver ran out of time' };
  const success = by === 'sat' ? 'SAT proof finished - no model found: SUCCESS!' : 'Induction step proven: SUCCESS!';
  const failure = by === 'sat' ? 'SAT proof finished - model found: FAIL!' : /proof failed|model found for base case: FAIL!/;
  const failed = typeof failure === 'string' ? report.includes(failure) : failure.test(report);
  if (failed) return { kind: 'refuted', by, counterexample: counterexampleOf(report) };
  if (report.includes(success)) return { kind: 'proved', by };
  return { kind: 'open', reason: 'Yosys reported neither a proof nor a counterexample' };
}

/** The last table of signals, as `step 2: a = 3, b = 5`. */
function counterexampleOf(report: string): string {
  const table = report.slice(report.lastIndexOf('Signal Name'));
  const rows = [...table.matchAll(/^\s+(?:(\d+)\s+)?\\(\w+)\s+(\d+|--)\s/gm)].map(([, step, name, value]) => ({ step, name, value }));
  const steps = new Map<string, string[]>();
  for (const { step = '', name, value } of rows)
    steps.set(step, [...(steps.get(step) ?? []), `${name} = ${value === '--' ? 'any' : value}`]);
  return [...steps].map(([step, values]) => `${step === '' ? '' : `step ${step}: `}${values.join(', ')}`).join('; ');
}
