import { asap7 } from './asap7.ts';
import type { CellLibrary } from './cellLibrary.ts';
import { nangate45 } from './nangate45.ts';
import { sg13g2 } from './sg13g2.ts';
import { sky130 } from './sky130.ts';

export type { Cell, CellLibrary } from './cellLibrary.ts';

/** The cell libraries that come with Nibble, by the name under which a specification asks for them. */
export const cellLibraries: Readonly<Record<string, CellLibrary>> = { nangate45, sky130, asap7, sg13g2 };
