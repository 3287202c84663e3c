import { type Activation, accumulatorBits, activationBits, type HardwareSource } from './source.ts';
import { type TestPlan, testPlan } from './testPlan.ts';
import { bus } from './verilog.ts';

/** What a testbench has to know of the module under test. */
export interface TestedMac {
  readonly name: string;
  /** `mac`: one register. `referenceMac`: three stages. */
  readonly kind: 'mac' | 'referenceMac';
  readonly nLanes: number;
}

/**
 * A self-checking testbench in SystemVerilog for Icarus Verilog and Verilator. It models the accumulator from the levels alone and compares at
 * every step: each pair of codes in use; `terms` times the greatest and the least product; a walk from the least sum to the greatest and back;
 * random sums. It prints one line with PASS or FAIL, and ends with an exit status other than 0 on FAIL. With the parameter FINISH at 0 it only
 * raises `done` or `failed`, for use beside others.
 */
export function testbench(source: HardwareSource, { name, kind, nLanes }: TestedMac): string {
  const [aBits, bBits, width] = [source.grid.bits, activationBits(source), accumulatorBits(source)];
  const modelBits = modelBitsOf(source.activation);
  const [aAll, bAll] = [aBits * nLanes, bBits * nLanes];
  const plan = testPlan(source, nLanes);
  const inAll = inAllOf(nLanes);
  return `// Self-checking testbench of ${name}. To run it:
//   $ iverilog -g2012 -o ${name}_tb.vvp ${name}.v ${name}_tb.sv && vvp ${name}_tb.vvp
//   $ verilator --binary --top ${name}_tb ${name}.v ${name}_tb.sv && obj_dir/V${name}_tb
module ${name}_tb #(
  parameter FINISH = 1
) (
  output reg done,
  output reg failed
);
  reg clk, clr;
  reg [${aAll - 1}:0] a;
  reg [${bAll - 1}:0] b;
  wire signed [${width - 1}:0] acc;
  ${name} dut (.clk(clk), .clr(clr), .a(a), .b(b), .acc(acc));

${weightFunctions(source)}

${activationFunctions(source)}

  // The sum of the products of the lanes, wide enough that nothing is lost.
  function signed [${modelBits - 1}:0] product(input [${aAll - 1}:0] x, input [${bAll - 1}:0] y);
    integer lane;
    begin
      product = 0;
      for (lane = 0; lane < ${nLanes}; lane = lane + 1)
        product = product + weight(x[lane * ${aBits} +: ${aBits}]) * activation(y[lane * ${bBits} +: ${bBits}]);
    end
  endfunction

  reg signed [${modelBits - 1}:0] sum;
${kind === 'referenceMac' ? stagesOfModel(aAll, bAll, modelBits) : ''}  reg started;
  integer n_checks, n_faults;

  // The model steps with the module under test, from inputs that were there before the edge.
  always @(posedge clk) begin
${(kind === 'referenceMac' ? referenceModel : macModel).map((line) => `    ${line}`).join('\n')}
  end

  always @(negedge clk) if (started) begin
    n_checks = n_checks + 1;
    if ($signed({{${modelBits - width}{acc[${width - 1}]}}, acc}) !== sum) begin
      n_faults = n_faults + 1;
      if (n_faults <= 10) $display("${name}: clr %b, a %h, b %h: acc is %0d, not %0d", clr, a, b, acc, sum);
    end
  end

  task step(input clear, input [${aAll - 1}:0] as, input [${bAll - 1}:0] bs);
    begin
      clr = clear;
      a = as;
      b = bs;
      #1 clk = 1;
      #1 clk = 0;
    end
  endtask

  // Counts of loops are variables, so that no compiler unrolls them.
  integer n_weights, n_activations, n_sums, n_terms;
  task steps(input integer count, input [${aAll - 1}:0] as, input [${bAll - 1}:0] bs);
    repeat (count) step(0, as, bs);
  endtask

  // xorshift32, so that every simulator draws the same numbers.
  reg [31:0] random;
  task draw;
    begin
      random = random ^ (random << 13);
      random = random ^ (random >> 17);
      random = random ^ (random << 5);
    end
  endtask

  reg ${bus(aBits)}x;
  reg ${bus(bBits)}y;
  reg [${aAll - 1}:0] xs;
  reg [${bAll - 1}:0] ys;
  integer lane;

  initial begin
    done = 0;
    failed = 0;
    started = 0;
    clk = 0;
    n_checks = 0;
    n_faults = 0;
    random = 32'd2463534242;

    // Nothing is known before the first reset.
    step(1, 0, 0);
    started = 1;

    // Every pair of codes, ${nLanes === 1 ? '' : 'alike in all lanes, '}from a cleared sum.
    x = 0;
    n_weights = ${2 ** aBits};
    n_activations = ${plan.nActivations};
    repeat (n_weights) begin
      y = 0;
      repeat (n_activations) begin
        if (weight_in_use(x) && activation_in_use(y)) begin
          step(1, ${inAll('x')}, ${inAll('y')});
          steps(${kind === 'referenceMac' ? 3 : 1}, ${inAll('x')}, ${inAll('y')});
        end
        y = y + ${bBits}'d${plan.activationStride};
      end
      x = x + ${aBits}'d1;
    end

    // The greatest sum, then the least, then up to the greatest and down again.
${walkLines(plan, nLanes)}

    // Random sums.
    n_sums = ${RANDOM_SUMS};
    n_terms = ${Math.min(plan.nSteps, RANDOM_STEPS)};
    repeat (n_sums) begin
      step(1, 0, 0);
      repeat (n_terms) begin
        for (lane = 0; lane < ${nLanes}; lane = lane + 1) begin
          draw;
          x = random[${aBits + 7}:8];
          while (!weight_in_use(x)) begin
            draw;
            x = random[${aBits + 7}:8];
          end
          draw;
          y = random[${bBits + 7}:8];
          while (!activation_in_use(y)) begin
            draw;
            y = random[${bBits + 7}:8];
          end
          xs[lane * ${aBits} +: ${aBits}] = x;
          ys[lane * ${bBits} +: ${bBits}] = y;
        end
        step(0, xs, ys);
      end
    end

    if (n_faults == 0) $display("PASS ${name}: %0d checks", n_checks);
    else $display("FAIL ${name}: %0d of %0d checks", n_faults, n_checks);
    failed = n_faults != 0;
    done = 1;
    if (FINISH != 0) begin
      if (n_faults != 0) $fatal(1, "${name} differs from its levels");
      $finish;
    end
  end
endmodule
`;
}

