import { test } from 'vitest';
import { areaFeatures } from '../core/hardware/areaFeatures.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { paperFormats } from './support/paperSources.ts';
import { encodings, reassigned } from '../core/hardware/encodings.ts';
test('x', () => {
  for (const [name, datapath] of [['E2M1', 'both'], ['INT4', 'both'], ['NF4', 'both'], ['E2M1', 'int8']] as const) {
    const book = paperFormats.get(name)!.codebook;
    const hw = { cells: 'nangate45', datapath, terms: 256, fixedPointBits: 8 };
    let t = performance.now();
    for (let i = 0; i < 20; i++) areaFeatures(hardwareSource(book, hw) as any);
    console.log(name, datapath, 'per feature ms', (performance.now() - t) / 20);
    if (datapath === 'both') {
    const g = encodings(book, hw, 1);
    t = performance.now();
    let r = g.next();
    const out = [];
    for (let i = 0; i < 8 && !r.done; i++) { const n = areaFeatures(hardwareSource(reassigned(book, r.value as any), hw) as any).productNodes!; out.push(n); r = g.next(n); }
    console.log(name, out.join(' '), (performance.now() - t) / 8);
    }
  }
}, 600000);
