import { execFileSync } from 'node:child_process';

/** Builds the bundles that tests start as a user would: once before all tests, unless whoever runs them has just done so. */
export default function build(): void {
  if (process.env['NIBBLE_BUILT'] !== '1') execFileSync(process.execPath, ['esbuild.mjs'], { stdio: 'inherit' });
}
