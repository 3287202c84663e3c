import { architecturesFor } from '../core/hardware/architecturesFor.ts';
import type { CellLibrary } from '../core/hardware/cells/index.ts';
import type { Design } from '../core/hardware/design.ts';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { macDesign } from '../core/hardware/mac.ts';
import { productDesign } from '../core/hardware/product.ts';
import type { FormatSpec } from '../core/lang/spec.ts';
import type { Proof } from '../node/synthesis/proof.ts';
import type { Effort } from '../node/synthesis/recipes.ts';
import type { Synthesiser } from '../node/synthesis/synthesiser.ts';
import type { HardwareAsked, Synthesis } from './hardware.ts';
import { out } from './output.ts';

/** What was proved equal to the codebook. */
export interface Proved {
  readonly design: string;
  /** The Verilog as it is written, or the cells it was mapped to. */
  readonly form: 'RTL' | 'netlist';
  readonly proof: Proof;
}

/** Proves every architecture of a format: its product by SAT and its MAC by induction, each as RTL and as mapped netlist. */
export async function proved(
  { codebook }: FormatSpec,
  { hardware, effort }: HardwareAsked,
  library: CellLibrary,
  { synthesiser, signal, onProgress }: Synthesis,
): Promise<readonly Proved[]> {
  const source = hardwareSource(codebook, hardware);
  // There is a report of its area.
  if ('problem' in source) throw new Error(source.problem);
  const designs = architecturesFor(source).flatMap((architecture) => [
    productDesign(`product_${architecture.name}`, source, architecture),
    macDesign(`mac_${architecture.name}`, source, architecture),
  ]);
  return proofsOf(designs, library, effort, synthesiser, { signal, onProgress });
}

/** Proves designs, each as RTL and as a netlist. */
export async function proofsOf(
  designs: readonly Design[],
  library: CellLibrary,
  effort: Effort,
  synthesiser: Synthesiser,
  { signal, onProgress }: Pick<Synthesis, 'signal' | 'onProgress'>,
): Promise<readonly Proved[]> {
  const proofs: Proved[] = [];
  const add = (design: Design, form: Proved['form'], proof: Proof): void => {
    proofs.push({ design: design.name, form, proof });
    onProgress(proofs.length, 2 * designs.length);
  };
  // Before any is mapped: the check of a mapped netlist would not get past RTL that is wrong.
  for (const design of designs) add(design, 'RTL', await synthesiser.prove(design, 'rtl', signal));
  const sound = designs.filter((_, i) => proofs[i]!.proof.kind !== 'refuted');
  const mapped = await synthesiser.synthesise(sound, library, { signal, effort });
  for (const [i, { netlist }] of mapped.entries())
    add(sound[i]!, 'netlist', await synthesiser.prove(sound[i]!, { library, netlist }, signal));
  return proofs;
}

/** A line for each proof, then how many there are. */
export function proofText({ name }: Pick<FormatSpec, 'name'>, proofs: readonly Proved[]): string {
  const lines = proofs.map(({ design, form, proof }) => `${mark(proof)} ${name} ${design}, ${form}: ${sentence(proof)}\n`);
  const nProved = proofs.filter(({ proof }) => proof.kind === 'proved').length;
  return `\n${lines.join('')}${name}: ${nProved} of ${proofs.length} proved\n`;
}

/** What is said of those that are not what their codebook says. */
export const refutations = ({ name }: Pick<FormatSpec, 'name'>, proofs: readonly Proved[]): readonly string[] =>
  proofs.flatMap(({ design, form, proof }) =>
    proof.kind === 'refuted'
      ? [`The ${form} of ${name} ${design} is not what the codebook says, for the codes ${proof.counterexample}`]
      : [],
  );

function mark({ kind }: Proof): string {
  return { proved: out.green('✓'), refuted: out.red('✗'), open: out.yellow('?') }[kind];
}

function sentence(proof: Proof): string {
  switch (proof.kind) {
    case 'proved':
      return proof.by === 'sat' ? 'proved for all inputs (SAT)' : 'proved for all sequences from a reset on (induction)';
    case 'refuted':
      return `refuted, for the codes ${proof.counterexample}`;
    case 'open':
      return `not decided: ${proof.reason}`;
  }
}
