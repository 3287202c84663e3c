import type { CellLibrary } from '../../core/hardware/cells/index.ts';
import { libertyText } from '../../core/hardware/cells/liberty.ts';
import type { Design, Port } from '../../core/hardware/design.ts';
import { type Adders, adderMaps } from './adders.ts';
import { signedProducts } from './multipliers.ts';
import { type DesignKind, type Effort, type Recipe, recipesOf } from './recipes.ts';
import type { YosysJob } from './yosys.ts';

/** One run of Yosys for all designs, and where in its results each design is. */
export interface SynthesisJob {
  readonly job: YosysJob;
  /** In the order of the designs: every netlist that the design is in. */
  readonly placed: readonly (readonly Placed[])[];
}

/** A design in a netlist that holds several. */
export interface Placed {
  readonly recipe: Recipe;
  /** The result that has the netlist, and the module in it. */
  readonly file: string;
  readonly module: DesignKind;
  /** Of the names of the design's own ports. */
  readonly prefix: string;
}

/** The port that clocked designs share. */
export const clock = 'clk';

/**
 * Writes the run. A call of abc costs as much as a small design, so all designs of a kind are mapped in one module. They share no inputs
 * but the clock, and so no logic, and are told apart afterwards. Names must be plain Verilog identifiers.
 */
export function synthesisJob(designs: readonly Design[], library: CellLibrary, effort: Effort): SynthesisJob {
  const files: Record<string, string> = { 'cells.lib': cellsText(library), 'products.v': signedProducts };
  const script: string[] = [];
  const placed: Placed[][] = designs.map(() => []);
  for (const [i, design] of designs.entries()) {
    for (const name of [design.name, ...[...design.inputs, ...design.outputs].map((port) => port.name)]) checkIdentifier(name);
    files[`design${i}.v`] = design.verilog;
    script.push(...elaborate(`design${i}.v`, design.name, moduleOf(i)));
  }
  const kinds = (['combinational', 'clocked'] as const).filter((kind) => designs.some(({ behaviour }) => behaviour.kind === kind));
  for (const kind of kinds) {
    files[`${kind}.v`] = together(kind, groupOf(designs, kind));
    script.push(...assemble(kind, groupOf(designs, kind)));
  }
  const ready = new Set<string>();
  for (const { kind, recipe, index } of inRounds(kinds.map((kind) => ({ kind, recipes: recipesOf(kind, library, effort) })))) {
    const from = `${kind}_${recipe.adders}`;
    if (!ready.has(from)) script.push(...toGates(kind, recipe.adders, from));
    ready.add(from);
    files[mapOf(recipe.adders)] = adderMaps[recipe.adders];
    const [abc, file] = [`${kind}${index}.abc`, `${kind}${index}.json`];
    files[abc] = `${recipe.abc}\n`;
    script.push(...mapped(from, abc, file));
    for (const [i] of groupOf(designs, kind)) placed[i]!.push({ recipe, file, module: kind, prefix: prefixOf(i) });
  }
  return { job: { script: `${script.join('\n')}\n`, files, results: [...new Set(placed.flat().map(({ file }) => file))] }, placed };
}

type Group = readonly (readonly [index: number, design: Design])[];

const groupOf = (designs: readonly Design[], kind: DesignKind): Group =>
  [...designs.entries()].filter(([, { behaviour }]) => behaviour.kind === kind);

/**
 * The first recipe of each kind, then the second, and so on. What Yosys has done before shows in the order of its cells, and that in the
 * area. So what a quick synthesis does is what a full one begins with, and the full one is never larger.
 */
function inRounds(groups: readonly { readonly kind: DesignKind; readonly recipes: readonly Recipe[] }[]) {
  const steps = groups.flatMap(({ kind, recipes }) => recipes.map((recipe, index) => ({ kind, recipe, index })));
  return steps.toSorted((a, b) => a.index - b.index);
}

/** The cells as Yosys reads them. The library's own name, which may be anything, is not in it. */
export const cellsText = (library: CellLibrary): string => libertyText({ ...library, name: 'cells' });

const moduleOf = (design: number): string => `nibble_design${design}`;
const prefixOf = (design: number): string => `d${design}_`;

function checkIdentifier(name: string): void {
  if (!/^[A-Za-z_]\w{0,199}$/.test(name)) throw new RangeError(`${JSON.stringify(name)} is no Verilog identifier`);
}

/** Each design by itself, so that modules of the same name in two designs do not meet. */
const elaborate = (file: string, name: string, as: string): readonly string[] => [
  'design -reset',
  `read_verilog ${file}`,
  `hierarchy -check -top ${name}`,
  'proc',
  'flatten',
  'opt_clean',
  `rename ${name} ${as}`,
  `design -stash ${as}`,
];

const assemble = (kind: DesignKind, group: Group): readonly string[] => [
  'design -reset',
  ...group.map(([i]) => `design -copy-from ${moduleOf(i)} -as ${moduleOf(i)} ${moduleOf(i)}`),
  `read_verilog ${kind}.v`,
  'read_liberty -lib cells.lib',
  `hierarchy -check -top ${kind}`,
  'flatten',
  'opt -full',
  // Tables written as a case become read-only memories, and these trees of multiplexers.
  'memory',
  'opt -full',
  // Products first and by themselves: merged with the sum they go into they would be made as wide as it.
  'techmap -map products.v t:$mul',
  'alumacc t:$mul a:src=*products.v*',
  'maccmap',
  'alumacc',
  'opt',
  `design -save ${kind}`,
];

const mapOf = (adders: Adders): string => `${adders}.v`;

/** To gates and the library's flip-flops: all that recipes with the same adders have in common. */
const toGates = (kind: DesignKind, adders: Adders, to: string): readonly string[] => [
  `design -load ${kind}`,
  `techmap -map ${mapOf(adders)} t:$alu t:$macc_v2`,
  'techmap',
  'opt',
  'dfflibmap -liberty cells.lib',
  'opt',
  'setundef -zero',
  `design -save ${to}`,
];

const mapped = (from: string, abc: string, result: string): readonly string[] => [
  `design -load ${from}`,
  `abc -liberty cells.lib -script ${abc}`,
  'opt_clean -purge',
  `write_json ${result}`,
];

/** A module with all designs of a group, side by side. */
function together(kind: DesignKind, group: Group): string {
  const range = (width: number): string => (width > 1 ? `[${width - 1}:0] ` : '');
  const ports = group.flatMap(([i, { inputs, outputs }]) => [
    ...inputs.map(({ name, width }) => `input ${range(width)}${prefixOf(i)}${name}`),
    ...outputs.map(({ name, width }) => `output ${range(width)}${prefixOf(i)}${name}`),
  ]);
  const instances = group.map(([i, { inputs, outputs }]) => {
    const own = [...inputs, ...outputs].map(({ name }: Port) => `.${name}(${prefixOf(i)}${name})`);
    return `  ${moduleOf(i)} i${i} (${[...(kind === 'clocked' ? [`.${clock}(${clock})`] : []), ...own].join(', ')});`;
  });
  return `module ${kind} (${[...(kind === 'clocked' ? [`input ${clock}`] : []), ...ports].join(', ')});\n${instances.join('\n')}\nendmodule\n`;
}
