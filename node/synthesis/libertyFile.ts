import { type LibertyReading, readLiberty } from '../../core/hardware/liberty/readLiberty.ts';
import { reasonOf } from '../../core/weights/visibleName.ts';
import { openFile } from '../fileSource.ts';

/** A full library with tables of timing has some ten megabytes for each corner. */
const maxBytes = 256 * 2 ** 20;

/**
 * Reads a Liberty file from disk. What is wrong with it is in the findings, by line; with the file itself, in one on line 1.
 * @param root In an untrusted workspace the folder that the file may not lie outside of.
 */
export async function readLibertyFile(path: string, root: string | undefined): Promise<LibertyReading> {
  const problem = (message: string): LibertyReading => ({ library: undefined, findings: [{ line: 1, message }] });
  try {
    const file = await openFile(path, { root });
    try {
      if (file.size > maxBytes)
        return problem(`This file has ${Math.ceil(file.size / 2 ** 20)} MB; a Liberty file is read up to ${maxBytes / 2 ** 20} MB`);
      return readLiberty(Buffer.from(await file.read(0, file.size)).toString('utf8'), path);
    } finally {
      await file.close();
    }
  } catch (error) {
    return problem(`This file cannot be read: ${reasonOf(error)}`);
  }
}
