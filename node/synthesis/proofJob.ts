import type { CellLibrary } from '../../core/hardware/cells/index.ts';
import type { Design } from '../../core/hardware/design.ts';
import type { Gold } from '../../core/hardware/gold/gold.ts';
import { range, widthOf } from '../../core/hardware/gold/verilog.ts';
import { cellsText } from './synthesisJob.ts';
import type { YosysJob } from './yosys.ts';

/** What is proved equal to the behaviour: the RTL as it is written, or the cells it was mapped to. */
export type Proved = 'rtl' | { readonly library: CellLibrary; readonly netlist: string };

/** Steps of induction. Those before the last fill the registers on the way to the sum. */
const maxSteps = 4;

/** Writes the run that proves a design; the file `proof.txt` has what came of it. */
export function proofJob(design: Design, proved: Proved, gold: Gold, timeoutS: number): YosysJob {
  const isRtl = proved === 'rtl';
  const top = 'nibble_proof';
  const goal = gold.reset
    ? `-tempinduct -maxsteps ${maxSteps} -set-at 1 ${gold.reset.name} ${gold.reset.value} -seq 1 -prove ok 1`
    : '-prove ok 1';
  const shown = design.inputs.map(({ name }) => `-show ${name}`).join(' ');
  const script = [
    isRtl ? 'read_verilog design.v' : 'read_json design.json',
    ...(isRtl ? [] : ['read_liberty cells.lib']),
    'read_verilog gold.v proof.v',
    `hierarchy -check -top ${top}`,
    // Tables of the RTL stay logic: a memory is more than the proof can look into.
    'proc -norom',
    'flatten',
    // What the RTL leaves open may be anything, each time anew.
    'setundef -undriven -anyseq',
    'opt_clean',
    `tee -o proof.txt sat -timeout ${timeoutS} ${goal} ${shown} ${top}`,
  ];
  const files = {
    ...(isRtl ? { 'design.v': design.verilog } : { 'design.json': proved.netlist, 'cells.lib': cellsText(proved.library) }),
    'gold.v': gold.verilog,
    'proof.v': miter(design, top),
  };
  return { script: `${script.join('\n')}\n`, files, results: ['proof.txt'] };
}

/** Both, side by side: `ok` says that they agree wherever it matters. */
function miter({ name, inputs, outputs, behaviour }: Design, top: string): string {
  const clocks = behaviour.kind === 'clocked' ? ['clk'] : [];
  const width = widthOf(outputs);
  const read = [...clocks, ...inputs.map((port) => port.name)].map((port) => `.${port}(${port})`);
  const found = outputs.map((port) => `.${port.name}(found_${port.name})`);
  const joined = outputs.map((port) => `found_${port.name}`).reverse();
  return `module ${top} (${[...clocks, ...inputs.map((port) => `${range(port.width)} ${port.name}`)].map((port) => `input ${port}`).join(', ')}, output ok);
${outputs.map((port) => `  wire ${range(port.width)} found_${port.name};\n`).join('')}  wire ${range(width)} value, care;
  ${name} found (${[...read, ...found].join(', ')});
  nibble_gold gold (${[...read, '.value(value)', '.care(care)'].join(', ')});
  assign ok = (({${joined.join(', ')}} ^ value) & care) == ${width}'d0;
endmodule
`;
}
