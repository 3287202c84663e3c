import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { kernelsForVite } from './scripts/kernels.mjs';

/** Loads a `.nibble` library as its text, as the bundler does. */
const nibbleText = {
  name: 'nibble-text',
  enforce: 'pre' as const,
  load(id: string) {
    return id.endsWith('.nibble') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined;
  },
};

export default defineConfig({
  plugins: [nibbleText, kernelsForVite],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**'],
    setupFiles: ['test/support/seed.ts'],
    globalSetup: 'test/support/build.ts',
    testTimeout: 20_000,
  },
});
