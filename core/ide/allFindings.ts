import type { Analysis } from '../lang/analysis.ts';
import type { Finding } from '../lang/finding.ts';
import { gapFindings } from './gapFindings.ts';
import type { Results } from './known.ts';
import { type Problems, resultFindings } from './resultFindings.ts';
import { withGains } from './spare.ts';

/** Everything there is to say about a spec, in the order of its text: of the text itself, of what was measured, and of what its weights tell. */
export const allFindings = (analysis: Analysis, results: Results, problems: Problems): Finding[] =>
  [
    ...analysis.findings.map((found) => withGains(found, analysis)),
    ...resultFindings(analysis, results, problems),
    ...gapFindings(analysis, results),
  ].sort((a, b) => a.start - b.start);
