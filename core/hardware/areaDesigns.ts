import { accumulatorDesign } from './accumulator.ts';
import type { Architecture } from './architecture.ts';
import { architecturesFor } from './architecturesFor.ts';
import type { AreaFigures } from './areaReport.ts';
import type { Design } from './design.ts';
import { macDesign } from './mac.ts';
import { productDesign } from './product.ts';
import { productForm } from './productForm.ts';
import { referenceMacDesign } from './referenceMac.ts';
import { accumulatorBits, type HardwareSource } from './source.ts';

/** `quick`: the most promising architectures, product and accumulator mapped apart. `full`: all that apply, apart and as a whole. */
export type AreaEffort = 'quick' | 'full';

/** Everything that is synthesised to tell the area of a format. Build with {@link areaDesigns}. */
export interface AreaDesigns {
  /** Each once, by names that tell them apart. */
  readonly designs: readonly Design[];
  readonly accumulatorBits: number;
  /** Units whose smallest is the best. */
  readonly units: readonly UnitDesigns[];
  readonly references: readonly ReferenceDesigns[];
}

/** One architecture: names of designs. */
export interface UnitDesigns {
  readonly architecture: string;
  readonly product: string;
  readonly accumulator: string;
  /** Undefined where it is not tried: it saves a per cent or two at most, and takes as long as all the rest. */
  readonly whole: string | undefined;
}

/** A reference MAC, and its product alone. */
export interface ReferenceDesigns {
  readonly architecture: string;
  readonly product: string;
  readonly whole: string;
}

/** What a synthesis says of one design. */
export interface DesignFigures {
  /** In um^2. */
  readonly area: number;
  /** Of its flip-flops alone, in um^2. */
  readonly registers: number;
  readonly levelsOfLogic: number;
}

/**
 * Architectures in the order in which a quick synthesis tries those that apply. On the codebooks of scripts/area-samples.csv in 45 nm the smallest
 * of the first three is 0.4 % above the smallest of seven on average, and 6.1 % at most.
 */
const promising = ['signmag', 'norm', 'table_signmag', 'mini', 'mini_neg', 'twos', 'norm_neg', 'odd', 'odd_neg', 'table', 'signmag_neg'];

/** As many as a quick synthesis tries. */
const N_QUICK = 3;

/** The product of a reference MAC leaves in two's complement, so the first two suit it; where levels have no exponents, the last is smaller. */
const promisingReferences = ['mini_neg', 'twos', 'signmag'];

const N_QUICK_REFERENCES = 2;

/** The designs whose areas are compared. Equal ones are built once: accumulators differ only in the form of the product. */
export function areaDesigns(source: HardwareSource, effort: AreaEffort): AreaDesigns {
  const all = architecturesFor(source);
  const tried = effort === 'full' ? all : chosen(all, promising).slice(0, N_QUICK);
  const referred = effort === 'full' ? all : chosen(all, promisingReferences).slice(0, N_QUICK_REFERENCES);
  const width = accumulatorBits(source);
  const designs = new Map<string, Design>();
  const built = (name: string, build: (name: string) => Design): string => {
    if (!designs.has(name)) designs.set(name, build(name));
    return name;
  };
  const productOf = (architecture: Architecture): string =>
    built(`product_${architecture.name}`, (name) => productDesign(name, source, architecture));
  const units = tried.map((architecture): UnitDesigns => {
    const form = productForm(source, architecture);
    return {
      architecture: architecture.name,
      product: productOf(architecture),
      accumulator: built(`accumulator_${form.kind}`, (name) => accumulatorDesign(name, form, width)),
      whole: effort === 'full' ? built(`mac_${architecture.name}`, (name) => macDesign(name, source, architecture)) : undefined,
    };
  });
  const references = referred.map(
    (architecture): ReferenceDesigns => ({
      architecture: architecture.name,
      product: productOf(architecture),
      whole: built(`reference_${architecture.name}`, (name) => referenceMacDesign(name, source, architecture)),
    }),
  );
  return { designs: [...designs.values()], accumulatorBits: width, units, references };
}

function chosen(all: readonly Architecture[], names: readonly string[]): readonly Architecture[] {
  return names.flatMap((name) => all.filter((architecture) => architecture.name === name));
}

/** The smallest unit: of each architecture product and accumulator apart, or both mapped as one. The first of equal ones. */
export function bestUnit({ units, accumulatorBits }: AreaDesigns, figures: FiguresOf, nand2Area: number | undefined): AreaFigures {
  const candidates = units.flatMap(({ architecture, product, accumulator, whole }): AreaFigures[] => {
    const [alone, rest] = [figures(product), figures(accumulator)];
    const apart: DesignFigures = {
      area: alone.area + rest.area,
      registers: rest.registers,
      levelsOfLogic: alone.levelsOfLogic + rest.levelsOfLogic,
    };
    return [apart, ...(whole === undefined ? [] : [figures(whole)])].map((unit) =>
      unitFigures(architecture, unit, alone, accumulatorBits, nand2Area),
    );
  });
  return smallest(candidates);
}

/** The smallest reference MAC. */
export const bestReference = (
  { references, accumulatorBits }: AreaDesigns,
  figures: FiguresOf,
  nand2Area: number | undefined,
): AreaFigures =>
  smallest(
    references.map(({ architecture, product, whole }) =>
      unitFigures(architecture, figures(whole), figures(product), accumulatorBits, nand2Area),
    ),
  );

/** The figures of a design by its name. */
export type FiguresOf = (design: string) => DesignFigures;

function unitFigures(
  architecture: string,
  unit: DesignFigures,
  product: DesignFigures,
  accumulatorBits: number,
  nand2Area: number | undefined,
): AreaFigures {
  return {
    architecture,
    area: unit.area,
    ge: nand2Area === undefined ? undefined : unit.area / nand2Area,
    product: product.area,
    accumulator: unit.area - product.area,
    registers: unit.registers,
    accumulatorBits,
    levelsOfLogic: unit.levelsOfLogic,
  };
}

const smallest = (candidates: readonly AreaFigures[]): AreaFigures =>
  candidates.reduce((best, candidate) => (candidate.area < best.area ? candidate : best));
