import type { ResultRow } from '../../core/view/resultsView.ts';
import type { Status } from '../../protocol/messages.ts';
import type { ShowDocument, ShowResults, ShowStatus } from '../../protocol/panel.ts';

/** Messages as the client sends them, about one document unless another is named. */
export const uri = 'file:///w/paper.nibble';

export const document = (version = 1, address = uri): ShowDocument => ({
  protocol: 2,
  kind: 'document',
  document: { uri: address, name: address.slice(address.lastIndexOf('/') + 1), version },
});

export const results = (rows: readonly ResultRow[], version = 1, nRows = rows.length): ShowResults => ({
  protocol: 2,
  kind: 'results',
  results: { uri, version, nRows, rows },
});

export const status = (state: Status['state'], message = '', done = 0, total = 0): ShowStatus => ({
  protocol: 2,
  kind: 'status',
  status: { uri, state, message, done, total },
});

/** A row whose other figures follow from its SQNR. */
export const row = (format: string, sqnr: number, more: Partial<ResultRow> = {}): ResultRow => ({
  compare: 'paper',
  format,
  weights: 'tiny',
  scale: 'block128',
  sqnr,
  nsr: 10 ** (-sqnr / 10),
  relativeMae: 10 ** (-sqnr / 20),
  bitsPerWeight: 4.25,
  clipped: 0,
  entropy: 3.75,
  sqnrWithin: null,
  ...more,
});

/** The rows of a small comparison. */
export const few: readonly ResultRow[] = [
  row('INT4', 19.46, { clipped: 0.009 }),
  row('E2M1', 19.24),
  row('NF4', 20.35),
  row('SF(10)', 19.7),
  row('SF(9)', 19.6),
];
