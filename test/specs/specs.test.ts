import { readdirSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { testPage } from '../support/runSpec.ts';

describe.each(readdirSync('test/specs').filter((name) => name.endsWith('.md')))('%s', (name) => {
  testPage(readFileSync(`test/specs/${name}`, 'utf8'));
});
