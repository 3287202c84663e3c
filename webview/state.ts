import type { Sort } from '../core/view/resultsView.ts';
import type { Results, Status } from '../protocol/messages.ts';
import type { PanelDocument, ToPanel } from '../protocol/panel.ts';
import type { PictureAnswer, PictureName, PictureWish } from '../protocol/pictures.ts';
import { type Choices, choicesFrom, firstChoices, forAnotherDocument } from './choices.ts';
import { pictureAnswer } from './pictureShapes.ts';
import { panelDocument, protocol, resultsFrom, sortFrom } from './shapes.ts';
import { fields } from './values.ts';

/** All that the panel shows is computed from this. Null is what nobody has told yet. */
export interface PanelState {
  readonly document: PanelDocument | null;
  /** Of that document, though perhaps of an earlier version of its text. */
  readonly results: Results | null;
  readonly status: Status | null;
  readonly sort: Sort;
  /** The last of each picture, so that a tab that was left shows at once what it had. Of that document, as results. */
  readonly pictures: Readonly<Partial<Record<PictureName, PictureAnswer>>>;
  /** The format that the cursor of the editor is on, and perhaps one of its codes. */
  readonly selected: Selected | null;
  readonly isPinned: boolean;
  readonly choices: Choices;
}

export interface Selected {
  readonly format: string;
  readonly code: number | null;
}

export const nothingKnown: PanelState = {
  document: null,
  results: null,
  status: null,
  sort: null,
  pictures: {},
  selected: null,
  isPinned: false,
  choices: firstChoices,
};

/** What is known after a message. The very same state where the message is stale or about another document. */
export function told(state: PanelState, message: ToPanel): PanelState {
  const { document, results, pictures } = state;
  switch (message.kind) {
    case 'document': {
      const next = message.document;
      if (next.uri !== document?.uri) return { ...nothingOf(state), document: next };
      return {
        ...state,
        document: next,
        results: results && fromVersion(results, next),
        pictures: mapped(pictures, (answer) => fromVersion(answer, next)),
      };
    }
    case 'results': {
      const next = message.results;
      if (next.uri !== document?.uri || (results && next.version < results.version)) return state;
      return { ...state, results: next };
    }
    case 'status':
      return message.status.uri === document?.uri ? { ...state, status: message.status } : state;
    case 'picture': {
      const { answer } = message;
      return isStale(answer, state) ? state : { ...state, pictures: { ...pictures, [answer.wish.picture]: answer } };
    }
    case 'open':
      return { ...state, choices: { ...state.choices, tab: message.picture } };
    case 'select': {
      if (message.uri !== document?.uri) return state;
      const { format, code } = message;
      return { ...state, selected: format === null ? null : { format, code } };
    }
    case 'pinned':
      return message.isPinned === state.isPinned ? state : { ...state, isPinned: message.isPinned };
  }
}

/** The state without what is known of its document. */
const nothingOf = (state: PanelState): PanelState => ({
  ...nothingKnown,
  sort: state.sort,
  isPinned: state.isPinned,
  choices: forAnotherDocument(state.choices),
});

/** What the panel wants to be told, for what it shows; null where results are enough. */
export function wishOf({ choices: { tab, group, tensor, backdrop } }: PanelState): PictureWish | null {
  if (tab === 'results') return null;
  return { picture: tab, group, tensor: tab === 'distribution' ? tensor : null, backdrop: tab === 'pareto' ? backdrop : null };
}

/**
 * Whether an answer is of another document, of an older version, or to another wish. A choice that is there to be had but was not taken tells an
 * answer to an earlier wish from one to this wish that had to choose by itself.
 */
function isStale(answer: PictureAnswer, state: PanelState): boolean {
  const { document, pictures, choices } = state;
  const { wish, groups, data } = answer;
  if (answer.uri !== document?.uri) return true;
  const last = pictures[wish.picture];
  if (last && answer.version < last.version) return true;
  if (wish.group !== choices.group && groups.some(({ key }) => key === choices.group)) return true;
  if (data?.picture === 'distribution') return isOther(wish.tensor, choices.tensor, keysOf(data.tensors));
  if (data?.picture === 'pareto') return isOther(wish.backdrop, choices.backdrop, data.backdrops);
  return false;
}

const keysOf = (all: readonly { readonly key: string }[]): readonly string[] => all.map(({ key }) => key);

const isOther = (taken: string | null, chosen: string | null, possible: readonly string[]): boolean =>
  taken !== chosen && (chosen === null || possible.includes(chosen));

/**
 * Versions start anew when a document is opened again. What is of before stays in sight, as of a version that every other one replaces.
 */
const fromVersion = <T extends { readonly version: number }>(one: T, { version }: PanelDocument): T =>
  one.version > version ? { ...one, version: 0 } : one;

function mapped(pictures: PanelState['pictures'], change: (answer: PictureAnswer) => PictureAnswer): PanelState['pictures'] {
  return Object.fromEntries(Object.entries(pictures).map(([name, answer]) => [name, change(answer)]));
}

/** What VS Code keeps while the panel is hidden, or the window closed. What the server was doing then is no longer true. */
export function saved({ document, results, sort, pictures, isPinned, choices }: PanelState): unknown {
  const shown = choices.tab === 'results' ? undefined : pictures[choices.tab];
  return { protocol, document, results, sort, isPinned, choices, picture: shown && isSmall(shown) ? shown : null };
}

/** A picture is kept for the first paint. One that is large comes anew sooner than it is kept at every key. */
const isSmall = ({ data }: PictureAnswer): boolean =>
  data?.picture === 'tensors'
    ? data.tensors.length * (data.formats.length + 4) <= MOST_KEPT
    : data?.picture !== 'pareto' || data.designs.length <= MOST_KEPT / 10;

/** Figures in a picture. */
const MOST_KEPT = 5000;

/** What was saved; nothing known where that is of another version, or not ours. */
export function restored(data: unknown): PanelState {
  const { protocol: version, document, results, sort, isPinned, choices, picture } = fields(data) ?? {};
  if (version !== protocol) return nothingKnown;
  const about = panelDocument(document) ?? null;
  const known = resultsFrom(results) ?? null;
  const shown = pictureAnswer(picture);
  return {
    ...nothingKnown,
    document: about,
    results: known?.uri === about?.uri ? known : null,
    sort: sortFrom(sort),
    pictures: shown && shown.uri === about?.uri ? { [shown.wish.picture]: shown } : {},
    isPinned: isPinned === true,
    choices: choicesFrom(choices),
  };
}

/** The picture of a tab, where it is known. */
export function pictureOf<P extends PictureName>(
  state: PanelState,
  name: P,
): Extract<NonNullable<PictureAnswer['data']>, { picture: P }> | null {
  const data = state.pictures[name]?.data;
  return data?.picture === name ? (data as Extract<NonNullable<PictureAnswer['data']>, { picture: P }>) : null;
}

/** What the group of a picture is called; of none, nothing. */
export function groupTitle({ pictures }: PanelState, name: PictureName): string {
  const answer = pictures[name];
  return answer?.groups.find(({ key }) => key === answer.wish.group)?.title ?? '';
}
