import { expect, test } from 'vitest';
import { bytesOf, safeName, tooLarge } from '../../client/exportFile.ts';

test.each([
  ['pareto of few', 'pareto of few.svg'],
  ['few.svg', 'few.svg'],
  ['../../etc/passwd', 'etc-passwd.svg'],
  ['C:\\temp\\x', 'C-temp-x.svg'],
  ['.hidden', 'hidden.svg'],
  ['-rf', 'rf.svg'],
  ['con', 'nibble-con.svg'],
  ['', 'nibble.svg'],
  ['\u0000\u202e\n', 'nibble.svg'],
  ['SF(5), ν 5', 'SF(5)- ν 5.svg'],
  ['a'.repeat(5000), `${'a'.repeat(100)}.svg`],
])('the name %j is kept as %s', (name, expected) => {
  expect(safeName(name, 'svg')).toBe(expected);
});

test('texts are kept as UTF-8', () => {
  expect(bytesOf('csv', 'µm²\r\n')).toEqual(Uint8Array.from([0xc2, 0xb5, 0x6d, 0xc2, 0xb2, 0x0d, 0x0a]));
});

test('an image is one of PNG, or none', () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
  expect(bytesOf('png', Buffer.from(png).toString('base64'))).toEqual(png);
  for (const content of ['', 'AAAA', '<svg>', 'iVBORw0K', `data:image/png;base64,${Buffer.from(png).toString('base64')}`])
    expect(bytesOf('png', content), content).toBeUndefined();
});

test('what is too large to be kept is said with its size', () => {
  expect(tooLarge('Table (CSV)', 'x'.repeat(64 * 2 ** 20))).toBeUndefined();
  expect(tooLarge('Table (CSV)', 'x'.repeat(65 * 2 ** 20))).toBe(
    'An export has at most 64 MB; this Table (CSV) has 65.0 MB, so it was not kept',
  );
});