/** Wide enough that no sum or product of the model is cut: sums of fp16 take up to 74 bits, all others fewer than 64. */
const modelBitsOf = (activation: Activation): number => (activation === 'fp16' ? 96 : 64);

/** Random sums, and at most so many steps in each. */
const RANDOM_SUMS = 16;
const RANDOM_STEPS = 1024;

const macModel = ['sum = clr ? 0 : sum + product(a, b);'];

const referenceModel = [
  'if (clr) begin',
  '  sum = 0;',
  '  product_held = 0;',
  'end else begin',
  '  sum = sum + product_held;',
  '  product_held = clr_held ? 0 : product(a_held, b_held);',
  'end',
  'clr_held = clr;',
  'a_held = a;',
  'b_held = b;',
];

const stagesOfModel = (aBits: number, bBits: number, modelBits: number): string => `  reg signed [${modelBits - 1}:0] product_held;
  reg [${aBits - 1}:0] a_held;
  reg [${bBits - 1}:0] b_held;
  reg clr_held;
`;

/** What each code decodes to, in steps of the grid. */
function weightFunctions({ grid, activation }: HardwareSource): string {
  const modelBits = modelBitsOf(activation);
  const rows = grid.integers.map((integer, code) => `      ${grid.bits}'d${code}: weight = ${integer ?? 0};`);
  const free = [...grid.integers.keys()].filter((code) => grid.integers[code] === undefined);
  const isFree = free.length === 0 ? "1'b1" : free.map((code) => `code != ${grid.bits}'d${code}`).join(' && ');
  return `  function signed [${modelBits - 1}:0] weight(input [${grid.bits - 1}:0] code);
    case (code)
${rows.join('\n')}
      default: weight = 0;
    endcase
  endfunction

  function weight_in_use(input [${grid.bits - 1}:0] code);
    weight_in_use = ${isFree};
  endfunction`;
}

function activationFunctions({ grid, activation }: HardwareSource): string {
  const modelBits = modelBitsOf(activation);
  const [model, use] = {
    format: ['activation = weight(bits);', 'weight_in_use(bits)'],
    int8: ['activation = $signed(bits);', "1'b1"],
    fp16: [
      `begin
      activation = {${modelBits - 11}'d0, bits[14:10] != 0, bits[9:0]};
      if (bits[14:10] != 0) activation = activation << (bits[14:10] - 1);
      if (bits[15]) activation = -activation;
    end`,
      "bits[14:10] != 5'd31",
    ],
  }[activation];
  const top = activation === 'format' ? grid.bits - 1 : activation === 'int8' ? 7 : 15;
  return `  function signed [${modelBits - 1}:0] activation(input [${top}:0] bits);
    ${model}
  endfunction

  function activation_in_use(input [${top}:0] bits);
    activation_in_use = ${use};
  endfunction`;
}

/** A vector once for each lane. */
const inAllOf =
  (nLanes: number) =>
  (vector: string): string =>
    nLanes === 1 ? vector : `{${nLanes}{${vector}}}`;

function walkLines({ walks }: TestPlan, nLanes: number): string {
  const inAll = inAllOf(nLanes);
  const lines = walks.flatMap(({ isFromZero, a, b, nSteps }) => [
    ...(isFromZero ? ['    step(1, 0, 0);'] : []),
    `    x = ${a};`,
    `    y = ${b};`,
    `    steps(${nSteps}, ${inAll('x')}, ${inAll('y')});`,
  ]);
  return lines.join('\n');
}
