import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { architectures } from '../../../core/hardware/architecture.ts';
import { architecturesFor } from '../../../core/hardware/architecturesFor.ts';
import { exportedMac, moduleName } from '../../../core/hardware/exported.ts';
import { paperFormats, paperSource } from '../../support/paperSources.ts';
import { lint } from '../../support/simulators.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const folder = temporaryFolder();
const mac = { kind: 'mac', nLanes: 1 } as const;
const provenance = (format: string) => ({ format, hash: 'd1ce', book: paperFormats.get(format)!.codebook });
const headerOf = (text: string): string => text.slice(0, text.indexOf('module'));

test('the header says what is multiplied, and how', () => {
  const { files } = exportedMac(paperSource('E2M1_SP'), architectures.find(({ name }) => name === 'norm')!, mac, provenance('E2M1_SP'));
  expect(files.map(({ name }) => name)).toEqual(['e2m1_sp_mac.v', 'e2m1_sp_mac_tb.sv']);
  expect(headerOf(files[0]!.text)).toBe(`// E2M1_SP: multiply-accumulate of 4-bit codes. Made by Nibble from the specification d1ce.
//
//   code         level  steps
//   0000             0      0
//   0001           0.5      1
//   0010             1      2
//   0011           1.5      3
//   0100             2      4
//   0101             3      6
//   0110             4      8
//   0111             6     12
//   1000             5     10
//   1001          -0.5     -1
//   1010            -1     -2
//   1011          -1.5     -3
//   1100            -2     -4
//   1101            -3     -6
//   1110            -4     -8
//   1111            -6    -12
//
// Grid: a step is 0.5. All levels are multiples of it.
// Weights a: codes. Activations b: codes of the same format.
// Product: normalised significands, shifted; sign left to the accumulator.
// Accumulator: 17 bits, exact for 256 products from a reset (clr) on, in steps of the grid of the product.
// A code that is not in use gives any product.
`);
});

test('the header states the width of fixed point and what it costs', () => {
  const [{ text } = { text: '' }] = exportedMac(paperSource('NF4'), architectures[0]!, mac, provenance('NF4')).files;
  expect(text).toMatch(/^\/\/ Grid: a step is 0\.007874015748\. Fixed point of 8 bits; levels are off by up to 0\.\d+ steps\.$/m);
});

describe('a name from a specification', () => {
  test.each([
    ['E2M1', 'e2m1'],
    ['4bit', 'f_4bit'],
    ['', 'f_'],
    ['a b`c', 'a_b_c'],
    ['Größe', 'gr__e'],
  ])('%j names the module %s', (format, name) => expect(moduleName(format)).toBe(name));

  test('stays in its comment, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary' }), (format, hash) => {
        const source = paperSource('E2M0');
        const { files } = exportedMac(source, architectures[0]!, mac, { format, hash, book: paperFormats.get('E2M0')!.codebook });
        const header = headerOf(files[0]!.text.slice(0, files[0]!.text.indexOf('\nmodule') + 7));
        for (const line of header.trimEnd().split(/[\n\r\u2028\u2029\v\f]/)) expect(line).toMatch(/^\/\/[\x20-\x7e]*$/);
        expect(files[0]!.name).toMatch(/^[a-z][a-z0-9_]*_mac\.v$/);
      }),
    );
  });

  test('may be a keyword', () => {
    const { files, design } = exportedMac(paperSource('E2M0'), architectures[0]!, mac, { ...provenance('E2M0'), format: 'module' });
    expect(() => lint(folder.put('keyword.v', files[0]!.text), design.name)).not.toThrow();
  });
});

test('a reference MAC has one lane', () => {
  const build = () => exportedMac(paperSource('E2M1'), architectures[0]!, { kind: 'referenceMac', nLanes: 2 }, provenance('E2M1'));
  expect(build).toThrow('A reference MAC has one lane, not 2');
});

describe('architectures', () => {
  test('are left out where they are no others: integers have all bits in their significands', () => {
    const names = architecturesFor(paperSource('E3M0')).map(({ name }) => name);
    // Powers of two have a significand of one bit, whichever way it is normalised.
    expect(names).toEqual(['twos', 'signmag', 'signmag_neg', 'mini', 'mini_neg', 'table', 'table_signmag']);
  });

  test('have no table of more than 1024 products', () => {
    const withTable = (name: string, activation: 'format' | 'int8') =>
      architecturesFor(paperSource(name, activation)).some(({ encoding }) => encoding === 'table');
    expect(withTable('INT5', 'format')).toBe(true);
    expect(withTable('INT4', 'int8')).toBe(false);
  });

  test('have names that tell them apart', () => {
    expect(new Set(architectures.map(({ name }) => name)).size).toBe(architectures.length);
  });
});
