import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { codebook } from '../../core/format/codebook.ts';
import type { HardwareSpec, WholeAreaReport } from '../../core/hardware/areaReport.ts';
import { cellLibraries } from '../../core/hardware/cells/index.ts';
import { libertyText } from '../../core/hardware/cells/liberty.ts';
import { Areas, type AreasOptions } from '../../node/areas.ts';
import { paperFormats } from '../support/paperSources.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const started: Areas[] = [];
afterAll(() => {
  for (const areas of started) areas.close();
});

function newAreas(options: Partial<AreasOptions> = {}): Areas {
  const made = new Areas({
    script: resolve('dist/synthesis.cjs'),
    cache: { folder: folder.at('cache'), limit: 2 ** 28 },
    yosys: undefined,
    workers: 1,
    ...options,
  });
  started.push(made);
  return made;
}

const areas = newAreas();
const signal = new AbortController().signal;
const quick = { signal, effort: 'quick' } as const;
const paper: HardwareSpec = { cells: 'nangate45', datapath: 'both', terms: 256, fixedPointBits: 8 };
const book = (name: string) => paperFormats.get(name)!.codebook;

async function reported(name: string, hardware = paper): Promise<WholeAreaReport> {
  const report = await areas.report(book(name), hardware, quick);
  if ('problem' in report) throw new Error(report.problem);
  return report;
}

describe('a report', { timeout: 180_000 }, () => {
  test('has the exact accumulator of the paper, and every netlist compared with the codebook', async () => {
    const report = await reported('E2M1');
    // arXiv 2405.03103, Table 10: E2M1 has 17 bits.
    expect(report.best.accumulatorBits).toBe(17);
    expect(report.checked.product).toEqual({ coverage: 'exhaustive', nVectors: 256, nEqual: 256 });
    expect(report.grid).toEqual({ step: 0.5, bits: 4, fixedPointBits: undefined, largestError: 0 });
    expect(report).toMatchObject({ cells: 'nangate45', node: cellLibraries['nangate45']!.process, datapath: 'both', terms: 256 });
  });

  test('is made of its parts, and counts gate equivalents in NAND gates', async () => {
    const { best, reference } = await reported('E2M1');
    const nand2 = cellLibraries['nangate45']!.cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 7n)!;
    for (const unit of [best, reference]) {
      expect(unit.product + unit.accumulator).toBeCloseTo(unit.area, 9);
      expect(unit.ge).toBeCloseTo(unit.area / nand2.area, 9);
    }
    const { flipFlopArea } = cellLibraries['nangate45']!;
    expect(best.registers).toBeCloseTo(17 * flipFlopArea, 9);
    // At least operands, a product of 9 bits and the sum.
    expect(reference.registers / flipFlopArea).toBeGreaterThanOrEqual(4 + 4 + 9 + 17);
    expect(reference.area).toBeGreaterThan(best.area);
  });

  test('of the best alone is the same unit without a reference MAC', async () => {
    const whole = await reported('E2M1');
    const alone = await newAreas({ cache: { folder: '', limit: 0 } }).report(book('E2M1'), paper, { signal, effort: 'best' });
    if ('problem' in alone) throw new Error(alone.problem);
    expect(alone.reference).toBeUndefined();
    expect(alone.best).toEqual({ ...whole.best, decode: undefined });
    expect(alone.checked.product).toEqual(whole.checked.product);
    expect(alone.checked.nNetlists).toBeLessThan(whole.checked.nNetlists);
  });

  test('has decoders of its own, as many as factors are codes', async () => {
    const [both, int8] = [await reported('INT4'), await reported('INT4', { ...paper, datapath: 'int8' })];
    for (const { best, reference } of [both, int8]) for (const { decode } of [best, reference]) expect(decode).toBeGreaterThanOrEqual(0);
    // In two's complement a code is the integer itself.
    expect(both.reference.architecture).toBe('twos');
    expect(both.reference.decode).toBe(0);
    expect(both.best.architecture).toBe('signmag');
    expect(both.best.decode).toBeGreaterThan(0);
  });

  test('counts transistors, of each flip-flop 24', async () => {
    const { best, reference } = await reported('E2M1');
    expect(best.transistors).toBeGreaterThan(17 * 24);
    expect(reference.transistors).toBeGreaterThan(best.transistors);
    // A gate equivalent is four transistors by its definition; gates of several inputs are drawn closer together.
    expect(best.transistors / best.ge!).toBeGreaterThan(3);
    expect(best.transistors / best.ge!).toBeLessThan(6);
  });

  test('is smaller for E2M1 than for E2M1 with super-range, as in the paper', async () => {
    const [plain, range] = [await reported('E2M1'), await reported('E2M1_SR')];
    expect(range.reference.area).toBeGreaterThan(plain.reference.area);
    expect(range.best.area).toBeGreaterThan(plain.best.area);
  });

  test('says how far fixed point is off where levels have no grid', async () => {
    const { grid, best } = await reported('NF4');
    expect(grid.fixedPointBits).toBe(8);
    expect(grid.largestError).toBeGreaterThan(0);
    expect(grid.largestError).toBeLessThanOrEqual(0.5);
    expect(best.area).toBeGreaterThan((await reported('E2M1')).best.area);
  });

  test('of int8 activations compares all 4096 pairs', async () => {
    const report = await reported('E2M1', { ...paper, datapath: 'int8' });
    expect(report.checked.product).toEqual({ coverage: 'exhaustive', nVectors: 4096, nEqual: 4096 });
  });

  test('is the same object when it is asked for again, also under another name of equal levels', async () => {
    const again = codebook([...book('E2M1').levels], 'even', 4);
    expect(await areas.report(again, paper, quick)).toBe(await reported('E2M1'));
  });

  test('follows a Liberty file that changes', async () => {
    const cells = cellLibraries['nangate45']!;
    const path = folder.put('changing.lib', libertyText(cells));
    const before = await reported('E2M1', { ...paper, cells: path });
    folder.put('changing.lib', libertyText({ ...cells, flipFlopArea: 10 * cells.flipFlopArea }));
    const after = await reported('E2M1', { ...paper, cells: path });
    expect(after.best.registers / before.best.registers).toBeCloseTo(10, 6);
  });

  test('counts in the cells of a Liberty file', async () => {
    const path = folder.put('mine.lib', libertyText(cellLibraries['nangate45']!));
    const report = await reported('E2M1', { ...paper, cells: path });
    expect(report.cells).toBe(path);
    expect(Math.abs(report.best.area / (await reported('E2M1')).best.area - 1)).toBeLessThan(0.05);
  });
});

