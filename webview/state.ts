import type { Sort } from '../core/view/resultsView.ts';
import type { Results, Status } from '../protocol/messages.ts';
import type { PanelDocument, SavedState, ToPanel } from '../protocol/panel.ts';
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
  /** The last format whose number line was asked for, as long as it may be there. */
  readonly peek: Peek | null;
  readonly isPinned: boolean;
  readonly choices: Choices;
}

export interface Selected {
  readonly format: string;
  readonly code: number | null;
}

/** A format whose number line is asked for from the editor. `search` is null once the picture has it. */
export interface Peek {
  readonly format: string;
  readonly search: GroupSearch | null;
}

/** The groups are gone through, as only a picture says which formats a group has. */
interface GroupSearch {
  /** The group that was chosen before: where none has the format, that one is shown again. */
  readonly before: string | null;
  /** The one that is chosen now. Whoever chooses another one ends the search. */
  readonly chosen: string | null;
  /** Those that are left; null where none was chosen yet. */
  readonly left: readonly string[] | null;
}

export const nothingKnown: PanelState = {
  document: null,
  results: null,
  status: null,
  sort: null,
  pictures: {},
  selected: null,
  peek: null,
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
      if (message.results.uri !== document?.uri) return state;
      const next = fromVersion(message.results, document);
      return results && next.version < results.version ? state : { ...state, results: next };
    }
    case 'status':
      return message.status.uri === document?.uri ? { ...state, status: message.status } : state;
    case 'picture': {
      if (message.answer.uri !== document?.uri) return state;
      const answer = fromVersion(message.answer, document);
      return isStale(answer, state) ? state : lookedFor({ ...state, pictures: { ...pictures, [answer.wish.picture]: answer } });
    }
    case 'open':
      return lookedFor(peeked({ ...state, choices: { ...state.choices, tab: message.picture } }));
    case 'select': {
      if (message.uri !== document?.uri) return state;
      const { format, code } = message;
      return { ...state, selected: format === null ? null : { format, code } };
    }
    case 'pinned':
      return message.isPinned === state.isPinned ? state : { ...state, isPinned: message.isPinned };
  }
}

/** What is chosen with a group: what was chosen in another one is of no use in it. */
export const ofGroup = (group: string | null): Partial<Choices> => ({ group, tensor: null, zoom: null, over: null });

/** The number line of the format that is selected, where number lines are asked for. */
function peeked(state: PanelState): PanelState {
  const { selected, choices } = state;
  if (choices.tab !== 'formats' || !selected) return { ...state, peek: null };
  return { ...state, peek: { format: selected.format, search: { before: choices.group, chosen: choices.group, left: null } } };
}

/** Finds the format that is asked for in the picture, or else chooses the next group. */
function lookedFor(state: PanelState): PanelState {
  const { peek, choices, document } = state;
  const answer = state.pictures.formats;
  if (!peek?.search || !answer) return state;
  const { format, search } = peek;
  if (choices.tab !== 'formats' || choices.group !== search.chosen) return { ...state, peek: null };
  if (pictureOf(state, 'formats')?.formats.some(({ name }) => name === format)) {
    const chosen = choices.group === search.before ? choices : { ...choices, ...ofGroup(choices.group) };
    return { ...state, choices: chosen, peek: { format, search: null } };
  }
  // In a picture of an earlier text there may be no line yet.
  if (answer.version < (document?.version ?? 0)) return state;
  const left = search.left ?? answer.groups.map(({ key }) => key).filter((key) => key !== answer.wish.group);
  const [chosen, ...rest] = left;
  if (chosen === undefined) return { ...state, choices: { ...choices, group: search.before }, peek: null };
  return { ...state, choices: { ...choices, group: chosen }, peek: { format, search: { ...search, chosen, left: rest } } };
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
 * Whether an answer is of an older version, or to another wish. A choice that is there to be had but was not taken tells an
 * answer to an earlier wish from one to this wish that had to choose by itself.
 */
function isStale(answer: PictureAnswer, { pictures, choices }: PanelState): boolean {
  const { wish, groups, data } = answer;
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
 * Versions start anew when a document is opened again. What is of before, whether it is known or comes late, is as of a version that every other
 * one replaces.
 */
const fromVersion = <T extends { readonly version: number }>(one: T, { version }: PanelDocument): T =>
  one.version > version ? { ...one, version: 0 } : one;

function mapped(pictures: PanelState['pictures'], change: (answer: PictureAnswer) => PictureAnswer): PanelState['pictures'] {
  return Object.fromEntries(Object.entries(pictures).map(([name, answer]) => [name, change(answer)]));
}

/** What VS Code keeps while the panel is hidden, or the window closed. What the server was doing then is no longer true. */
export interface Kept extends SavedState, Pick<PanelState, 'results' | 'sort' | 'choices'> {
  readonly picture: PictureAnswer | null;
}

export function saved({ document, results, sort, pictures, isPinned, choices }: PanelState): Kept {
  const shown = choices.tab === 'results' ? undefined : pictures[choices.tab];
  return { protocol, document, results, sort, isPinned, choices, picture: shown && isSmall(shown) ? shown : null };
}

/** Whether two states are kept as the same. A version of the text is no reason to keep all anew: a page is told it before anything else. */
export const isKeptAlike = (a: Kept, b: Kept): boolean =>
  a.document?.uri === b.document?.uri &&
  a.document?.name === b.document?.name &&
  a.results === b.results &&
  a.sort === b.sort &&
  a.isPinned === b.isPinned &&
  a.choices === b.choices &&
  a.picture === b.picture;

/** A picture is kept for the first paint. One that is large comes anew sooner than it is kept at every key. */
const isSmall = ({ data }: PictureAnswer): boolean => nLeft(data, MOST_KEPT) >= 0;

/** Figures and words in a picture. */
const MOST_KEPT = 10_000;

/** How many figures and words may follow those of some data, of so many; below 0 if there are more. It looks no further than it has to. */
function nLeft(data: unknown, n: number): number {
  if (typeof data !== 'object' || data === null) return n - 1;
  let left = n;
  for (const part of Object.values(data)) {
    left = nLeft(part, left);
    if (left < 0) break;
  }
  return left;
}

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
