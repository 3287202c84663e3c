import { accumulatorDesign } from './accumulator.ts';
import type { Architecture } from './architecture.ts';
import { architecturesFor } from './architecturesFor.ts';
import type { AreaFigures } from './areaReport.ts';
import { decoderDesign } from './decoderDesign.ts';
import type { Design } from './design.ts';
import { macDesign } from './mac.ts';
import type { Encoding } from './operand.ts';
import { productDesign } from './product.ts';
import { type ProductForm, productForm } from './productForm.ts';
import { referenceMacDesign } from './referenceMac.ts';
import { accumulatorBits, type HardwareSource } from './source.ts';

/**
 * `best`: of the most promising architectures, product and accumulator mapped apart. `quick`: reference MACs and decoders as well. `full`: of all
 * architectures that apply, apart and as a whole.
 */
export type AreaEffort = 'best' | 'quick' | 'full';

/** Everything that is synthesised to tell the area of a format. Build with {@link areaDesigns}. */
export interface AreaDesigns {
  /**
   * Each design once, by names that tell them apart. Those of a part are mapped together, each part by itself: an accumulator, which formats
   * share, is the same with any product, and what `best` maps is mapped alike by `quick`.
   */
  readonly parts: readonly (readonly Design[])[];
  readonly accumulatorBits: number;
  /** Units whose smallest is the best. */
  readonly units: readonly UnitDesigns[];
  /** None where only the best is asked for. */
  readonly references: readonly ReferenceDesigns[];
}

/** One architecture: names of designs. */
export interface UnitDesigns {
  readonly architecture: string;
  readonly product: string;
  readonly accumulator: string;
  /** Undefined where it is not tried: it saves a per cent or two at most, and takes as long as all the rest. */
  readonly whole: string | undefined;
  /** Undefined where only the best is asked for. */
  readonly decoders: Decoders | undefined;
}

/** A reference MAC, and its product alone. */
export interface ReferenceDesigns {
  readonly architecture: string;
  readonly product: string;
  readonly whole: string;
  /** Undefined where only the best is asked for. */
  readonly decoders: Decoders | undefined;
}

/** What takes codes apart. */
export interface Decoders {
  /** Undefined for a table of products, which has none. */
  readonly design: string | undefined;
  /** One for each factor that is a code. */
  readonly n: number;
}

/** What a synthesis says of one design. */
export interface DesignFigures {
  /** In um^2. */
  readonly area: number;
  /** Of its flip-flops alone, in um^2. */
  readonly registers: number;
  readonly transistors: number;
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
  const references = effort === 'full' ? all : effort === 'quick' ? chosen(all, promisingReferences).slice(0, N_QUICK_REFERENCES) : [];
  const width = accumulatorBits(source);
  const known = new Set<string>();
  /** The designs of a part that no part before has. */
  const part = (designs: readonly Design[]): readonly Design[] => designs.filter(({ name }) => !known.has(name) && known.add(name));
  const products = (of: readonly Architecture[]) => of.map((one) => productDesign(productName(one), source, one));
  const forms = tried.map((architecture) => productForm(source, architecture));
  const accumulators = part(forms.map((form) => accumulatorDesign(accumulatorName(form), form, width)));
  const parts = [
    part(products(tried)),
    ...accumulators.map((accumulator) => [accumulator]),
    part(effort === 'full' ? tried.map((architecture) => macDesign(wholeName(architecture), source, architecture)) : []),
    part([...products(references), ...references.map((one) => referenceMacDesign(referenceName(one), source, one))]),
    part(effort === 'best' ? [] : decoders(source, [...tried, ...references])),
  ];
  const decodersOf = ({ encoding }: Architecture): Decoders | undefined => {
    if (effort === 'best') return undefined;
    return { design: encoding === 'table' ? undefined : decoderName(encoding), n: source.activation === 'format' ? 2 : 1 };
  };
  return {
    parts: parts.filter((designs) => designs.length > 0),
    accumulatorBits: width,
    units: tried.map((architecture, i) => ({
      architecture: architecture.name,
      product: productName(architecture),
      accumulator: accumulatorName(forms[i]!),
      whole: effort === 'full' ? wholeName(architecture) : undefined,
      decoders: decodersOf(architecture),
    })),
    references: references.map((architecture) => ({
      architecture: architecture.name,
      product: productName(architecture),
      whole: referenceName(architecture),
      decoders: decodersOf(architecture),
    })),
  };
}

const productName = ({ name }: Architecture): string => `product_${name}`;
const accumulatorName = ({ kind }: ProductForm): string => `accumulator_${kind}`;
const wholeName = ({ name }: Architecture): string => `mac_${name}`;
const referenceName = ({ name }: Architecture): string => `reference_${name}`;
const decoderName = (encoding: Encoding): string => `decoder_${encoding}`;

const decoders = ({ grid }: HardwareSource, of: readonly Architecture[]): readonly Design[] =>
  of.flatMap(({ encoding }) => (encoding === 'table' ? [] : [decoderDesign(decoderName(encoding), grid, encoding)]));

function chosen(all: readonly Architecture[], names: readonly string[]): readonly Architecture[] {
  return names.flatMap((name) => all.filter((architecture) => architecture.name === name));
}

/** The smallest unit: of each architecture product and accumulator apart, or both mapped as one. The first of equal ones. */
export function bestUnit({ units, accumulatorBits }: AreaDesigns, figures: FiguresOf, nand2Area: number | undefined): AreaFigures {
  const candidates = units.flatMap(({ architecture, product, accumulator, whole, decoders: own }): AreaFigures[] => {
    const [alone, rest] = [figures(product), figures(accumulator)];
    const apart: DesignFigures = {
      area: alone.area + rest.area,
      registers: rest.registers,
      transistors: alone.transistors + rest.transistors,
      levelsOfLogic: alone.levelsOfLogic + rest.levelsOfLogic,
    };
    const decode = own && decodeArea(own, figures);
    return [apart, ...(whole === undefined ? [] : [figures(whole)])].map((unit) =>
      unitFigures(architecture, unit, { product: alone.area, decode }, accumulatorBits, nand2Area),
    );
  });
  return smallest(candidates);
}

/** The smallest reference MAC; undefined where none is asked for. */
export function bestReference(
  { references, accumulatorBits }: AreaDesigns,
  figures: FiguresOf,
  nand2Area: number | undefined,
): AreaFigures | undefined {
  if (references.length === 0) return undefined;
  return smallest(
    references.map(({ architecture, product, whole, decoders: own }) => {
      const parts = { product: figures(product).area, decode: own && decodeArea(own, figures) };
      return unitFigures(architecture, figures(whole), parts, accumulatorBits, nand2Area);
    }),
  );
}

const decodeArea = ({ design, n }: Decoders, figures: FiguresOf): number => (design === undefined ? 0 : n * figures(design).area);

/** The figures of a design by its name. */
export type FiguresOf = (design: string) => DesignFigures;

function unitFigures(
  architecture: string,
  unit: DesignFigures,
  { product, decode }: Pick<AreaFigures, 'product' | 'decode'>,
  accumulatorBits: number,
  nand2Area: number | undefined,
): AreaFigures {
  return {
    architecture,
    area: unit.area,
    ge: nand2Area === undefined ? undefined : unit.area / nand2Area,
    product,
    decode,
    accumulator: unit.area - product,
    registers: unit.registers,
    transistors: unit.transistors,
    accumulatorBits,
    levelsOfLogic: unit.levelsOfLogic,
  };
}

const smallest = (candidates: readonly AreaFigures[]): AreaFigures =>
  candidates.reduce((best, candidate) => (candidate.area < best.area ? candidate : best));
