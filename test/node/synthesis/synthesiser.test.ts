import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cellLibraries } from '../../../core/hardware/cells/index.ts';
import { libertyText } from '../../../core/hardware/cells/liberty.ts';
import type { Design } from '../../../core/hardware/design.ts';
import type { CachePlace } from '../../../node/cacheFolder.ts';
import { readLibertyFile } from '../../../node/synthesis/libertyFile.ts';
import { Synthesiser } from '../../../node/synthesis/synthesiser.ts';
import { MismatchError, type SynthesisResult } from '../../../node/synthesis/synthesisResult.ts';
import { usualLimits } from '../../../node/synthesis/yosys.ts';
import {
  accumulatorDesign,
  adderDesign,
  multiplierDesign,
  otherMultiplierDesign,
  pipelinedDesign,
  segmentsDesign,
} from '../../support/handDesigns.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const folder = temporaryFolder();
const started: Synthesiser[] = [];
afterAll(() => {
  for (const synthesiser of started) synthesiser.close();
});

const none: CachePlace = { folder: '', limit: 0 };

function synthesiser(cache = none): Synthesiser {
  const made = new Synthesiser({ script: resolve('dist/synthesis.cjs'), yosys: undefined, cache, limits: usualLimits });
  started.push(made);
  return made;
}

const one = synthesiser();
const never = new AbortController().signal;
const quick = { signal: never, effort: 'quick' } as const;
const all: readonly Design[] = [
  multiplierDesign,
  otherMultiplierDesign,
  segmentsDesign,
  adderDesign(8),
  accumulatorDesign,
  pipelinedDesign,
];
const nangate45 = cellLibraries['nangate45']!;

describe.each(Object.values(cellLibraries))('with the cells of $name', { timeout: 120_000 }, (library) => {
  test('every design becomes a netlist that was compared with it, and its area is the sum of its cells', async () => {
    const results = await one.synthesise(all, library, quick);
    expect(results.map(({ design }) => design)).toEqual(all.map(({ name }) => name));
    const areas = new Map(library.cells.map(({ name, area }) => [name, area]));
    areas.set('DFF', library.flipFlopArea);
    if (library.fullAdderArea !== undefined) areas.set('FA', library.fullAdderArea);
    for (const { area, nCells, checked, gateEquivalents, levelsOfLogic } of results) {
      const sum = Object.entries(nCells).reduce((total, [name, n]) => total + n * areas.get(name)!, 0);
      expect(area).toBeCloseTo(sum, 9);
      expect(gateEquivalents).toBeCloseTo(
        area / areas.get(library.cells.find(({ nInputs, truthTable }) => nInputs === 2 && truthTable === 7n)!.name)!,
        9,
      );
      expect(checked.nEqual).toBe(checked.nVectors);
      expect(levelsOfLogic).toBeGreaterThan(0);
    }
    expect(results.map(({ checked }) => checked.coverage)).toEqual([...Array(4).fill('exhaustive'), 'sampled', 'sampled']);
    expect(results[0]!.checked.nVectors).toBe(256);
    expect(results[4]!.nCells['DFF']).toBe(16);
    expect(results[5]!.nCells['DFF']).toBe(32);
  });
});

// One with adder cells and one without.
test.each(['asap7', 'sg13g2'])('with the cells of %s more effort never gives a larger area', { timeout: 60_000 }, async (name) => {
  const some = [otherMultiplierDesign, segmentsDesign, accumulatorDesign];
  const few = await one.synthesise(some, cellLibraries[name]!, quick);
  const many = await one.synthesise(some, cellLibraries[name]!, { signal: never, effort: 'full' });
  for (const [i, { area }] of many.entries()) expect(area).toBeLessThanOrEqual(few[i]!.area);
});

test('the same designs give the same netlists, in any process', { timeout: 60_000 }, async () => {
  const [a, b] = [await one.synthesise(all, nangate45, quick), await synthesiser().synthesise(all, nangate45, quick)];
  expect(a).toEqual(b);
});

test('nothing asked is nothing done', async () => {
  expect(await one.synthesise([], nangate45, quick)).toEqual([]);
});

describe('there is no area', { timeout: 60_000 }, () => {
  const wrong = (design: Design, verilog: string): Design => ({ ...design, verilog });

  test('for a netlist that is wrong for one pair of codes, and the codes are named', async () => {
    const design = wrong(
      multiplierDesign,
      'module multiply (input [3:0] a, b, output [7:0] p); assign p = (a == 11 && b == 13) ? 142 : a * b; endmodule',
    );
    const error: unknown = await one.synthesise([segmentsDesign, design], nangate45, quick).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MismatchError);
    expect((error as Error).message).toMatch(
      /^1 of 256 outputs of multiply, mapped with the recipe `\w+`, are wrong, so there is no area: p is 142 instead of 143 for a = 11, b = 13$/,
    );
  });

  test('for an output that is missing', async () => {
    const design = wrong(multiplierDesign, 'module multiply (input [3:0] a, b, output [6:0] p); assign p = a * b; endmodule');
    await expect(one.synthesise([design], nangate45, quick)).rejects.toThrow(/wrong, so there is no area/);
  });

  test('for RTL that is no Verilog', async () => {
    await expect(one.synthesise([wrong(multiplierDesign, 'module multiply (')], nangate45, quick)).rejects.toThrow(
      /design0\.v:1: syntax error/,
    );
  });

  test('for a name that is no identifier: it would be a command', async () => {
    const design = { ...multiplierDesign, name: 'multiply; shell ls' };
    await expect(one.synthesise([design], nangate45, quick)).rejects.toThrow(RangeError);
  });
});

