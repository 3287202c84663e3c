import { describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import { doubleMoves, singleMoves } from '../../../core/hardware/levelMoves.ts';
import { roughArea } from '../../../core/hardware/roughArea.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';

const book = paperFormats.get('E2M1')!.codebook;
const { grid } = paperSource('E2M1');

describe('single moves of E2M1', () => {
  const moved = singleMoves(book, grid);

  test('change one level by 1, 2 or 4 steps of 0.5, and leave 0 and the order as they are', () => {
    for (const { moves, book: other } of moved) {
      const changed = [...other.levels.keys()].filter((code) => !Object.is(other.levels[code], book.levels[code]));
      expect(changed).toEqual(moves.map(({ code }) => code));
      const [by] = changed.map((code) => Math.abs(other.levels[code]! - book.levels[code]!));
      expect([0.5, 1, 2]).toContain(by);
      expect(other.levels).toContain(0);
      expect(other.codes).toEqual(book.codes);
    }
  });

  test('are all there are: by hand for the level 4, between 3 and 6', () => {
    const from4 = moved
      .filter(({ moves: [move] }) => book.levels[move!.code] === 4)
      .map(({ book: other, moves: [move] }) => other.levels[move!.code]);
    // 3 and 6 are taken, 2 lies beyond 3.
    expect(from4.sort()).toEqual([3.5, 4.5, 5]);
  });
});

test('double moves change two levels, and never one twice', () => {
  const singles = singleMoves(book, grid)
    .slice(0, 6)
    .map(({ moves }) => moves[0]!);
  for (const { moves } of doubleMoves(book, grid, singles)) {
    expect(moves).toHaveLength(2);
    expect(moves[0]!.code).not.toBe(moves[1]!.code);
  }
});

test('levels off a common grid stay as they are, and a moved one is on the fixed point', () => {
  const nf4 = paperFormats.get('NF4')!.codebook;
  const { grid: fixed } = paperSource('NF4');
  const [first] = singleMoves(nf4, fixed);
  const [{ code, steps }] = first!.moves as [{ code: number; steps: number }];
  expect(first!.book.levels[code]).toBeCloseTo((fixed.integers[code]! + steps) * fixed.step, 10);
  expect([...first!.book.levels].filter((level, i) => level !== nf4.levels[i])).toHaveLength(1);
});

test('the rough area puts the formats in the order that synthesis does', () => {
  const of = (name: string): number => roughArea(paperSource(name), cellLibraries['nangate45']!);
  const ordered = ['E2M0', 'E2M1', 'E2M1_SP', 'INT5', 'NF4'].map(of);
  expect(ordered).toEqual(ordered.toSorted((x, y) => x - y));
});
