import { describe, expect, test } from 'vitest';
import { analyseModule } from '../../../core/lang/analysis.ts';
import { loadLibrary } from '../../../core/lang/module.ts';
import { analysed, formatOf } from '../../support/analysed.ts';
import { expectNumbers } from '../../support/numbers.ts';

// arXiv 2405.03103, Table 15, and the tables of the paper's published code. SF4 with nu = 7 has 16 digits there, of which 10 are right.

const library = analyseModule(loadLibrary('std.paper')!);

const sf4: Readonly<Record<number, string>> = {
  3: '-1 -.575725 -.403755 -.29162 -.204868 -.131054 -.064036 0 .055934 .113835 .176078 .246078 .329642 .438727 .60598 1',
  4: '-1 -.608729 -.435845 -.318393 -.225229 -.144689 -.070863 0 .061908 .125773 .193936 .269711 .358617 .471724 .638231 1',
  5: '-1 -.627781 -.454736 -.334331 -.237434 -.152899 -.074982 0 .065513 .132965 .204661 .283835 .375805 .491076 .656781 1',
  6: '-1 -.640101 -.467104 -.344838 -.245517 -.15835 -.077722 0 .067911 .137742 .211771 .293169 .387111 .503714 .66875 1',
};

const levels: Readonly<Record<string, string>> = {
  INT4: '-8 -7 -6 -5 -4 -3 -2 -1 0 1 2 3 4 5 6 7',
  INT5: '-16 -15 -14 -13 -12 -11 -10 -9 -8 -7 -6 -5 -4 -3 -2 -1 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15',
  E2M1: '-6 -4 -3 -2 -1.5 -1 -.5 0 .5 1 1.5 2 3 4 6',
  E2M1_SR: '-6 -4 -3 -2 -1.5 -1 -.5 0 .5 1 1.5 2 3 4 6 8',
  E2M1_SP: '-6 -4 -3 -2 -1.5 -1 -.5 0 .5 1 1.5 2 3 4 5 6',
  E2M1_SP1: '-6 -4 -3 -2 -1.5 -1 -.5 0 .5 1 1.5 2 2.5 3 4 6',
  E2M1_I: '-6 -4 -3 -2 -1.5 -1 -1/16 0 1/16 1 1.5 2 3 4 6',
  E2M1_B: '-12 -8 -6 -4 -3 -2 -1/16 0 1/16 2 3 4 6 8 12',
  E2M1_NS: '-6 -4 -3 -2 -1.5 -1 -.75 0 .75 1 1.5 2 3 4 6',
  E1M2: '-3.5 -3 -2.5 -2 -1.75 -1.5 -1.25 0 1.25 1.5 1.75 2 2.5 3 3.5',
  E3M0: '-16 -8 -4 -2 -1 -.5 -.25 0 .25 .5 1 2 4 8 16',
  E2M0: '-4 -2 -1 0 1 2 4',
  APoT4: '-1 -.8 -.6 -.4 -.3 -.2 -.1 0 .1 .2 .3 .4 .6 .8 1',
  APoT4_SP: '-1 -.8 -.6 -.4 -.3 -.2 -.1 0 .1 .2 .3 .4 .5 .6 .8 1',
  NF4: '-1 -.6961928009986877 -.5250730514526367 -.39491748809814453 -.28444138169288635 -.18477343022823334 -.09105003625154495 0 .07958029955625534 .16093020141124725 .24611230194568634 .33791524171829224 .44070982933044434 .5626170039176941 .7229568362236023 1',
  NF3: '-1 -.53502270848554 -.24693143181158 0 .18333748033549 .38199395432091 .62298574171434 1',
  SF4: sf4[5]!,
  SF3: '-1 -.410848 -.180119 0 .132965 .283835 .491076 1',
  flint4: '-16 -8 -6 -4 -3 -2 -1 0 1 2 3 4 6 8 16',
  denorm4: '-7 -6 -5 -4 -3 -2 -1 -.5 0 .5 1 2 3 4 5 6',
  en25: '-.787862 -.609476 -.459471 -.333333 -.227264 -.138071 -.063069 0 .063069 .138071 .227264 .333333 .459471 .609476 .787862 1',
};

test('the library has no findings', () => {
  expect(library.findings).toEqual([]);
});

test('every format of the library has its table here', () => {
  const names = [...library.module.own.keys()].filter((name) => name !== 'SF');
  expect(names.toSorted()).toEqual(Object.keys(levels).toSorted());
});

describe('the levels are those of the published tables', () => {
  test.each(Object.entries(levels))('%s', (name, said) => expectNumbers([...formatOf(library, name).codebook.ascending], said));

  test.each(Object.entries(sf4))('SF(%s)', (nu, said) => {
    const { codebook } = formatOf(analysed(`use std.paper\nformat It = SF(${nu})`), 'It');
    expectNumbers([...codebook.ascending], said);
  });

  test('NF4 is bit for bit float32', () => {
    const { ascending } = formatOf(library, 'NF4').codebook;
    expect([...ascending].every((level) => Math.fround(level) === level)).toBe(true);
  });
});

/** Codes in value order, signed as in the paper's code: -1 is 1111. */
const encodings: Readonly<Record<string, readonly number[]>> = {
  NF4: [7, 1, 2, 3, 4, 5, 6, 0, -8, -7, -6, -5, -4, -3, -2, -1],
  SF4: [7, 1, 2, 3, 4, 5, 6, 0, -8, -7, -6, -5, -4, -3, -2, -1],
  en25: [7, 1, 2, 3, 4, 5, 6, 0, -8, -7, -6, -5, -4, -3, -2, -1],
  E2M1: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  E2M1_I: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  E2M1_NS: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  E1M2: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  E3M0: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  APoT4: [-1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
  E2M1_B: [-5, -6, -3, -4, -1, -2, -7, 0, 1, 6, 7, 4, 5, 2, 3],
  NF3: [3, 1, 2, 0, -4, -3, -2, -1],
  SF3: [3, 1, 2, 0, -4, -3, -2, -1],
  denorm4: [-8, -1, -2, -3, -4, -5, -6, -7, 0, 1, 2, 3, 4, 5, 6, 7],
};

describe('the codes are those of the paper', () => {
  test.each(Object.entries(encodings))('%s', (name, codes) => {
    const { codebook, bits } = formatOf(library, name);
    expect([...codebook.codes].map((code) => (codes.includes(code - 2 ** bits) ? code - 2 ** bits : code))).toEqual(codes);
  });

  test('a supernormal value has the code of -0, as the paper says and its code does not', () => {
    for (const [name, value] of [
      ['E2M1_SR', 8],
      ['E2M1_SP', 5],
      ['E2M1_SP1', 2.5],
      ['APoT4_SP', 0.5],
    ] as const) {
      expect(formatOf(library, name).table.levels[0b1000]).toBe(value);
      expect(formatOf(library, name).table.levels[0]).toBe(0);
    }
  });

  test('OCP minifloats leave 1000 unused', () => {
    expect(formatOf(library, 'E2M1').table.levels[0b1000]).toBeNaN();
  });
});

test('ties are those of the paper: to the lower level, for integers to even', () => {
  const ties = [...library.formats.values()].map(({ name, codebook }) => `${name} ${codebook.ties}`);
  expect(ties.filter((it) => !it.endsWith(' lower'))).toEqual(['INT4 even', 'INT5 even']);
});
