/** Tells whether a large picture is made of what it was made of before: so it need not be made, sent and drawn again at every key. */
export class PictureStamps {
  /** By document, the parts of its last such picture. One at a time is shown. */
  readonly #last = new Map<string, { readonly parts: readonly unknown[]; readonly stamp: number }>();
  #newest = 0;

  /**
   * The stamp of a picture of a document: that of the last one where all parts are the very same, else one that no picture has.
   * @param parts Text and numbers, and objects that are never changed but replaced.
   */
  of(uri: string, parts: readonly unknown[]): number {
    const last = this.#last.get(uri);
    if (last && last.parts.length === parts.length && last.parts.every((part, i) => part === parts[i])) return last.stamp;
    this.#newest++;
    this.#last.set(uri, { parts, stamp: this.#newest });
    return this.#newest;
  }

  forget(uri: string): void {
    this.#last.delete(uri);
  }
}
