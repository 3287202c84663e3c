/** What a number is measured in. `none` is a pure number; a percentage is one too, a hundredth. */
export type Unit = 'none' | 'dB' | 'um2' | 'GE' | 'bits';

/** Units as they are written behind a number, with what one of them is. */
export const units: Readonly<Record<string, { readonly unit: Unit; readonly factor: number; readonly doc: string }>> = {
  dB: { unit: 'dB', factor: 1, doc: 'Decibels, of a ratio of powers' },
  um2: { unit: 'um2', factor: 1, doc: 'Square micrometres of cell area' },
  µm2: { unit: 'um2', factor: 1, doc: 'Square micrometres of cell area' },
  μm2: { unit: 'um2', factor: 1, doc: 'Square micrometres of cell area' },
  GE: { unit: 'GE', factor: 1, doc: 'Gate equivalents: areas of the smallest two-input NAND gate' },
  bits: { unit: 'bits', factor: 1, doc: 'Bits' },
  '%': { unit: 'none', factor: 0.01, doc: 'Hundredths' },
};

/** A unit in words, for messages. */
export const unitName = (unit: Unit): string => (unit === 'none' ? 'a pure number' : unit);

/** A number with its unit, for messages and tables. */
export const withUnit = (text: string, unit: Unit): string => (unit === 'none' ? text : `${text} ${unit}`);
