import type { PanelState } from './state.ts';

/** What is going on, in one line, and what the user can do about it. */
export interface StateLine {
  readonly text: string;
  readonly tone: 'plain' | 'busy' | 'error';
  /** How much is done, from 0 to 1; null where nobody can tell. */
  readonly share: number | null;
  readonly action: 'evaluate' | 'none';
}

export function stateLine({ document, results, status }: PanelState): StateLine {
  if (document === null) return plain('No document');
  // The version of a document that is not open: whatever else is known of it is old.
  if (document.version === 0) return plain('The document is not open');
  if (status?.state === 'evaluating') {
    const share = status.total > 0 ? Math.min(1, status.done / status.total) : null;
    const percentage = share === null ? '' : `, ${Math.floor(100 * share)} %`;
    return { text: `${status.message}${percentage}`, tone: 'busy', share, action: 'none' };
  }
  if (status?.state === 'error') return { text: status.message, tone: 'error', share: null, action: 'evaluate' };
  if (results === null) return plain('Waiting for the language server');
  const { nRows, rows, version } = results;
  if (nRows === 0) return plain('Nothing to evaluate');
  if (version < document.version) return { ...plain('The text has changed since this evaluation'), action: 'evaluate' };
  if (rows.length < nRows) return { ...plain(`${rows.length} of ${nRows} rows evaluated`), action: 'evaluate' };
  return plain(nRows === 1 ? '1 row evaluated' : `${nRows} rows evaluated`);
}

const plain = (text: string): StateLine => ({ text, tone: 'plain', share: null, action: 'none' });
