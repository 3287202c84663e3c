import { expect, test } from 'vitest';
import { nMeasures, sensitivity } from '../../../core/model/sensitivity.ts';

test('each tensor is measured alone, and all of them without it', async () => {
  const measured: string[] = [];
  const told: string[] = [];
  const found = await sensitivity(
    ['a', 'b', 'c'],
    async (quantized) => {
      measured.push(quantized.join(''));
      return quantized.join('');
    },
    ({ tensor }, all) => void told.push(`${tensor} of ${all}, ${measured.length}`),
  );
  expect(found).toEqual({
    all: 'abc',
    tensors: [
      { tensor: 'a', alone: 'a', allBut: 'bc' },
      { tensor: 'b', alone: 'b', allBut: 'ac' },
      { tensor: 'c', alone: 'c', allBut: 'ab' },
    ],
  });
  expect(measured).toHaveLength(nMeasures(3));
  expect(told).toEqual(['a of abc, 3', 'b of abc, 5', 'c of abc, 7']);
});

test('what ends a measure ends them all', async () => {
  let n = 0;
  const measure = async (): Promise<void> => {
    if (++n === 2) throw new Error('cancelled');
  };
  await expect(sensitivity(['a', 'b'], measure, () => undefined)).rejects.toThrow('cancelled');
  expect(n).toBe(2);
});
