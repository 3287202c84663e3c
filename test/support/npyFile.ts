/** An npy file (version 1) of float32 values in C order. Its header is padded to a multiple of 64 bytes, as NumPy does it. */
export function npyFile(values: Float32Array, shape: readonly number[] = [values.length]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${dictionary.padEnd(64 * Math.ceil((dictionary.length + 11) / 64) - 11)}\n`;
  const file = new Uint8Array(10 + header.length + 4 * values.length);
  const view = new DataView(file.buffer);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  values.forEach((value, i) => void view.setFloat32(10 + header.length + 4 * i, value, true));
  return file;
}
