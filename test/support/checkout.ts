import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { blocksOf } from './markdown.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';

/** A checkout as the pages assume it: built, with the files that the README has the reader write. */
export function checkoutOfReader(): TemporaryFolder {
  const checkout = temporaryFolder();
  cpSync('examples', checkout.at('examples'), { recursive: true });
  for (const name of ['dist', 'node_modules', 'package.json']) symlinkSync(resolve(name), checkout.at(name));
  for (const { title, text } of blocksOf(readFileSync('README.md', 'utf8'), 'nibble')) checkout.put(title!, `${text}\n`);
  return checkout;
}
