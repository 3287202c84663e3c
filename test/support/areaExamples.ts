import type { AreaReport } from '../../core/hardware/areaReport.ts';
import type { Analysis } from '../../core/lang/analysis.ts';
import { analyseModule } from '../../core/lang/analysis.ts';
import { areaPairs, requestsOf } from '../../core/lang/areaPairs.ts';
import { type AreaRequest, type Fact, factKey } from '../../core/lang/facts.ts';
import { analysed } from './analysed.ts';

/** A report as a synthesis might give it. */
export function areaReport(area: number, accumulatorBits = 17): AreaReport {
  const unit = {
    architecture: 'norm',
    area,
    ge: area / 0.8,
    product: area / 4,
    accumulator: (3 * area) / 4,
    decode: area / 20,
    registers: area / 2,
    transistors: 4 * Math.round(area),
    accumulatorBits,
    levelsOfLogic: 40,
  };
  return {
    cells: 'nangate45',
    node: '45 nm',
    datapath: 'both',
    terms: 256,
    grid: { step: 0.5, bits: 4, fixedPointBits: undefined, largestError: 0 },
    best: unit,
    reference: { ...unit, area: 1.5 * area },
    checked: { product: { coverage: 'exhaustive', nVectors: 256, nEqual: 256 }, nNetlists: 9 },
    yosys: '0.55',
  };
}

/** A spec with every area that it shows or rests on known. */
export function withAreas(text: string, areaOf: (request: AreaRequest) => Fact): Analysis {
  const first = analysed(text);
  const asked = first.asked.filter((request) => request.kind === 'area');
  const best = [...requestsOf(areaPairs(first)), ...asked];
  const all = [...best, ...best.map((request): AreaRequest => ({ ...request, effort: 'quick' }))];
  const facts = new Map(all.map((request) => [factKey(request), areaOf(request)]));
  return analyseModule(first.module, { measured: () => undefined, facts });
}
