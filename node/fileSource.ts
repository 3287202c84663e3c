import { constants, readSync } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { quoted } from '../core/weights/problem.ts';
import type { ByteSource } from '../core/weights/tensor.ts';

/** An open file as a source of bytes. */
export interface FileSource extends ByteSource {
  readonly identity: FileIdentity;
  close(): Promise<void>;
}

/** What tells one state of a file from another, for the keys of caches. */
export interface FileIdentity {
  /** The real path, after all links. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** In decimal, because the inodes of Windows are beyond 2^53. */
  readonly inode: string;
}

/** How a file is to be opened. */
export interface OpenOptions {
  /** What messages call the file; its path if absent. */
  readonly name?: string;
  /** In an untrusted workspace its folder: nothing outside it is read, whatever links lead there. */
  readonly root?: string | undefined;
}

/** Opens a regular file. Rejects where it is none, is missing, or lies outside of `root`, with a message that can follow its name. */
export async function openFile(path: string, { name = path, root }: OpenOptions): Promise<FileSource> {
  const real = await realpath(path);
  if (root !== undefined) await requireInside(root, real);

  // Non-blocking, because opening a FIFO would wait for a writer for ever. No link, because `real` has none unless it was just swapped.
  const handle = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  try {
    const stat = await handle.stat({ bigint: true });
    if (stat.isDirectory()) throw new Error(`it is a folder; name a file in it, or all with ${quoted(`${name}/*.safetensors`)}`);
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (root !== undefined) {
      if (stat.nlink > 1n)
        throw new Error(`it has ${stat.nlink} hard links, so it may be a file from outside the workspace, which is not trusted`);
      await requireUnswapped(real, stat);
    }
    const size = Number(stat.size);
    return {
      name,
      size,
      identity: { path: real, size, mtimeMs: Number(stat.mtimeNs / 1000n) / 1000, inode: String(stat.ino) },
      read: async (offset, length) => {
        // Checked before as much is allocated.
        checkRange(name, size, offset, length);
        const bytes = new Uint8Array(length);
        await readFully(handle, name, size, offset, bytes);
        return bytes;
      },
      readInto: async (offset, target) => readNow(handle, name, size, offset, target),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether the real path `path` is `root` or below it. Both must have had their links followed. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function requireInside(root: string, real: string): Promise<void> {
  if (!isInside(await realpath(root), real)) throw new Error('it lies outside the workspace, which is not trusted');
}

/** Between following the links and opening, a folder on the way could have been replaced by a link. */
async function requireUnswapped(real: string, opened: { readonly dev: bigint; readonly ino: bigint }): Promise<void> {
  const now = await lstat(real, { bigint: true });
  if ((await realpath(real)) !== real || now.dev !== opened.dev || now.ino !== opened.ino)
    throw new Error('it was replaced while it was opened');
}

function checkRange(name: string, size: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size)
    throw new RangeError(`Bytes ${offset} to ${offset + length} were asked of ${quoted(name)}, which has ${size}`);
}

/**
 * At once, without the event loop: for threads that do nothing else. Half the time of a read that is awaited, and the memory of a kernel cannot
 * move under it.
 */
function readNow({ fd }: FileHandle, name: string, size: number, offset: number, bytes: Uint8Array): void {
  checkRange(name, size, offset, bytes.length);
  for (let filled = 0; filled < bytes.length; ) {
    const bytesRead = readSync(fd, bytes, filled, bytes.length - filled, offset + filled);
    if (bytesRead === 0) throw cutShort(name, size, offset + bytes.length);
    filled += bytesRead;
  }
}

const cutShort = (name: string, size: number, end: number): Error =>
  new Error(`${quoted(name)} was cut short while it was read: it had ${size} bytes, and ends before byte ${end} now`);

async function readFully(handle: FileHandle, name: string, size: number, offset: number, bytes: Uint8Array): Promise<void> {
  const { length } = bytes;
  checkRange(name, size, offset, length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw cutShort(name, size, offset + length);
    filled += bytesRead;
  }
}
