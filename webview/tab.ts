import type { Choices } from './choices.ts';
import type { Keep } from './exports.ts';
import type { PanelState } from './state.ts';

/** What is shown under a tab. It is told of the state only while it is seen. */
export interface Tab {
  readonly root: HTMLElement;
  show(state: PanelState): void;
  /** To be called when the theme has changed: a canvas does not follow a style sheet. */
  recolour(): void;
}

/** What the user can do under a tab. */
export interface TabActions {
  /** Goes to a format in the text; `code`: to one of its levels; `library`: that of a library behind. */
  reveal(format: string, code: number | null, library?: string): void;
  choose(choices: Partial<Choices>): void;
  keep(what: Keep): void;
}
