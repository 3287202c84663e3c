import { readFileSync } from 'node:fs';
import { testPage } from '../support/runSpec.ts';

testPage(readFileSync('docs/language.md', 'utf8'));
