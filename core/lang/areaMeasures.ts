import type { AreaReport } from '../hardware/areaReport.ts';
import { int4 } from '../hardware/baselines.ts';
import { chipOverhead, paperShares } from '../hardware/figures.ts';
import { hardwareSource } from '../hardware/hardwareSource.ts';
import { argumentOf, type Bound, mismatch } from './call.ts';
import type { AreaRequest } from './facts.ts';
import { hardwareSpec } from './hardware.ts';
import { known, report } from './scope.ts';
import type { FormatSpec, NamedHardware } from './spec.ts';
import { number, unknown, type Value } from './value.ts';

/** The measures that a synthesis tells. */
const areaMeasures = ['area', 'ge', 'overhead', 'levels_of_logic'] as const;
export type AreaMeasure = (typeof areaMeasures)[number];

export const isAreaMeasure = (name: string): name is AreaMeasure => areaMeasures.some((measure) => measure === name);

/** The request for the area of a format: of its smallest unit alone. Assertions, comparisons and the editor ask for the same one. */
export const areaRequest = ({ codebook }: Pick<FormatSpec, 'codebook'>, hardware: NamedHardware): AreaRequest => ({
  kind: 'area',
  codebook,
  hardware,
  effort: 'best',
});

/** What a measure of area means: a number, or a request for a synthesis. */
export function areaMeasure(measure: AreaMeasure, format: FormatSpec, bound: Bound): Value {
  const { scope, routine } = bound;
  const hardware = hardwareOf(bound);
  if (!hardware) return unknown;
  const source = hardwareSource(format.codebook, hardware.spec);
  if ('problem' in source) {
    report(scope, 'hardware.unsupported', bound.given.get('format')!, `\`${format.name}\` on \`${hardware.name}\`: ${source.problem}`);
    return unknown;
  }
  const pending: Value = { kind: 'pending', unit: routine.unit! };
  const found = known(scope, areaRequest(format, hardware));
  const base = measure === 'overhead' ? known(scope, areaRequest({ codebook: int4 }, hardware)) : undefined;
  if (!found || 'problem' in found) return pending;
  if (measure !== 'overhead') {
    const value = figure(measure, found);
    return value === undefined ? { kind: 'not-computed', what: noNand(hardware) } : number(value, routine.unit!);
  }
  if (!base || 'problem' in base) return pending;
  return number(overhead(found, format.bits, base));
}

/** How much larger a chip gets with a format of some width instead of INT4, as a share, with the shares of arXiv 2405.03103. */
export const overhead = (report: AreaReport, bits: number, base: AreaReport): number =>
  chipOverhead({ macArea: report.best.area, bits }, { macArea: base.best.area, bits: int4.bits }, paperShares);

function figure(measure: Exclude<AreaMeasure, 'overhead'>, { best }: AreaReport): number | undefined {
  switch (measure) {
    case 'area':
      return best.area;
    case 'ge':
      return best.ge;
    case 'levels_of_logic':
      return best.levelsOfLogic;
  }
}

const noNand = ({ name }: NamedHardware): string =>
  `an area in gate equivalents: the cells of \`${name}\` have no NAND of two inputs to count in`;

function hardwareOf(bound: Bound): NamedHardware | undefined {
  const value = argumentOf(bound, 'on')!;
  if (value.kind === 'symbol' && value.symbol.declaration.keyword === 'hardware')
    return hardwareSpec(value.symbol, bound.scope, bound.given.get('on'));
  mismatch(bound, 'on', 'the name of hardware', value);
  return undefined;
}
