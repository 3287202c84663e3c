import { type Disposable, type TextEditor, window } from 'vscode';
import type { Server } from './server.ts';

/** What the cursor of an editor is on. */
export interface Selected {
  readonly format: string | null;
  readonly code: number | null;
}

/** How long the cursor must rest, in milliseconds: who runs through a text wants nothing to flicker beside it. */
const restMs = 120;

/** Tells which format, and which of its levels, the cursor of a Nibble document is on, each time that it rests: while somebody listens. */
export class CursorWatch implements Disposable {
  readonly #server: Server;
  readonly #told: (uri: string, selected: Selected) => void;
  #subscription: Disposable | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last that was told, and of which document. */
  #last: { readonly uri: string; readonly selected: Selected } | undefined;

  /** @param told Called with what is new. */
  constructor(server: Server, told: (uri: string, selected: Selected) => void) {
    this.#server = server;
    this.#told = told;
  }

  /** Somebody listens from now on, who sees this document: told where its cursor is, unless a format was selected meanwhile. */
  begin(uri: string | undefined): void {
    this.#subscription ??= window.onDidChangeTextEditorSelection(({ textEditor }) => this.#soon(textEditor));
    const editor = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
    if (editor && this.#last?.uri !== uri) this.#soon(editor);
  }

  /** Nobody listens any more. */
  end(): void {
    this.#forgetCursor();
    this.#last = undefined;
    this.#subscription?.dispose();
    this.#subscription = undefined;
  }

  /** What is known of a document. */
  selected(uri: string): Selected | undefined {
    return this.#last?.uri === uri ? this.#last.selected : undefined;
  }

  /** Tells of a format as if the cursor were on it. */
  select(uri: string, selected: Selected): void {
    this.#forgetCursor();
    this.#last = { uri, selected };
    this.#told(uri, selected);
  }

  dispose(): void {
    this.end();
  }

  #soon(editor: TextEditor): void {
    if (editor.document.languageId !== 'nibble') return;
    this.#forgetCursor();
    this.#timer = setTimeout(() => {
      this.#look(editor).catch((error) => this.#server.output.error(`The format at the cursor: ${String(error)}`));
    }, restMs);
  }

  /** Nobody waits for where the cursor was. */
  #forgetCursor(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #look({ document, selection }: TextEditor): Promise<void> {
    const timer = this.#timer;
    const uri = document.uri.toString();
    const { line, character } = selection.active;
    const found = await this.#server.request('nibble/formatAt', { uri, position: { line, character } });
    // The cursor has moved on meanwhile, or nobody listens any more.
    if (timer !== this.#timer) return;
    const before = this.selected(uri);
    const now: Selected = found ?? { format: null, code: null };
    if (before?.format !== now.format || before.code !== now.code) this.select(uri, now);
  }
}
