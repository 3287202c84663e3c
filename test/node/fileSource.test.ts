import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, open, realpath, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWeights } from '../../core/weights/readWeights.ts';
import { openFile } from '../../node/fileSource.ts';
import { noSibling, safetensors } from '../core/weights/files.ts';

let dir = '';
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'nibble-files-')));
});
afterAll(() => rm(dir, { recursive: true }));

async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(dir, name), content);
  return join(dir, name);
}

test('a file is read in ranges and tells its identity', async () => {
  const path = await fileWith('plain', 'hello world');
  const file = await openFile(path, { name: 'shown' });
  const { mtimeMs, ino } = await stat(path);
  expect([file.name, file.size]).toEqual(['shown', 11]);
  expect(new TextDecoder().decode(await file.read(6, 5))).toBe('world');
  expect(await file.read(11, 0)).toHaveLength(0);
  expect(file.identity).toEqual({ path, size: 11, mtimeMs: expect.closeTo(mtimeMs, 2), inode: String(ino) });
  await file.close();
  await expect(file.read(0, 1)).rejects.toThrow();
});

test('a read beyond the file is rejected', async () => {
  const file = await openFile(await fileWith('short', 'abc'), { name: 'short' });
  await expect(file.read(1, 3)).rejects.toThrow('Bytes 1 to 4 were asked of "short", which has 3');
  await expect(file.read(-1, 1)).rejects.toThrow(RangeError);
  await expect(file.read(0.5, 1)).rejects.toThrow(RangeError);
  await file.close();
});

test('a file that is cut short while open is told', async () => {
  const path = await fileWith('shrinking', 'x'.repeat(100));
  const file = await openFile(path, { name: 'shrinking' });
  await truncate(path, 10);
  await expect(file.read(5, 50)).rejects.toThrow(
    '"shrinking" was cut short while it was read: it had 100 bytes, and ends before byte 55 now',
  );
  await file.close();
});

test('a sparse model of 8 GB is opened and read in little time and memory', async () => {
  const nRows = 2 ** 20;
  const size = nRows * 2048 * 4;
  const header = safetensors({ big: { dtype: 'F32', shape: [nRows, 2048], data_offsets: [0, size] } });
  const path = await fileWith('sparse.safetensors', header);
  await truncate(path, header.length + size);
  const handle = await open(path, 'r+');
  await handle.write(new Uint8Array(Float32Array.of(1.5).buffer), 0, 4, header.length + size - 4);
  await handle.close();

  const before = process.memoryUsage().rss;
  const file = await openFile(path, { name: 'sparse.safetensors' });
  const { tensors, problems } = await readWeights(file, noSibling);
  const last = new Float32Array(2);
  await tensors[0]!.read(tensors[0]!.n - 2, last);
  expect(problems).toEqual([]);
  expect([...last]).toEqual([0, 1.5]);
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  await file.close();
});

describe('what is no regular file is refused', () => {
  test('a folder, with the way out', async () => {
    await mkdir(join(dir, 'folder'));
    await expect(openFile(join(dir, 'folder'), { name: 'folder' })).rejects.toThrow(
      'it is a folder; name a file in it, or all with "folder/*.safetensors"',
    );
  });

  test.skipIf(process.platform === 'win32')('a FIFO, without waiting for its writer', async () => {
    execFileSync('mkfifo', [join(dir, 'fifo')]);
    await expect(openFile(join(dir, 'fifo'), { name: 'fifo' })).rejects.toThrow('it is not a regular file');
  });

  test.skipIf(process.platform === 'win32')('a device', async () => {
    await expect(openFile('/dev/zero', {})).rejects.toThrow('it is not a regular file');
  });
});

describe('in an untrusted workspace', () => {
  test('a file inside is read, also by a link that stays inside', async () => {
    await mkdir(join(dir, 'ws'));
    await fileWith('ws/own', 'own');
    await symlink('own', join(dir, 'ws/alias'));
    for (const name of ['own', 'alias']) {
      const file = await openFile(join(dir, 'ws', name), { name, root: join(dir, 'ws') });
      expect(file.size).toBe(3);
      await file.close();
    }
  });

  test('a file outside is not, whatever leads there', async () => {
    await mkdir(join(dir, 'jail'));
    await mkdir(join(dir, 'jail-not'));
    await fileWith('jail-not/secret', 'secret');
    await symlink('../jail-not/secret', join(dir, 'jail/link'));
    await symlink('../jail-not', join(dir, 'jail/folder'));
    for (const path of ['link', 'folder/secret', '../jail-not/secret'])
      await expect(openFile(join(dir, 'jail', path), { name: path, root: join(dir, 'jail') })).rejects.toThrow(
        `it lies outside the workspace, which is not trusted`,
      );
  });

  test('a file with a second hard link is not, because it may be a file of elsewhere', async () => {
    await mkdir(join(dir, 'hard'));
    await link(await fileWith('elsewhere', 'secret'), join(dir, 'hard/link'));
    await expect(openFile(join(dir, 'hard/link'), { name: 'link', root: join(dir, 'hard') })).rejects.toThrow('it has 2 hard links');
    const trusted = await openFile(join(dir, 'hard/link'), {});
    expect(trusted.size).toBe(6);
    await trusted.close();
  });

  test('a root that is itself a link is followed', async () => {
    await mkdir(join(dir, 'real'));
    await fileWith('real/own', 'own');
    await symlink('real', join(dir, 'via'));
    const file = await openFile(join(dir, 'via/own'), { root: join(dir, 'via') });
    expect(file.identity.path).toBe(join(dir, 'real/own'));
    await file.close();
  });
});