describe('results on disk', { timeout: 60_000 }, () => {
  const cache: CachePlace = { folder: folder.at('cache'), limit: 2 ** 28 };
  /** Without a Yosys: whatever it gives was on disk. */
  const asleep = (at: CachePlace): Synthesiser => {
    const made = new Synthesiser({
      script: resolve('dist/synthesis.cjs'),
      yosys: undefined,
      cache: at,
      limits: { ...usualLimits, runMs: 1 },
    });
    started.push(made);
    return made;
  };
  const contents = (): readonly string[] =>
    readdirSync(join(cache.folder, 'content-v2'), { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  test('are given again without Yosys, and to the last bit', async () => {
    const before = await synthesiser(cache).synthesise(all, nangate45, quick);
    expect(await asleep(cache).synthesise(all, nangate45, quick)).toEqual(before);
  });

  test.each<readonly [string, readonly Design[], (typeof cellLibraries)[string], 'quick' | 'full']>([
    ['other cells', all, cellLibraries['asap7']!, 'quick'],
    ['another effort', all, nangate45, 'full'],
    ['another order', all.toReversed(), nangate45, 'quick'],
    ['other RTL', [...all.slice(1), { ...multiplierDesign, verilog: `${multiplierDesign.verilog} ` }], nangate45, 'quick'],
    ['an area that has changed', all, { ...nangate45, flipFlopArea: 5 }, 'quick'],
  ])('are not those of %s', async (_, designs, library, effort) => {
    await expect(asleep(cache).synthesise(designs, library, { signal: never, effort })).rejects.toThrow('stopped after');
  });

  test('are compared with the behaviour of today', async () => {
    const design: Design = {
      ...multiplierDesign,
      behaviour: { kind: 'combinational', outputs: ([a, b]) => [a! * b! + (a === 5n ? 1n : 0n)] },
    };
    await expect(asleep(cache).synthesise([design, ...all.slice(1)], nangate45, quick)).rejects.toThrow(/16 of 256 outputs of multiply/);
  });

  test('that were damaged are worked out again', async () => {
    const before = await synthesiser(cache).synthesise(all, nangate45, quick);
    expect(contents().length).toBeGreaterThan(0);
    for (const path of contents()) writeFileSync(path, readFileSync(path, 'utf8').replaceAll('nand2', 'nor2'));
    await expect(asleep(cache).synthesise(all, nangate45, quick)).rejects.toThrow('stopped after');
    expect(await synthesiser(cache).synthesise(all, nangate45, quick)).toEqual(before);
  });
});

test('a folder that cannot be written costs no result', { timeout: 60_000 }, async () => {
  const file = folder.put('no-folder', '');
  const [result] = await synthesiser({ folder: join(file, 'cache'), limit: 2 ** 28 }).synthesise([segmentsDesign], nangate45, quick);
  expect(result!.checked.nEqual).toBe(16);
});

test('a newer request takes the place of an aborted one', { timeout: 60_000 }, async () => {
  const controller = new AbortController();
  const older = one.synthesise(all, nangate45, { signal: controller.signal, effort: 'full' });
  controller.abort(new Error('the text has changed'));
  const newer = one.synthesise([segmentsDesign], nangate45, quick);
  await expect(older).rejects.toThrow('the text has changed');
  expect((await newer)[0]!.checked).toEqual({ coverage: 'exhaustive', nVectors: 16, nEqual: 16 });
});

describe("a user's own Liberty file", { timeout: 60_000 }, () => {
  test('counts area as the same cells of ours do, under its own name', async () => {
    const path = folder.put('mine.lib', libertyText(cellLibraries['sky130']!));
    const { library, findings } = await readLibertyFile(path, undefined);
    expect(findings).toEqual([]);
    const [mine, ours] = [await one.synthesise(all, library!, quick), await one.synthesise(all, cellLibraries['sky130']!, quick)];
    expect(mine.map(({ library: name }) => name)).toEqual(all.map(() => path));
    // The order of the cells may differ, and the mapping with it.
    const areas = (results: readonly SynthesisResult[]): number => results.reduce((sum, { area }) => sum + area, 0);
    expect(Math.abs(areas(mine) / areas(ours) - 1)).toBeLessThan(0.03);
  });

  test('that is not there, or no file, says so', async () => {
    expect((await readLibertyFile(folder.at('none.lib'), undefined)).findings[0]!.message).toMatch(/cannot be read: ENOENT/);
    expect((await readLibertyFile(folder.path, undefined)).findings[0]!.message).toContain('it is a folder');
  });

  test('outside an untrusted workspace is not read', async () => {
    const path = folder.put('outside/mine.lib', libertyText(nangate45));
    folder.put('workspace/spec.nibble', '');
    expect(await readLibertyFile(path, folder.at('workspace'))).toMatchObject({
      library: undefined,
      findings: [{ message: expect.stringContaining('outside the workspace') }],
    });
  });
});
