import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DiskCache } from '../../node/diskCache.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();

test('what was damaged and is put again is there again', async () => {
  const at = folder.at('damaged');
  const cache = new DiskCache(at, 2 ** 20);
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
  await cache.put('key', bytes);
  const contents = readdirSync(join(at, 'content-v2'), { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(contents).toHaveLength(1);
  const damaged = readFileSync(contents[0]!);
  damaged[500]! ^= 1;
  writeFileSync(contents[0]!, damaged);
  expect(await cache.get('key')).toBeUndefined();
  await cache.put('key', bytes);
  expect(Uint8Array.from((await cache.get('key'))!)).toEqual(bytes);
});
