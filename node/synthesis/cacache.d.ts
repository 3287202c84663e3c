// What Nibble uses of cacache (https://github.com/npm/cacache), which brings no types.

declare module 'cacache' {
  /** Fails where there is no such entry, or its content is not what was put. */
  export function get(cache: string, key: string): Promise<{ readonly data: Buffer }>;
  export namespace get {
    /** What the index says of an entry; null where there is none. */
    function info(cache: string, key: string): Promise<{ readonly integrity: string } | null>;
  }
  export function put(cache: string, key: string, data: string): Promise<unknown>;
  export namespace rm {
    /** Takes the content away that has this hash. */
    function content(cache: string, integrity: string): Promise<unknown>;
  }
}
