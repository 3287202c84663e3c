import { type ExtensionContext, LanguageStatusSeverity, languages, window, workspace } from 'vscode';
import type { Results, Status } from '../protocol/messages.ts';
import type { Server, ServerState } from './server.ts';

/** What the language status item shows. */
export interface StatusView {
  readonly text: string;
  readonly detail: string;
  readonly busy: boolean;
  readonly severity: 'information' | 'error';
  readonly command: { readonly command: string; readonly title: string };
}

/**
 * Shows the server's state in the language status of Nibble documents, and what it does for the document that is active: others may be worked on
 * meanwhile. Returns a way to read what is shown.
 */
export function showStatus(context: ExtensionContext, server: Server): () => StatusView {
  const item = languages.createLanguageStatusItem('nibble.status', { language: 'nibble' });
  item.name = 'Nibble';
  const statuses = new Map<string, Status>();
  const results = new Map<string, Results>();
  let state: ServerState = 'starting';
  /** The document that was last active. */
  let shown = '';
  let view: StatusView;
  const show = (): void => {
    const { document } = window.activeTextEditor ?? {};
    if (document?.languageId === 'nibble') shown = document.uri.toString();
    view = statusView({ server: state, status: statuses.get(shown) ?? idle, results: results.get(shown) });
    item.text = view.text;
    item.detail = view.detail;
    item.busy = view.busy;
    item.severity = view.severity === 'error' ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.command = { ...view.command };
  };
  show();
  context.subscriptions.push(
    item,
    server.onState((now) => {
      state = now;
      // Whatever a server was doing, the next one begins with nothing.
      statuses.clear();
      show();
    }),
    server.onStatus((status) => {
      statuses.set(status.uri, status);
      show();
    }),
    server.onResults((found) => {
      results.set(found.uri, found);
      show();
    }),
    window.onDidChangeActiveTextEditor(show),
    workspace.onDidCloseTextDocument(({ uri }) => {
      statuses.delete(uri.toString());
      results.delete(uri.toString());
    }),
  );
  return () => view;
}

/** All that the item is computed from. Results are absent until the server sends some. */
interface Known {
  readonly server: ServerState;
  readonly status: Status;
  readonly results: Results | undefined;
}

const idle: Status = { uri: '', state: 'idle', message: '', done: 0, total: 0 };

const showOutput = { command: 'nibble.showOutput', title: 'Show Output' };
const restart = { command: 'nibble.restartServer', title: 'Restart Server' };

function statusView({ server, status, results }: Known): StatusView {
  const detail = results === undefined ? '' : lastResult(results);
  if (server === 'starting') return { text: 'Nibble: starting', detail, busy: true, severity: 'information', command: showOutput };
  if (server === 'stopped') return { text: 'Nibble: server stopped', detail, busy: false, severity: 'error', command: restart };
  switch (status.state) {
    case 'evaluating':
      return { text: `Nibble: ${status.message}`, detail: share(status), busy: true, severity: 'information', command: showOutput };
    case 'error':
      return { text: 'Nibble: evaluation failed', detail: status.message, busy: false, severity: 'error', command: showOutput };
    case 'idle':
      // A server at rest that has something to say, as why it did not evaluate, goes before what was found earlier.
      return { text: 'Nibble: ready', detail: status.message || detail, busy: false, severity: 'information', command: showOutput };
  }
}

const share = ({ done, total }: Status): string => (total > 0 ? `${Math.floor((100 * done) / total)} %` : '');

/** The best row, since that is what a glance is for. A lossless row has no SQNR and beats the others. */
function lastResult({ rows }: Results): string {
  const best = rows.filter(({ nsr }) => nsr !== null).sort((a, b) => a.nsr! - b.nsr!)[0];
  if (best === undefined) return '';
  const sqnr = best.sqnr === null ? 'without error' : `${best.sqnrWithin === null ? '' : '≈ '}${best.sqnr.toFixed(2)} dB`;
  return `Best of ${rows.length}: ${best.format} on ${best.weights}, ${sqnr}`;
}
