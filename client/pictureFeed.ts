import { type CancellationToken, CancellationTokenSource } from 'vscode';
import type { PictureAnswer, PictureWish } from '../protocol/pictures.ts';

/** What a feed needs of others. */
export interface FeedParts {
  /** `stamp` is that of the answer that is shown, where it has one. */
  readonly ask: (
    uri: string,
    wish: PictureWish,
    stamp: number | undefined,
    token: CancellationToken,
  ) => Promise<PictureAnswer | 'unchanged' | null>;
  readonly show: (answer: PictureAnswer) => void;
  /** Told of a document of which nothing is wanted any more. */
  readonly leave: (uri: string) => void;
  /** Told of what went wrong, but not of what was cancelled. */
  readonly fail: (error: unknown) => void;
}

/**
 * Keeps one picture of one document up to date: asked for once at a time, again when it has changed meanwhile, and given up when another one is
 * wanted. An answer that nobody waits for any more is dropped.
 */
export class PictureFeed {
  readonly #parts: FeedParts;
  #wanted: { readonly uri: string; readonly wish: PictureWish } | undefined;
  #asking: CancellationTokenSource | undefined;
  #hasChanged = false;
  /** Of the last answer to what is wanted. */
  #stamp: number | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Wants this picture from now on; null: none. */
  want(uri: string, wish: PictureWish | null): void {
    const before = this.#wanted?.uri;
    this.#asking?.cancel();
    this.#asking = undefined;
    this.#hasChanged = false;
    this.#stamp = undefined;
    this.#wanted = wish === null ? undefined : { uri, wish };
    if (before !== undefined && before !== this.#wanted?.uri) this.#parts.leave(before);
    this.#next();
  }

  /** Wants the same as if nothing had been answered: versions and stamps begin anew. */
  renew(): void {
    if (this.#wanted) this.want(this.#wanted.uri, this.#wanted.wish);
  }

  /** Wants nothing any more. */
  stop(): void {
    if (this.#wanted) this.want(this.#wanted.uri, null);
  }

  /** What the server would answer of a document may have changed. While it answers, it is not asked anew: else a slow picture would never come. */
  changed(uri: string): void {
    if (this.#wanted?.uri !== uri) return;
    this.#hasChanged = true;
    if (!this.#asking) this.#next();
  }

  #next(): void {
    const wanted = this.#wanted;
    if (!wanted) return;
    const source = new CancellationTokenSource();
    this.#asking = source;
    this.#hasChanged = false;
    this.#parts
      .ask(wanted.uri, wanted.wish, this.#stamp, source.token)
      .then(
        (answer) => {
          if (!answer || answer === 'unchanged' || this.#asking !== source) return;
          this.#stamp = answer.stamp;
          this.#parts.show(answer);
        },
        (error) => {
          if (this.#asking === source) this.#parts.fail(error);
        },
      )
      .finally(() => {
        source.dispose();
        if (this.#asking !== source) return;
        this.#asking = undefined;
        if (this.#hasChanged) this.#next();
      });
  }
}
