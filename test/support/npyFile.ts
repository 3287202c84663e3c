/** An npy file (version 1) of float32 or float64 values in C order. Its header is padded to a multiple of 64 bytes, as NumPy does it. */
export function npyFile(values: Float32Array | Float64Array, shape: readonly number[] = [values.length]): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<f${size}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${dictionary.padEnd(64 * Math.ceil((dictionary.length + 11) / 64) - 11)}\n`;
  const start = 10 + header.length;
  const file = new Uint8Array(start + size * values.length);
  const view = new DataView(file.buffer);
  file.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  values.forEach((value, i) => {
    if (size === 4) view.setFloat32(start + 4 * i, value, true);
    else view.setFloat64(start + 8 * i, value, true);
  });
  return file;
}
