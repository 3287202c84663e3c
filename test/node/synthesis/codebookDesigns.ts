import type { Design } from '../../../core/hardware/design.ts';

/** E2M1 of the OCP Microscaling Formats 1.0, in steps of 0.5, by code; the code of -0 is 0. */
const levels = [0n, 1n, 2n, 3n, 4n, 6n, 8n, 12n, 0n, -1n, -2n, -3n, -4n, -6n, -8n, -12n];

const decoder = `module decode (input [3:0] code, output reg signed [4:0] v);
  always @*
    case (code)
${levels.map((level, code) => `      4'd${code}: v = ${level};`).join('\n')}
    endcase
endmodule
`;

const product = `  wire signed [4:0] x, y;
  decode left (.code(a), .v(x));
  decode right (.code(b), .v(y));
  wire signed [8:0] product = x * y;
`;

const inputs = [
  { name: 'a', width: 4 },
  { name: 'b', width: 4 },
];

const productOf = (a: bigint, b: bigint): bigint => levels[Number(a)]! * levels[Number(b)]!;

/** The product of two codes of E2M1, by decoding both. */
export const codebookProductDesign: Design = {
  name: 'e2m1_product',
  verilog: `${decoder}module e2m1_product (input [3:0] a, b, output [8:0] p);
${product}  assign p = product;
endmodule
`,
  inputs,
  outputs: [{ name: 'p', width: 9 }],
  behaviour: { kind: 'combinational', outputs: ([a, b]) => [BigInt.asUintN(9, productOf(a!, b!))] },
};

/** Adds up 256 such products exactly: 256 * 144 needs 17 bits. */
export const codebookMacDesign: Design = {
  name: 'e2m1_mac',
  verilog: `${decoder}module e2m1_mac (input clk, clr, input [3:0] a, b, output reg signed [16:0] acc);
${product}  reg late = 0;
  always @(posedge clk)
    if (clr) acc <= 0;
    else acc <= acc + product;
endmodule
`,
  inputs: [{ name: 'clr', width: 1 }, ...inputs],
  outputs: [{ name: 'acc', width: 17 }],
  behaviour: {
    kind: 'clocked',
    next: ([sum], [clr, a, b]) => {
      if (clr === 1n) return [0n];
      return sum === undefined ? [] : [BigInt.asUintN(17, sum + productOf(a!, b!))];
    },
    outputs: (state) => state,
  },
};
