import type { Analysis } from '../../core/lang/analysis.ts';
import { analysed } from './analysed.ts';

/** A spec worked out, and the place in it that `¦` marks. */
export interface Marked {
  readonly analysis: Analysis;
  readonly offset: number;
}

export function marked(text: string, others: Readonly<Record<string, string>> = {}): Marked {
  const offset = text.indexOf('¦');
  if (offset < 0 || text.indexOf('¦', offset + 1) >= 0) throw new Error('One place is marked with ¦');
  return { analysis: analysed(text.replace('¦', ''), others), offset };
}
