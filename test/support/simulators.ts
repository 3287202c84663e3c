import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** What a simulation printed, and how it ended. */
export interface Simulation {
  readonly status: number | null;
  readonly output: string;
}

/** Compiles Verilog files with Icarus Verilog, as SystemVerilog, and runs the module `top`. */
export function icarus(files: readonly string[], top: string): Simulation {
  const program = `${files[0]!}.vvp`;
  const built = run('iverilog', ['-g2012', '-s', top, '-o', program, ...files]);
  if (built.status !== 0) throw new Error(`iverilog ${files.join(' ')}\n${built.output}`);
  return run('vvp', ['-n', program]);
}

/** As {@link icarus}, with Verilator. Whatever is built lies beside the first file. */
export function verilator(files: readonly string[], top: string): Simulation {
  const folder = `${dirname(files[0]!)}/verilated_${top}`;
  // Not optimised: compiling takes longer than running.
  const flags = ['--binary', '-O0', '-CFLAGS', '-O0', '-j', '2', '--Mdir', folder, '--top', top];
  const built = run('verilator', [...flags, ...files]);
  if (built.status !== 0) throw new Error(`verilator ${files.join(' ')}\n${built.output}`);
  return run(`${folder}/V${top}`, []);
}

/** Holds a file to Verilog-2001 (Icarus Verilog) and to the lint of Verilator; throws what they say. */
export function lint(file: string, top: string): void {
  quietly('iverilog', ['-g2001', '-Wall', '-s', top, '-o', '/dev/null', file]);
  // A file has the decoder and the product of its MAC too; the bits that a product on a finer grid drops are not used.
  quietly('verilator', ['--lint-only', '-Wall', '-Wno-DECLFILENAME', '-Wno-UNUSEDSIGNAL', '--top', top, file]);
}

/** A module `all` that runs testbenches beside one another and fails where one fails. */
export function allBenches(modules: readonly string[]): string {
  const benches = modules.map((name, i) => `  ${name} #(.FINISH(0)) bench${i} (.done(done[${i}]), .failed(failed[${i}]));`);
  return `module all;
  wire [${modules.length - 1}:0] done, failed;
${benches.join('\n')}
  always @(done) if (&done) begin
    if (failed != 0) $fatal(1, "failed: %b", failed);
    $finish;
  end
endmodule
`;
}

function quietly(command: string, args: readonly string[]): void {
  const { status, output } = run(command, args);
  if (status !== 0 || output !== '') throw new Error(`${command} ${args.join(' ')}\n${output}`);
}

function run(command: string, args: readonly string[]): Simulation {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new Error(`${command}: ${error.message}; \`bash scripts/setup-hardware-tools.sh\` installs the simulators`);
  return { status, output: stdout + stderr };
}
