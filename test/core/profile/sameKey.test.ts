import { expect, test } from 'vitest';
import { keyText, type ProfileKey, sameKey } from '../../../core/profile/profile.ts';
import type { Reference } from '../../../core/profile/reference.ts';

const fraction: Reference = {
  kind: 'fraction',
  ratio: 1,
  onto: 6,
  side: 'both',
  type: { kind: 'float', name: 'fp16' },
  rounding: 'nearest',
};
const overs: readonly ProfileKey['over'][] = [
  'bf16',
  { kind: 'absmax' },
  { kind: 'power', rounding: 'floor', fullness: 1 },
  { kind: 'power', rounding: 'even', fullness: 1 },
  { kind: 'power', rounding: 'even', fullness: 1.5 },
  fraction,
  { ...fraction, ratio: 0.9 },
  { ...fraction, onto: 7 },
  { ...fraction, side: 'positive' },
  { ...fraction, type: { kind: 'e8m0', name: 'e8m0' } },
  { ...fraction, type: { kind: 'float', name: 'e4m3' } },
  { ...fraction, rounding: 'even' },
];

test('keys are the same where their texts are', () => {
  const keys = [16, 32, 'tensor' as const].flatMap((block) =>
    (['last', 'flat'] as const).flatMap((axis) => overs.map((over): ProfileKey => ({ block, axis, over }))),
  );
  // Copies: what comes from a thread or a file is never the same object.
  const copies = structuredClone(keys);
  for (const a of keys) for (const b of copies) expect(sameKey(a, b)).toBe(keyText(a) === keyText(b));
  expect(new Set(keys.map(keyText)).size).toBe(keys.length);
});
