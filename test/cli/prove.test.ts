import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { proofsOf, proofText, refutations } from '../../cli/prove.ts';
import { cellLibraries } from '../../core/hardware/cells/index.ts';
import { Synthesiser } from '../../node/synthesis/synthesiser.ts';
import { usualLimits } from '../../node/synthesis/yosys.ts';
import { codebookProductDesign } from '../node/synthesis/codebookDesigns.ts';

const synthesiser = new Synthesiser({
  script: resolve('dist/synthesis.cjs'),
  yosys: undefined,
  cache: { folder: '', limit: 0 },
  limits: usualLimits,
});
afterAll(() => synthesiser.close());

test('a product that is not what its codebook says is refuted, with the codes, and not mapped', { timeout: 120_000 }, async () => {
  const verilog = codebookProductDesign.verilog.replace("4'd5: v = 6;", "4'd5: v = 7;");
  expect(verilog).not.toBe(codebookProductDesign.verilog);
  const wrong = { ...codebookProductDesign, verilog };
  const steps: number[] = [];
  const proofs = await proofsOf([codebookProductDesign, wrong], cellLibraries['nangate45']!, 'quick', synthesiser, {
    signal: new AbortController().signal,
    onProgress: (done) => void steps.push(done),
  });
  const kinds = proofs.map(({ form, proof }) => `${form} ${proof.kind}`);
  expect(kinds).toEqual(['RTL proved', 'RTL refuted', 'netlist proved']);
  expect(steps).toEqual([1, 2, 3]);
  const lines = proofText({ name: 'E2M1' }, proofs).trim().split('\n');
  // One of the two codes is the one whose level was changed.
  expect(lines[1]).toMatch(/^✗ E2M1 e2m1_product, RTL: refuted, for the codes .*\b[ab] = 5\b/);
  const [error, ...others] = refutations({ name: 'E2M1' }, proofs);
  expect(error).toMatch(/^The RTL of E2M1 e2m1_product is not what the codebook says, for the codes .*\b[ab] = 5\b/);
  expect(others).toEqual([]);
  expect(lines.at(-1)).toBe('E2M1: 2 of 3 proved');
});
