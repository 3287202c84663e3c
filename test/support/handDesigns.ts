import type { Combinational, Design, Port } from '../../core/hardware/design.ts';

const ports = (widths: Readonly<Record<string, number>>): readonly Port[] =>
  Object.entries(widths).map(([name, width]) => ({ name, width }));

const combinational = (outputs: Combinational['outputs']): Combinational => ({ kind: 'combinational', outputs });

/** Adds two numbers of `width` bits and a carry. */
export const adderDesign = (width: number): Design => ({
  name: `add${width}`,
  verilog: `module add${width} (input [${width - 1}:0] a, b, input c, output [${width}:0] sum);
  assign sum = a + b + c;
endmodule
`,
  inputs: ports({ a: width, b: width, c: 1 }),
  outputs: ports({ sum: width + 1 }),
  behaviour: combinational(([a, b, c]) => [a! + b! + c!]),
});

/** Multiplies two numbers of 4 bits. */
export const multiplierDesign: Design = {
  name: 'multiply',
  verilog: `module half (input [3:0] a, input [1:0] b, output [5:0] p);
  assign p = a * b;
endmodule
module multiply (input [3:0] a, b, output [7:0] p);
  wire [5:0] low, high;
  half lower (.a(a), .b(b[1:0]), .p(low));
  half upper (.a(a), .b(b[3:2]), .p(high));
  assign p = low + {high, 2'b00};
endmodule
`,
  inputs: ports({ a: 4, b: 4 }),
  outputs: ports({ p: 8 }),
  behaviour: combinational(([a, b]) => [a! * b!]),
};

/** The same product in other words, with a module of the same name that is another. */
export const otherMultiplierDesign: Design = {
  ...multiplierDesign,
  name: 'multiply_rows',
  verilog: `module half (input [3:0] a, input b, output [3:0] p);
  assign p = {4{b}} & a;
endmodule
module multiply_rows (input [3:0] a, b, output [7:0] p);
  wire [3:0] r0, r1, r2, r3;
  half h0 (a, b[0], r0);
  half h1 (a, b[1], r1);
  half h2 (a, b[2], r2);
  half h3 (a, b[3], r3);
  assign p = ((r3 << 3) + (r2 << 2)) + ((r1 << 1) + r0);
endmodule
`,
};

/** A decimal digit as seven segments; the six codes that are none may show anything. */
export const segmentsDesign: Design = {
  name: 'segments',
  verilog: `module segments (input [3:0] digit, output reg [6:0] shown);
  always @*
    case (digit)
${[0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f].map((value, i) => `      ${i}: shown = ${value};`).join('\n')}
      default: shown = 7'bx;
    endcase
endmodule
`,
  inputs: ports({ digit: 4 }),
  outputs: ports({ shown: 7 }),
  behaviour: combinational(([digit]) => [[0x3fn, 0x06n, 0x5bn, 0x4fn, 0x66n, 0x6dn, 0x7dn, 0x07n, 0x7fn, 0x6fn][Number(digit)]]),
};

/** Adds the products of signed numbers of 4 bits into 16, or starts anew with 0. */
export const accumulatorDesign: Design = {
  name: 'accumulate',
  verilog: `module accumulate (input clk, clr, input signed [3:0] a, b, output reg signed [15:0] acc);
  wire signed [7:0] product = a * b;
  always @(posedge clk)
    if (clr) acc <= 16'sd0;
    else acc <= acc + product;
endmodule
`,
  inputs: ports({ clr: 1, a: 4, b: 4 }),
  outputs: ports({ acc: 16 }),
  behaviour: {
    kind: 'clocked',
    next: ([sum], [clr, a, b]) => {
      if (clr === 1n) return [0n];
      return sum === undefined ? [] : [BigInt.asUintN(16, sum + BigInt.asIntN(4, a!) * BigInt.asIntN(4, b!))];
    },
    outputs: (state) => state,
  },
};

/** As {@link accumulatorDesign}, with registers before and after the multiplier, which the reset clears too. */
export const pipelinedDesign: Design = {
  ...accumulatorDesign,
  name: 'pipelined',
  verilog: `module pipelined (input clk, clr, input signed [3:0] a, b, output reg signed [15:0] acc);
  reg signed [3:0] a1, b1;
  reg signed [7:0] product;
  always @(posedge clk)
    if (clr) {acc, product, a1, b1} <= 32'd0;
    else begin
      a1 <= a;
      b1 <= b;
      product <= a1 * b1;
      acc <= acc + product;
    end
endmodule
`,
  behaviour: {
    kind: 'clocked',
    next: ([sum, product, a1, b1], [clr, a, b]) => {
      if (clr === 1n) return [0n, 0n, 0n, 0n];
      if (sum === undefined) return [];
      return [BigInt.asUintN(16, sum + product!), a1! * b1!, BigInt.asIntN(4, a!), BigInt.asIntN(4, b!)];
    },
    outputs: ([sum]) => (sum === undefined ? [] : [sum]),
  },
};
