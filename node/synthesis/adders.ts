import { pins } from '../../core/hardware/cells/liberty.ts';

/**
 * What additions become before abc maps the rest. `lookahead`: what Yosys builds by itself, a tree of carries, from which abc finds no way
 * back. `ripple`: a chain of carries in gates. `adder-cells`: a chain of the library's full adders, which abc cannot find by itself.
 */
export type Adders = 'lookahead' | 'ripple' | 'adder-cells';

/**
 * The sum of two numbers and a bit as one addition with a carry: Yosys has it as a sum of three, and would save three numbers up into two
 * before it adds. It is what an accumulator does that subtracts by complement and carry.
 */
const sumWithCarry = `(* techmap_celltype = "$macc_v2" *)
module nibble_sum_with_carry (A, B, C, Y);
  parameter NPRODUCTS = 0;
  parameter NADDENDS = 0;
  parameter A_WIDTHS = 16'd0;
  parameter B_WIDTHS = 16'd0;
  parameter C_WIDTHS = 16'd0;
  parameter A_SIGNED = 1'b0;
  parameter B_SIGNED = 1'b0;
  parameter C_SIGNED = 1'b0;
  parameter PRODUCT_NEGATED = 1'b0;
  parameter ADDEND_NEGATED = 1'b0;
  parameter Y_WIDTH = 1;
  localparam [47:0] WIDTHS = C_WIDTHS;
  localparam W0 = WIDTHS[15:0];
  localparam W1 = WIDTHS[31:16];
  localparam W2 = WIDTHS[47:32];
  localparam WIDTH = W0 + W1 + W2;
  // The place of the bit among the three.
  localparam BIT = W0 == 1 ? 0 : W1 == 1 ? 1 : 2;
  localparam IS_OTHER = NPRODUCTS != 0 || NADDENDS != 3 || C_SIGNED != 0 || ADDEND_NEGATED != 0 || (BIT == 2 && W2 != 1);
  wire _TECHMAP_FAIL_ = IS_OTHER;
  input A, B;
  (* force_downto *) input [(WIDTH > 0 ? WIDTH - 1 : 0):0] C;
  (* force_downto *) output [Y_WIDTH-1:0] Y;
  localparam X_AT = BIT == 0 ? W0 : 0;
  localparam X_WIDTH = BIT == 0 ? W1 : W0;
  localparam Z_AT = BIT == 2 ? W0 : W0 + W1;
  localparam Z_WIDTH = BIT == 2 ? W1 : W2;
  localparam CARRY_AT = BIT == 0 ? 0 : BIT == 1 ? W0 : W0 + W1;
  (* force_downto *) wire [Y_WIDTH-1:0] X, CO;
  generate
    if (!IS_OTHER)
      \\$alu #(.A_SIGNED(0), .B_SIGNED(0), .A_WIDTH(X_WIDTH), .B_WIDTH(Z_WIDTH), .Y_WIDTH(Y_WIDTH)) add (
        .A(C[X_AT+X_WIDTH-1:X_AT]), .B(C[Z_AT+Z_WIDTH-1:Z_AT]), .CI(C[CARRY_AT]), .BI(1'b0), .X(X), .Y(Y), .CO(CO)
      );
  endgenerate
endmodule
`;

/** A map of `$alu`, of at least `minWidth` bits, to a chain of carries; `bit` is what stands for bit i of it. */
const chain = (minWidth: number, bit: string): string => `(* techmap_celltype = "$alu" *)
module nibble_adder (A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  parameter _TECHMAP_CONSTMSK_CI_ = 0;
  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  input CI, BI;
  (* force_downto *) output [Y_WIDTH-1:0] X, Y, CO;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0;
  wire _TECHMAP_FAIL_ = Y_WIDTH < ${minWidth};
  (* force_downto *) wire [Y_WIDTH-1:0] AE, BE;
  \\$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) a_extended (.A(A), .Y(AE));
  \\$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) b_extended (.A(B), .Y(BE));
  (* force_downto *) wire [Y_WIDTH-1:0] BX = BE ^ {Y_WIDTH{BI}};
  (* force_downto *) wire [Y_WIDTH:0] C;
  assign C[0] = CI;
  assign CO = C[Y_WIDTH:1];
  assign X = AE ^ BX;
  genvar i;
  generate
    for (i = 0; i < Y_WIDTH; i = i + 1) begin : bits
${bit}
    end
  endgenerate
endmodule
`;

const gates = `begin
        assign Y[i] = AE[i] ^ BX[i] ^ C[i];
        assign C[i+1] = (AE[i] & BX[i]) | (C[i] & (AE[i] ^ BX[i]));
      end`;

const { cell, inputs, sum, carry } = pins.fullAdder;

/** The top bit, of which no carry is read, and bits with a constant are left to abc, as is the lowest where nothing is carried in. */
const fullAdder = `      if (i == Y_WIDTH - 1 || (i == 0 && _TECHMAP_CONSTMSK_CI_) || (i < B_WIDTH ? _TECHMAP_CONSTMSK_B_[i < B_WIDTH ? i : 0] : !B_SIGNED)) ${gates} else
        ${cell} full_adder (.${inputs[0]}(AE[i]), .${inputs[1]}(BX[i]), .${inputs[2]}(C[i]), .${sum}(Y[i]), .${carry}(C[i+1]));`;

/**
 * Maps for `techmap -map`, to be used before Yosys' own; what they do not match is left to it. Additions of fewer than 9 bits do not become
 * cells: they are part of a product or a decoder, where abc merges them with what is around.
 */
export const adderMaps: Readonly<Record<Adders, string>> = {
  lookahead: sumWithCarry,
  ripple: sumWithCarry + chain(1, `      ${gates}`),
  'adder-cells': sumWithCarry + chain(9, fullAdder),
};
