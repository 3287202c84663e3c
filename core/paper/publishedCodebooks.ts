/** A codebook as arXiv 2405.03103, Table 15, and its published code print it. */
export interface PublishedCodebook {
  /** The name in `std.paper`; of a family with its argument. */
  readonly format: string;
  /** What the paper calls it. */
  readonly printedName: string;
  /** Ascending. */
  readonly levels: readonly number[];
  /** Decimals that are printed: half of the last is what a table may be off by. */
  readonly decimals: number;
}

/** Where {@link publishedCodebooks} are from. */
export const CODEBOOK_SOURCE = 'arXiv 2405.03103, Table 15, and github.com/cornell-zhang/llm-datatypes';

/** The eleven datatypes that the paper evaluates, in its order. INT4 is printed with -8, which its scale never reaches. */
export const publishedCodebooks: readonly PublishedCodebook[] = [
  printed(
    'NF4',
    'NF4',
    17,
    [
      -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495,
      0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
      0.7229568362236023, 1,
    ],
  ),
  printed(
    'SF4',
    'SF4',
    6,
    studentFloat(
      [0.627781, 0.454736, 0.334331, 0.237434, 0.152899, 0.074982],
      [0.065513, 0.132965, 0.204661, 0.283835, 0.375805, 0.491076, 0.656781],
    ),
  ),
  printed('INT4', 'INT4', 0, [-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7]),
  printed('E2M1_I', 'E2M1-I', 4, mirrored([0.0625, 1, 1.5, 2, 3, 4, 6])),
  printed('E2M1_B', 'E2M1-B', 4, mirrored([0.0625, 2, 3, 4, 6, 8, 12])),
  printed('E2M1', 'E2M1', 1, mirrored([0.5, 1, 1.5, 2, 3, 4, 6])),
  printed('E2M1_SR', 'E2M1 + SR', 1, [...mirrored([0.5, 1, 1.5, 2, 3, 4, 6]), 8]),
  printed('E2M1_SP', 'E2M1 + SP', 1, [...mirrored([0.5, 1, 1.5, 2, 3, 4, 6]), 5]),
  printed('E3M0', 'E3M0', 2, mirrored([0.25, 0.5, 1, 2, 4, 8, 16])),
  printed('APoT4', 'APoT4', 1, mirrored([0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1])),
  printed('APoT4_SP', 'APoT4 + SP', 1, [...mirrored([0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1]), 0.5]),
];

/** Student Float by its degrees of freedom, as the published code has it. */
export const publishedStudentFloats: readonly PublishedCodebook[] = [
  printed(
    'SF(3)',
    'SF4, nu = 3',
    6,
    studentFloat(
      [0.575725, 0.403755, 0.29162, 0.204868, 0.131054, 0.064036],
      [0.055934, 0.113835, 0.176078, 0.246078, 0.329642, 0.438727, 0.60598],
    ),
  ),
  printed(
    'SF(4)',
    'SF4, nu = 4',
    6,
    studentFloat(
      [0.608729, 0.435845, 0.318393, 0.225229, 0.144689, 0.070863],
      [0.061908, 0.125773, 0.193936, 0.269711, 0.358617, 0.471724, 0.638231],
    ),
  ),
  printed('SF(5)', 'SF4, nu = 5', 6, publishedCodebooks[1]!.levels),
  printed(
    'SF(6)',
    'SF4, nu = 6',
    6,
    studentFloat(
      [0.640101, 0.467104, 0.344838, 0.245517, 0.15835, 0.077722],
      [0.067911, 0.137742, 0.211771, 0.293169, 0.387111, 0.503714, 0.66875],
    ),
  ),
];

function printed(format: string, printedName: string, decimals: number, levels: readonly number[]): PublishedCodebook {
  return { format, printedName, decimals, levels: [...levels].sort((a, b) => a - b) };
}

/** The magnitudes below zero, from the largest, and the levels above it; the outermost are 1. */
function studentFloat(below: readonly number[], above: readonly number[]): readonly number[] {
  return [-1, ...below.map((level) => -level), 0, ...above, 1];
}

function mirrored(magnitudes: readonly number[]): readonly number[] {
  return [...magnitudes.map((level) => -level), 0, ...magnitudes];
}