describe('there is a problem instead', () => {
  const problem = async (one: Areas, levels: readonly number[], hardware: HardwareSpec, bits = 4): Promise<string> => {
    const report = await one.report(codebook(levels, 'even', bits), hardware, quick);
    return 'problem' in report ? report.problem : 'none';
  };

  test('for a codebook without hardware', async () => {
    expect(await problem(areas, [0], paper)).toContain('none but 0');
    expect(await problem(areas, [0, 1], paper, 8)).toContain('3 to 6 bits');
  });

  test('for a Liberty file that is missing or broken, with the line', async () => {
    expect(await problem(areas, [0, 1], { ...paper, cells: folder.at('none.lib') })).toContain('ENOENT');
    const broken = folder.put('broken.lib', 'library (x) {\n  cell (INV) { area : 1\n');
    expect(await problem(areas, [0, 1], { ...paper, cells: broken })).toMatch(/broken\.lib:\d+: /);
  });

  test('for a Yosys that is not there', async () => {
    const none = newAreas({ yosys: folder.at('no-yosys'), cache: { folder: '', limit: 0 } });
    expect(await problem(none, [0, 1, 2, -1], paper)).toMatch(/Cannot run .*no-yosys as Yosys/);
  });

  test('for a Yosys that crashes', async () => {
    const crashing = folder.put('crash', '#!/bin/sh\n[ "$1" = -V ] && echo "Yosys 0.0" && exit 0\nkill -9 $$\n');
    chmodSync(crashing, 0o755);
    const none = newAreas({ yosys: crashing, cache: { folder: '', limit: 0 } });
    expect(await problem(none, [0, 1, 2, -1], paper)).toBe('Yosys was ended by SIGKILL');
  });
});

test('an abort ends a report', async () => {
  const controller = new AbortController();
  const report = newAreas({ cache: { folder: '', limit: 0 } }).report(book('SF4'), paper, { signal: controller.signal, effort: 'full' });
  setTimeout(() => controller.abort(new Error('the text has changed')), 50);
  await expect(report).rejects.toThrow('the text has changed');
});
