import type { FromPanel } from '../protocol/panel.ts';
import { onThemeChange } from './colours.ts';
import { resultsPage } from './page.ts';
import { protocol, toPanel } from './shapes.ts';
import { nothingKnown, type PanelState, restored, saved, told } from './state.ts';

/** What VS Code lends a webview, once. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const host = acquireVsCodeApi();

let state: PanelState = nothingKnown;
const page = resultsPage(document.body, {
  reveal(format) {
    if (state.document) host.postMessage({ protocol, kind: 'reveal', uri: state.document.uri, format, code: null });
  },
  evaluate() {
    if (state.document) host.postMessage({ protocol, kind: 'evaluate', uri: state.document.uri });
  },
  sort: (sort) => become({ ...state, sort }),
});

function become(next: PanelState): void {
  if (next === state) return;
  state = next;
  host.setState(saved(state));
  page.show(state);
}

// What was shown before the panel was hidden is there again at once; the client then says what is new.
state = restored(host.getState());
page.show(state);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toPanel(data);
  if (message !== undefined) become(told(state, message));
});
onThemeChange(() => page.recolour());
host.postMessage({ protocol, kind: 'ready' });
