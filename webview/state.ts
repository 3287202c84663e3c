import type { Sort } from '../core/view/resultsView.ts';
import type { Results, Status } from '../protocol/messages.ts';
import type { PanelDocument, ToPanel } from '../protocol/panel.ts';
import { fields, panelDocument, protocol, resultsFrom, sortFrom } from './shapes.ts';

/** All that the panel shows is computed from this. Null is what nobody has told yet. */
export interface PanelState {
  readonly document: PanelDocument | null;
  /** Of that document, though perhaps of an earlier version of its text. */
  readonly results: Results | null;
  readonly status: Status | null;
  readonly sort: Sort;
}

export const nothingKnown: PanelState = { document: null, results: null, status: null, sort: null };

/** What is known after a message. The very same state where the message is stale or about another document. */
export function told(state: PanelState, message: ToPanel): PanelState {
  const { document, results } = state;
  switch (message.kind) {
    case 'document': {
      const next = message.document;
      if (next.uri !== document?.uri) return { ...state, document: next, results: null, status: null };
      return { ...state, document: next, results: results && fromVersion(results, next) };
    }
    case 'results': {
      const next = message.results;
      if (next.uri !== document?.uri || (results && next.version < results.version)) return state;
      return { ...state, results: next };
    }
    case 'status':
      return message.status.uri === document?.uri ? { ...state, status: message.status } : state;
    default:
      return state;
  }
}

/**
 * Versions start anew when a document is opened again. Results from before stay in sight, as of a version that every other one replaces.
 */
const fromVersion = (results: Results, { version }: PanelDocument): Results =>
  results.version > version ? { ...results, version: 0 } : results;

/** What VS Code keeps while the panel is hidden, or the window closed. What the server was doing then is no longer true. */
export const saved = ({ document, results, sort }: PanelState): unknown => ({ protocol, document, results, sort });

/** What was saved; nothing known where that is of another version, or not ours. */
export function restored(data: unknown): PanelState {
  const { protocol: version, document, results, sort } = fields(data) ?? {};
  if (version !== protocol) return nothingKnown;
  const about = panelDocument(document) ?? null;
  const known = resultsFrom(results) ?? null;
  return { document: about, results: known?.uri === about?.uri ? known : null, status: null, sort: sortFrom(sort) };
}
