import type { YosysJob, YosysOutput } from './yosys.ts';

/** What the parent sends. The child answers each request once, before it gets the next. */
export type ChildRequest = YosysJob;

export type ChildReply =
  | ({ readonly kind: 'done' } & YosysOutput)
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'refused'; readonly log: string }
  | { readonly kind: 'crashed'; readonly reason: string; readonly log: string };

/** The environment variable with the memory, in bytes, that Yosys may fill. */
export const memoryVariable = 'NIBBLE_YOSYS_MEMORY';
