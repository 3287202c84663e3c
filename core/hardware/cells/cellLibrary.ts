/** What area is counted in: the smallest cell of each logic function of a standard-cell library, without timing. Plain data. */
export interface CellLibrary {
  /** As a specification writes it. */
  readonly name: string;
  /** The library with its version and corner. */
  readonly title: string;
  readonly process: string;
  readonly licence: string;
  /** Where the areas and functions are published. */
  readonly source: string;
  readonly cells: readonly Cell[];
  /** Area of a D flip-flop without reset, in um^2. */
  readonly flipFlopArea: number;
  /** Area of a full adder, in um^2; undefined where the library has none. */
  readonly fullAdderArea: number | undefined;
  readonly halfAdderArea: number | undefined;
}

/** A combinational cell with one output. */
export interface Cell {
  readonly name: string;
  /** In um^2. */
  readonly area: number;
  /** 1 to 6. */
  readonly nInputs: number;
  /** Bit m is the output where input i is bit i of m. */
  readonly truthTable: bigint;
}
