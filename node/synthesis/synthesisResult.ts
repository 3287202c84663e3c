import type { CellLibrary } from '../../core/hardware/cells/index.ts';
import type { Design } from '../../core/hardware/design.ts';
import { nand2Area } from '../../core/hardware/netlist/cellModel.ts';
import { check } from '../../core/hardware/netlist/check.ts';
import { figuresOf, type NetlistFigures } from '../../core/hardware/netlist/figures.ts';
import { type Check, describeMismatch } from '../../core/hardware/netlist/mismatch.ts';
import type { Netlist } from '../../core/hardware/netlist/netlist.ts';
import { writeNetlist } from '../../core/hardware/netlist/writeNetlist.ts';

/** A design in cells. There is none without a netlist that was compared with the design's behaviour and found equal. */
export interface SynthesisResult extends NetlistFigures {
  /** The name of the design. */
  readonly design: string;
  /** The name of the cell library. */
  readonly library: string;
  /** Area over that of the library's NAND of two inputs; undefined where it has none. */
  readonly gateEquivalents: number | undefined;
  /** How the smallest netlist was made. */
  readonly recipe: string;
  readonly checked: Pick<Check, 'coverage' | 'nVectors' | 'nEqual'>;
  /** The Yosys that mapped it. */
  readonly yosys: string;
  /** The netlist, as Yosys' `read_json` takes it, with one module of the design's name. */
  readonly netlist: string;
}

/** A netlist of a design, and the recipe it came of. */
export interface Mapped {
  readonly recipe: string;
  readonly netlist: Netlist;
}

/** A netlist that is not what its design says. It is not the user's doing, and no area is given. */
export class MismatchError extends Error {}

/** Compares a netlist with the behaviour of its design, and adds it up. */
export function checkedResult(design: Design, library: CellLibrary, { recipe, netlist }: Mapped, yosys: string): SynthesisResult {
  const checked = check(design, netlist);
  if ('fault' in checked) throw new MismatchError(checked.fault);
  const { coverage, nVectors, nEqual, mismatches } = checked;
  if (nEqual < nVectors) {
    const wrong = `${nVectors - nEqual} of ${nVectors} outputs of ${design.name}, mapped with the recipe \`${recipe}\`, are wrong`;
    throw new MismatchError(`${wrong}, so there is no area: ${mismatches.map(describeMismatch).join('; ')}`);
  }
  const figures = figuresOf(netlist);
  const nand2 = nand2Area(library);
  return {
    design: design.name,
    library: library.name,
    ...figures,
    gateEquivalents: nand2 === undefined ? undefined : figures.area / nand2,
    recipe,
    checked: { coverage, nVectors, nEqual },
    yosys,
    netlist: writeNetlist(netlist, design.name),
  };
}
