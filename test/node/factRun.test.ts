import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inOrder } from '../../node/factRun.ts';

const optionsOf = (signal: AbortSignal) => ({
  options: { signal, place: () => ({ base: '' }), onProgress: () => undefined, limit: Number.POSITIVE_INFINITY },
});
const going = optionsOf(new AbortController().signal);
const numbers = Array.from({ length: 100 }, (_, i) => i);

test('results are handed over in order, whichever is done first, and few are held at a time', async () => {
  const taken: number[] = [];
  let begun = 0;
  let mostHeld = 0;
  const work = async (i: number): Promise<number> => {
    mostHeld = Math.max(mostHeld, ++begun - taken.length);
    for (let turns = (i * 7) % 5; turns > 0; turns--) await setImmediate();
    return i;
  };
  await inOrder(numbers, going, work, (i) => void taken.push(i));
  expect(taken).toEqual(numbers);
  expect(mostHeld).toBeGreaterThan(1);
  expect(mostHeld).toBeLessThanOrEqual(8);
});

test('nothing more is begun once the signal comes', async () => {
  const controller = new AbortController();
  const begun: number[] = [];
  const taken: number[] = [];
  const work = async (i: number): Promise<number> => {
    begun.push(i);
    if (i === 20) controller.abort();
    return i;
  };
  await inOrder(numbers, optionsOf(controller.signal), work, (i) => void taken.push(i));
  expect(begun.at(-1)).toBe(20);
  expect(taken).toEqual(numbers.slice(0, taken.length));
  expect(taken.length).toBeLessThanOrEqual(20);
});

test('an error ends it once all that was begun has ended, and is the only one', async () => {
  let ended = 0;
  const work = async (i: number): Promise<number> => {
    await setImmediate();
    ended++;
    if (i >= 3) throw new Error(`number ${i}`);
    return i;
  };
  await expect(inOrder(numbers, going, work, () => undefined)).rejects.toThrow('number 3');
  expect(ended).toBeGreaterThan(4);
});
