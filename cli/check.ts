import { assertionLine } from '../core/ide/hoverOfDeclared.ts';
import type { AssertionResult } from '../core/lang/spec.ts';
import { out, sayFinding } from './output.ts';
import { measure, textAt } from './spec.ts';

/** Reports the findings and assertions of specs. Returns the exit code: 1 where one has an error, or an assertion that does not hold. */
export async function check(files: readonly string[]): Promise<number> {
  let failed = 0;
  for (const file of files) {
    const { analysis, findings } = await measure(file, 'sums', 'remarks');
    for (const found of findings) if (found.severity !== 'hint') sayFinding(file, analysis.file.text, found, textAt);
    for (const result of analysis.assertions) process.stdout.write(`${mark(result)} ${result.text}  ${out.dim(assertionLine(result))}\n`);
    const nErrors = findings.filter(({ severity }) => severity === 'error').length;
    const nOpen = analysis.assertions.filter(({ outcome }) => outcome !== 'holds' && outcome !== 'fails').length;
    const nHolding = analysis.assertions.filter(({ outcome }) => outcome === 'holds').length;
    const open = nOpen > 0 ? `, ${nOpen} could not be decided` : '';
    process.stdout.write(
      `${file}: ${nErrors} error${nErrors === 1 ? '' : 's'}, ${nHolding} of ${analysis.assertions.length} assertions hold${open}\n`,
    );
    // An assertion that could not be decided does not hold.
    if (nErrors > 0 || nHolding < analysis.assertions.length) failed = 1;
  }
  return failed;
}

function mark({ outcome }: AssertionResult): string {
  if (outcome === 'holds') return out.green('✓');
  return outcome === 'fails' ? out.red('✗') : out.yellow('?');
}
