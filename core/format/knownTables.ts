/** A published format, by its distinct levels. */
export interface Known {
  readonly name: string;
  /** Where its values are published. */
  readonly source: string;
  /** Other names of the same levels, or of a multiple of them. */
  readonly aliases: readonly string[];
  /** In the units of the source, ascending, 0 and -0 as one. */
  readonly levels: readonly number[];
}

const PAPER = 'arXiv 2405.03103, Table 15';
const OCP = 'OCP Microscaling Formats 1.0';
const BITSANDBYTES = 'bitsandbytes';
const POSIT = 'Gustafson and Yonemoto, 2017';
const BOF4 = 'arXiv 2505.06653, Table 6';

/** Zero, the magnitudes, and their negatives. */
const mirrored = (...magnitudes: readonly number[]): readonly number[] => [...magnitudes.map((x) => -x).reverse(), 0, ...magnitudes];

const ascending = (...levels: readonly number[]): readonly number[] => levels.toSorted((a, b) => a - b);

const known = (name: string, source: string, levels: readonly number[], aliases: readonly string[] = []): Known => ({
  name,
  source,
  aliases,
  levels,
});

const E2M1 = mirrored(0.5, 1, 1.5, 2, 3, 4, 6);
const APOT4 = mirrored(0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1);

/** Published formats of 4 and 3 bits. Where two are multiples of each other, the better known one has the other among its aliases. */
// biome-ignore format: one table, one row
export const knownTables: readonly Known[] = [
  known('INT4, symmetric', "two's complement without its lowest code", mirrored(1, 2, 3, 4, 5, 6, 7), ['P3109 binary4p3', 'S1P2, the element of HiF4']),
  known('INT4', "two's complement", [-8, ...mirrored(1, 2, 3, 4, 5, 6, 7)], ['Q4_0']),
  known('E2M1', OCP, E2M1, ['FP4_BASIC', 'the element of MXFP4 and NVFP4', 'kvalues_mxfp4', 'P3109 binary4p2']),
  known('E2M1 with super-range (SR)', PAPER, ascending(...E2M1, 8), ['FP4_RANGE']),
  known('E2M1 with super-precision (SP)', PAPER, ascending(...E2M1, 5), ['FP4_PREC2']),
  known('E2M1 with 2.5', PAPER, ascending(...E2M1, 2.5), ['FP4_PREC1']),
  known('E2M1 with -5', 'BitMoD, HPCA 2025', ascending(...E2M1, -5)),
  known('E2M1 with -8', 'BitMoD, HPCA 2025', ascending(...E2M1, -8)),
  known('E2M1-I', PAPER, mirrored(0.0625, 1, 1.5, 2, 3, 4, 6), ['FP4_E2M1 of Intel Neural Compressor']),
  known('E2M1-B', BITSANDBYTES, mirrored(0.0625, 2, 3, 4, 6, 8, 12), ['fp4', 'FP4_BNB']),
  known('E2M1-NS', PAPER, mirrored(0.75, 1, 1.5, 2, 3, 4, 6), ['E2M1 without subnormals']),
  known('E1M2 without subnormals', PAPER, mirrored(1.25, 1.5, 1.75, 2, 2.5, 3, 3.5)),
  known('E3M0', PAPER, mirrored(0.25, 0.5, 1, 2, 4, 8, 16), ['FP4_LOG', 'P3109 binary4p1']),
  known('APoT4', 'APoT, arXiv 1909.13144', APOT4),
  known('APoT4 with super-precision (SP)', PAPER, ascending(...APOT4, 0.5)),
  known('flint4', 'ANT, arXiv 2208.14286', mirrored(1, 2, 3, 4, 6, 8, 16), ['mokey', 'posit4, es = 0']),
  known('denorm4', PAPER, [-7, -6, -5, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6]),
  known('EN_25', PAPER, [...mirrored(0.063069, 0.138071, 0.227264, 0.333333, 0.459471, 0.609476, 0.787862), 1]),
  known('NF4', BITSANDBYTES, [
    -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
    0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
  ]),
  known('NF4, 4 decimals', 'torchao', [
    -1, -0.6962, -0.5251, -0.3949, -0.2844, -0.1848, -0.0911, 0, 0.0796, 0.1609, 0.2461, 0.3379, 0.4407, 0.5626, 0.723, 1,
  ]),
  known('AF4', 'bitsandbytes, arXiv 2306.06965', [
    -1, -0.69441008, -0.51243739, -0.3736951, -0.25607552, -0.14982478, -0.04934812, 0,
    0.04273164, 0.12934483, 0.21961274, 0.31675666, 0.42563882, 0.55496234, 0.72424863, 1,
  ]),
  known('SF4 (nu = 5)', PAPER, [
    -1, -0.627781, -0.454736, -0.334331, -0.237434, -0.152899, -0.074982, 0, 0.065513, 0.132965, 0.204661, 0.283835, 0.375805, 0.491076, 0.656781, 1,
  ]),
  known('SF4 (nu = 3)', PAPER, [
    -1, -0.575725, -0.403755, -0.29162, -0.204868, -0.131054, -0.064036, 0, 0.055934, 0.113835, 0.176078, 0.246078, 0.329642, 0.438727, 0.60598, 1,
  ]),
  known('SF4 (nu = 4)', PAPER, [
    -1, -0.608729, -0.435845, -0.318393, -0.225229, -0.144689, -0.070863, 0, 0.061908, 0.125773, 0.193936, 0.269711, 0.358617, 0.471724, 0.638231, 1,
  ]),
  known('SF4 (nu = 6)', PAPER, [
    -1, -0.640101, -0.467104, -0.344838, -0.245517, -0.15835, -0.077722, 0, 0.067911, 0.137742, 0.211771, 0.293169, 0.387111, 0.503714, 0.66875, 1,
  ]),
  // Rounded from test/oracles/levels.py: the published table has 16 digits of the same formula.
  known('SF4 (nu = 7)', 'arXiv 2405.03103', [
    -1, -0.648696, -0.475805, -0.352267, -0.251247, -0.162222, -0.07967, 0, 0.069616, 0.141138, 0.216817, 0.299779, 0.395092, 0.512591, 0.677087, 1,
  ]),
  known('IQ4_NL', 'llama.cpp', [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], ['IQ4_XS', 'kvalues_iq4nl']),
  known('BOF4 (MAE, block 64)', BOF4, [
    -1, -0.7026305794715881, -0.5272703766822815, -0.3946738243103027, -0.2832144796848297, -0.1835313588380814, -0.090308666229248, 0,
    0.0789600014686584, 0.1598792523145676, 0.244986355304718, 0.3372218906879425, 0.441359281539917, 0.565777063369751, 0.7299178242683411, 1,
  ]),
  known('BOF4 (MSE, block 64)', BOF4, [
    -1, -0.7535245418548584, -0.579203724861145, -0.4385998845100403, -0.3167679905891418, -0.2059924453496933, -0.1015387624502182, 0,
    0.0887245312333107, 0.1793769598007202, 0.2741499841213226, 0.3758211433887482, 0.4884937703609467, 0.6187058687210083, 0.7790452241897583, 1,
  ]),
  known('BOF4-S (MAE, block 64)', BOF4, [
    -0.8018798232078552, -0.6076051592826843, -0.468828022480011, -0.3559602797031403, -0.2576169371604919, -0.1677481383085251, -0.0827366262674332, 0,
    0.0789434835314751, 0.1597966849803925, 0.2448495477437973, 0.3371480107307434, 0.4412573873996735, 0.5656819343566895, 0.7298068404197693, 1,
  ]),
  known('BOF4-S (MSE, block 64)', BOF4, [
    -0.8568463921546936, -0.6692874431610107, -0.5235266089439392, -0.4004882574081421, -0.2910638153553009, -0.1900092959403992, -0.0938529595732689, 0,
    0.0887671709060669, 0.1794802695512772, 0.2743096053600311, 0.3760197460651398, 0.4886530041694641, 0.6188603639602661, 0.7791395783424377, 1,
  ]),
  known('posit4, es = 1', POSIT, mirrored(1 / 16, 1 / 4, 1 / 2, 1, 2, 4, 16)),
  known('posit4, es = 2', POSIT, mirrored(1 / 256, 1 / 16, 1 / 4, 1, 4, 16, 256)),
  known('INT3, symmetric', "two's complement without its lowest code", mirrored(1, 2, 3)),
  known('INT3', "two's complement", [-4, ...mirrored(1, 2, 3)]),
  known('E2M0', PAPER, mirrored(1, 2, 4), ['FP3_LOG']),
  known('NF3', PAPER, [-1, -0.5350227084855379, -0.24693143181157517, 0, 0.18333748033548752, 0.3819939543209139, 0.6229857417143423, 1]),
  known('SF3 (nu = 5)', PAPER, [-1, -0.41084770299806544, -0.1801188154332576, 0, 0.1329647268004446, 0.2838347031321646, 0.49107557131011725, 1]),
];
