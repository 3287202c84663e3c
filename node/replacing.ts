import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** Fills a file beside its place, and puts it there when it is whole. */
export async function replacing(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(beside, 'wx');
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } finally {
    // Not there any more where all went well.
    await rm(beside, { force: true });
  }
}
