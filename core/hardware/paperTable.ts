/** A row of a published table of MAC units. */
export interface PublishedMac {
  /** The name in `std.paper`. */
  readonly format: string;
  readonly bits: number;
  readonly accumulatorBits: number;
  /** Areas in um^2. */
  readonly multiplierArea: number;
  readonly accumulatorArea: number;
  readonly macArea: number;
  /** In uW. */
  readonly power: number;
  /** Over INT4, in percent of the chip, as printed. */
  readonly chipOverheadPercent: number;
}

/** Where {@link paperTable} is from, to be shown beside its numbers. */
export const PAPER_TABLE_SOURCE =
  'Dotzel et al., "Learning from Students", ICML 2024, arXiv 2405.03103, Table 10: TSMC 28 nm, Synopsys Design Compiler, 256 terms; clock, corner and voltage not given';

/**
 * The MAC units of the paper. NF4 and SF4 were not synthesised. The printed accumulators of E2M1_I and E2M1_B are narrower than exact ones
 * (23 and 25 bits), that of E2M1_SP is wider (17 bits): it is one for a grid of 0.25, while 5 lies on that of 0.5.
 */
export const paperTable: readonly PublishedMac[] = [
  row('INT4', 4, 16, 75.3, 85.4, 160.7, 48.5, 0),
  row('INT5', 5, 18, 106.6, 97.0, 203.6, 59.8, 17.7),
  row('E2M1_I', 4, 20, 119.1, 109.1, 228.2, 59.7, 4.2),
  row('E2M1_B', 4, 23, 137.9, 131.0, 268.9, 67.9, 6.7),
  row('E2M1', 4, 17, 79.7, 90.7, 170.4, 49.6, 0.6),
  row('E2M1_SR', 4, 18, 96.8, 94.5, 191.3, 53.5, 1.9),
  row('E2M1_SP', 4, 19, 121.5, 96.5, 218.0, 54.6, 3.6),
  row('E3M0', 4, 22, 98.0, 119.7, 217.7, 59.5, 3.6),
  row('APoT4', 4, 16, 96.2, 85.4, 181.6, 47.2, 1.3),
  row('APoT4_SP', 4, 16, 99.7, 85.4, 185.1, 45.5, 1.5),
];

/** The row of a format by its name in `std.paper`; undefined where the paper has none. */
export const publishedMac = (format: string): PublishedMac | undefined => paperTable.find((mac) => mac.format === format);

function row(
  format: string,
  bits: number,
  accumulatorBits: number,
  multiplierArea: number,
  accumulatorArea: number,
  macArea: number,
  power: number,
  chipOverheadPercent: number,
): PublishedMac {
  return { format, bits, accumulatorBits, multiplierArea, accumulatorArea, macArea, power, chipOverheadPercent };
}
