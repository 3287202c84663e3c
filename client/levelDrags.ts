import { type Position, Range, type TextDocument, type TextEditor, Uri, type ViewColumn, window, workspace } from 'vscode';
import type { LevelEdit } from '../protocol/messages.ts';
import type { DragLevel } from '../protocol/panel.ts';
import type { Server } from './server.ts';

/** How often a move is tried that meets a text which has just changed. */
const MOST_TRIES = 3;

/** A level that is being dragged. */
interface Drag {
  readonly id: number;
  readonly uri: string;
  /** The newest place that nobody has seen to yet. */
  next: DragLevel | undefined;
  /** Where its number begins, once an edit has shown it: the code may change on the way, this does not. */
  start: Position | undefined;
  /** The number before the drag, and as it is now; undefined while nothing is changed. */
  before: string | undefined;
  now: string | undefined;
  /** The version of the text that the last edit has made. Another one is somebody else's, and ends the drag. */
  version: number | undefined;
  isOver: boolean;
}

/**
 * Moves levels in the text as they are dragged in a panel. All moves of a drag are one step of undo: the first one begins it, the last one closes
 * it. Moves that come faster than the text can follow are passed over.
 */
export class LevelDrags {
  readonly #server: Server;
  readonly #columnBeside: () => ViewColumn;
  #drag: Drag | undefined;
  #work: Promise<void> = Promise.resolve();

  /** @param columnBeside Where a document is opened that cannot be seen. */
  constructor(server: Server, columnBeside: () => ViewColumn) {
    this.#server = server;
    this.#columnBeside = columnBeside;
  }

  /** The panel's script has begun anew, and counts its drags from the start. */
  forget(): void {
    this.#drag = undefined;
  }

  /** Takes in a message of the panel. Resolves when all that has come so far is seen to. */
  hear(message: DragLevel): Promise<void> {
    const { drag: id, uri } = message;
    if (this.#drag?.id !== id || this.#drag.uri !== uri) {
      // The end of one that never began here.
      if (message.phase === 'cancel') return this.#work;
      this.#drag = { id, uri, next: undefined, start: undefined, before: undefined, now: undefined, version: undefined, isOver: false };
    }
    const drag = this.#drag;
    const isWaiting = drag.next !== undefined;
    drag.next = message;
    if (!isWaiting) this.#work = this.#work.then(() => this.#step(drag));
    return this.#work;
  }

  async #step(drag: Drag): Promise<void> {
    const message = drag.next;
    drag.next = undefined;
    if (!message || drag.isOver) return;
    try {
      await (message.phase === 'cancel' ? this.#takeBack(drag) : this.#move(drag, message));
    } catch (error) {
      drag.isOver = true;
      this.#server.output.error(`The level was not moved: ${String(error)}`);
    }
    if (message.phase !== 'move') drag.isOver = true;
  }

  async #move(drag: Drag, { format, code, level, phase }: DragLevel): Promise<void> {
    const editor = await this.#editorOf(drag.uri);
    const edit = await this.#editFor(drag, editor.document, { format, code, level });
    if (!edit) return;
    const range = rangeOf(edit);
    const isLast = phase === 'end';
    const before = editor.document.getText(range);
    // The last one closes the step of undo, whether it moves anything or not.
    if (edit.newText === before && !(isLast && drag.before !== undefined)) return;
    await this.#replace(drag, editor, range, edit.newText, isLast);
    drag.before ??= before;
    drag.start = range.start;
  }

  /** Undefined where the level cannot be moved: the server says so where nothing was moved yet, else somebody else has changed the text. */
  async #editFor(drag: Drag, document: TextDocument, moved: Pick<DragLevel, 'format' | 'code' | 'level'>): Promise<LevelEdit | undefined> {
    for (let i = 0; i < MOST_TRIES; i++) {
      if (drag.version !== undefined && document.version !== drag.version) break;
      const { version } = document;
      const at = drag.start ? { line: drag.start.line, character: drag.start.character } : null;
      const edit = await this.#server.request('nibble/levelEdit', { uri: drag.uri, version, at, ...moved });
      if (edit && edit.version === document.version) return edit;
      if (document.version === version) break;
    }
    if (drag.version === undefined || document.version !== drag.version) drag.isOver = true;
    return undefined;
  }

  async #takeBack(drag: Drag): Promise<void> {
    const { start, before, now } = drag;
    if (start === undefined || before === undefined || now === undefined) return;
    const editor = await this.#editorOf(drag.uri);
    if (editor.document.version !== drag.version) return;
    await this.#replace(drag, editor, new Range(start, start.translate(0, now.length)), before, true);
  }

  async #replace(drag: Drag, editor: TextEditor, range: Range, text: string, isLast: boolean): Promise<void> {
    const stops = { undoStopBefore: drag.before === undefined, undoStopAfter: isLast };
    if (!(await editor.edit((builder) => builder.replace(range, text), stops))) {
      drag.isOver = true;
      void window.showWarningMessage('The document cannot be changed, so the level stays where it is');
      return;
    }
    drag.now = text;
    drag.version = editor.document.version;
  }

  /** An editor that shows the document: undo is of an editor, and who moves a level wants to see its number. */
  async #editorOf(uri: string): Promise<TextEditor> {
    const shown = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    if (shown) return shown;
    const document = await workspace.openTextDocument(Uri.parse(uri));
    return window.showTextDocument(document, { viewColumn: this.#columnBeside(), preserveFocus: true });
  }
}

const rangeOf = ({ place: { range } }: LevelEdit): Range =>
  new Range(range.start.line, range.start.character, range.end.line, range.end.character);
