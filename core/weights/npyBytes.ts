/** The bytes of an npy file, version 1.0, of float32 values in C order (the format of numpy.lib.format): what `readNpy` reads. */
export function npyBytes(values: Float32Array, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Values begin at a multiple of 64 bytes, behind a line end.
  const header = `${dictionary.padEnd(ALIGNMENT * Math.ceil((PREFIX + dictionary.length + 1) / ALIGNMENT) - PREFIX - 1)}\n`;
  const bytes = new Uint8Array(PREFIX + header.length + 4 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, header.length, true);
  for (let i = 0; i < header.length; i++) bytes[PREFIX + i] = header.charCodeAt(i);
  for (let i = 0; i < values.length; i++) view.setFloat32(PREFIX + header.length + 4 * i, values[i]!, true);
  return bytes;
}

/** What stands before the header: magic, version and its length. */
const PREFIX = 10;
const ALIGNMENT = 64;
