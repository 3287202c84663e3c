import { expect, test } from 'vitest';
import { effectText, lossText } from '../../../core/view/lossText.ts';

const alone = { loss: 0.00021, interval: { low: -0.0001, high: 0.00053 }, divergence: 0.0002 };

test('a change of the loss is in thousandths of a nat, with its interval where there is one', () => {
  expect(lossText(alone)).toBe('0.21 (-0.10 to 0.53)');
  expect(lossText({ loss: -0.0123, interval: undefined })).toBe('-12.30');
});

test('what is known of a tensor is said in one line', () => {
  expect(effectText({ alone, saved: { ...alone, loss: 0.0004, interval: undefined } })).toBe(
    'quantized alone it changes the loss by 0.21 (-0.10 to 0.53); divergence 0.20; left as it is where all others are quantized it saves 0.40',
  );
});
