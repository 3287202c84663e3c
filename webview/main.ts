import type { FromPanel } from '../protocol/panel.ts';
import { onThemeChange } from './colours.ts';
import { panelPageIn } from './page.ts';
import { protocol, toPanel } from './shapes.ts';
import { isKeptAlike, type Kept, nothingKnown, type PanelState, restored, saved, told, wishOf } from './state.ts';

/** What VS Code lends a webview, once. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: Kept): void;
};

const host = acquireVsCodeApi();

let state: PanelState = nothingKnown;
/** What VS Code keeps of it. */
let kept: Kept = saved(state);
/** What the client was last told that the panel shows. */
let wanted = '';

const page = panelPageIn(document.body, {
  reveal(format, code, library) {
    if (state.document) host.postMessage({ protocol, kind: 'reveal', uri: state.document.uri, format, code, library: library ?? null });
  },
  evaluate() {
    if (state.document) host.postMessage({ protocol, kind: 'evaluate', uri: state.document.uri });
  },
  drag(step) {
    if (state.document) host.postMessage({ protocol, kind: 'drag', uri: state.document.uri, ...step });
  },
  pin(isPinned) {
    become({ ...state, isPinned });
    host.postMessage({ protocol, kind: 'pin', isPinned });
  },
  keep: (what) => host.postMessage({ protocol, kind: 'export', ...what }),
  choose: (some) => become({ ...state, choices: { ...state.choices, ...some } }),
  sort: (sort) => become({ ...state, sort }),
});

function become(next: PanelState): void {
  if (next === state) return;
  state = next;
  keep();
  page.show(state);
  want();
}

/** Gives VS Code what it keeps, where that has changed. */
function keep(): void {
  const next = saved(state);
  if (isKeptAlike(next, kept)) return;
  kept = next;
  host.setState(kept);
}

/** Tells the client which picture is seen, where that has changed. */
function want(): void {
  if (!state.document) return;
  const { uri } = state.document;
  const wish = wishOf(state);
  const next = JSON.stringify([uri, wish]);
  if (next === wanted) return;
  wanted = next;
  host.postMessage({ protocol, kind: 'want', uri, wish });
}

// What was shown before the panel was hidden is there again at once; the client then says what is new.
state = restored(host.getState());
kept = saved(state);
page.show(state);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = toPanel(data);
  if (message !== undefined) become(told(state, message));
});
// In a field they are for what was typed there.
window.addEventListener('keydown', (event) => {
  const kind = historyKey(event);
  if (kind === undefined || !state.document || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  host.postMessage({ protocol, kind, uri: state.document.uri });
});
onThemeChange(() => page.recolour());
host.postMessage({ protocol, kind: 'ready' });
want();

/** What the keys of an edit history ask for, as editors have them. */
function historyKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): 'undo' | 'redo' | undefined {
  if (!(ctrlKey || metaKey) || altKey) return undefined;
  if (key.toLowerCase() === 'z') return shiftKey ? 'redo' : 'undo';
  return key.toLowerCase() === 'y' && ctrlKey ? 'redo' : undefined;
}
