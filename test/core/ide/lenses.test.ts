import { describe, expect, test } from 'vitest';
import { measuredFrom } from '../../../core/ide/known.ts';
import { lenses } from '../../../core/ide/lenses.ts';
import { type Analysis, analyseModule } from '../../../core/lang/analysis.ts';
import { analysed, textAt } from '../../support/analysed.ts';
import { bell, compared, measuredOn } from '../../support/resultExamples.ts';

const shown = (analysis: Analysis, results = new Map()): string[] =>
  lenses(analysis, results).map(
    ({ at, title, action }) =>
      `${textAt(analysis, at).split('\n')[0]}: ${title}${action ? ` [${action.kind} ${'format' in action ? (action.format ?? 'all') : ''}]` : ''}`,
  );

test('a format without weights says how many levels it has, and what its own scale costs', () => {
  expect(shown(analysed('format A { levels = int() }'))).toEqual(['A: 16 levels']);
  expect(
    shown(analysed('format A { levels = int(symmetric: true), scale = { block = 32, axis = last, anchor = absmax, type = fp16 } }')),
  ).toEqual(['A: 15 levels · 4.5 bits per weight']);
});

describe('what has something to be evaluated on', () => {
  test('offers to evaluate it', () => {
    expect(shown(compared())).toEqual(
      expect.arrayContaining(['Fine: evaluate [evaluate Fine]', 'both: 0 of 2 rows evaluated · evaluate [evaluate all]']),
    );
  });

  test('shows the error where it is known, with the share that is clipped', () => {
    const first = compared();
    const results = measuredOn(first, bell);
    const analysis = analyseModule(first.module, { measured: measuredFrom(results), facts: new Map() });
    const found = shown(analysis, results as Map<never, never>);
    expect(found).toContainEqual(expect.stringMatching(/^Fine: SQNR \d+\.\d\d dB on model, wide$/));
    expect(found).toContainEqual(expect.stringMatching(/^Coarse: SQNR -?\d+\.\d+ dB on model, Coarse's own, \d+.*% clipped$/));
    expect(found).toContain('both: 2 rows evaluated · evaluate [evaluate all]');
    expect(found).toContainEqual(expect.stringMatching(/^assert sqnr\(Fine, on: model\) >= 10 dB: Holds: \d+\.\d+ dB against 10 dB$/));
  });
});

test('an assertion that is not decided has no lens', () => {
  expect(shown(compared()).filter((lens) => lens.startsWith('assert'))).toEqual([]);
  expect(shown(analysed('assert 1 < 2\nassert 3'))).toEqual(['assert 1 < 2: Holds: 1 against 2']);
});

test('lenses are in the order of the text', () => {
  const starts = lenses(compared(), new Map()).map(({ at }) => at.start);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});
