import type { PictureName } from '../protocol/pictures.ts';
import { element } from './dom.ts';
import type { PanelState } from './state.ts';

/** What has to be said beside a picture, or instead of it. */
export class Notes {
  readonly root = element('ul', 'notes');
  #shown: string | undefined;

  show(state: PanelState, picture: PictureName): void {
    const notes = notesOf(state, picture);
    const next = JSON.stringify(notes);
    if (next === this.#shown) return;
    this.#shown = next;
    this.root.hidden = notes.length === 0;
    this.root.replaceChildren(...notes.map((note) => element('li', '', note)));
  }
}

function notesOf({ document, results, pictures }: PanelState, picture: PictureName): readonly string[] {
  const answer = pictures[picture];
  if (answer) return answer.data === null && answer.notes.length === 0 ? ['There is nothing to draw yet'] : answer.notes;
  // Of a document that asks for nothing, or of none, the page says more.
  return document === null || results?.nRows === 0 ? [] : ['The picture is being made'];
}
