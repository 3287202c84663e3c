import type { Check } from './netlist/mismatch.ts';

/** What is synthesised, and with which cells: what a `hardware` declaration means. */
export interface HardwareSpec {
  /** The name of a built-in cell library, or the path of a Liberty file. */
  readonly cells: string;
  /** `both`: weight and activation are codes of the format. The others: the weight is a code, the activation is of this type. */
  readonly datapath: 'both' | 'int8' | 'fp16';
  /** Products that are added without loss, 1 to 2^20. */
  readonly terms: number;
  /** Width of the fixed point that levels are rounded to where they have no common grid, 2 to 13. */
  readonly fixedPointBits: number;
}

/** What one MAC unit comes to: post-mapping cell area, without wires, placement or a clock tree. */
export interface AreaFigures {
  /** The name of the architecture of its product. */
  readonly architecture: string;
  /** Of the whole unit, in um^2. */
  readonly area: number;
  /** The same in areas of the library's NAND of two inputs; undefined where it has none. */
  readonly ge: number | undefined;
  /** Of decoding and multiplying, synthesised alone, in um^2. */
  readonly product: number;
  /**
   * Of the decoders, as many as factors are codes, each synthesised alone, in um^2. They share logic with what multiplies, so it may take less
   * than the product without them. 0 for a table of products; undefined where only the best was asked for.
   */
  readonly decode: number | undefined;
  /** Of the rest, in um^2: the sum with its register, and in the reference MAC also what holds operands and product. */
  readonly accumulator: number;
  /** Of the flip-flops alone, which are part of `accumulator`, in um^2. */
  readonly registers: number;
  /** Of the cells in static CMOS, by the rule of `transistorsOf`. */
  readonly transistors: number;
  /** Bits of the sum, exact for all terms. */
  readonly accumulatorBits: number;
  /** Cells on the longest path; no delay. Where product and accumulator were mapped apart, the sum of both. */
  readonly levelsOfLogic: number;
}

/** The area of a format on hardware. Every netlist behind a figure was compared with its codebook first. */
export interface AreaReport {
  /** The name of the cell library, or the path of the Liberty file. */
  readonly cells: string;
  /** The process of the library; empty where a Liberty file does not say. */
  readonly node: string;
  readonly datapath: HardwareSpec['datapath'];
  readonly terms: number;
  readonly grid: AreaGrid;
  /** The smallest unit found: an exact accumulator behind a combinational product, mapped together or apart. */
  readonly best: AreaFigures;
  /** A unit in three stages, in the manner of arXiv 2405.03103, Table 10; undefined where only the best was asked for. */
  readonly reference: AreaFigures | undefined;
  readonly checked: AreaChecks;
  /** The Yosys that mapped it. */
  readonly yosys: string;
}

/** A report with its reference MAC: of every effort but `best`. */
export interface WholeAreaReport extends AreaReport {
  readonly reference: AreaFigures;
}

/** The grid that levels were put on. */
export interface AreaGrid {
  /** What the integer 1 stands for. */
  readonly step: number;
  /** Width of a code. */
  readonly bits: number;
  /** Undefined where levels have a common grid and nothing was rounded. */
  readonly fixedPointBits: number | undefined;
  /** The largest distance of a level from its integer, in steps. */
  readonly largestError: number;
}

/** How the netlists were compared with the codebook. There is no report where one differs. */
export interface AreaChecks {
  /** Of the product of the best unit: all pairs of codes, or for wide activations a sample. */
  readonly product: Pick<Check, 'coverage' | 'nVectors' | 'nEqual'>;
  /** Netlists that were compared, those of the units that did not win included. */
  readonly nNetlists: number;
}
