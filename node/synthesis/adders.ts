import { pins } from '../../core/hardware/cells/liberty.ts';

/** Narrower additions are part of a product or a decoder, where abc merges them with what is around. */
const minWidth = 9;

const { cell, inputs, sum, carry } = pins.fullAdder;

/**
 * A map of Yosys' `$alu` onto full adders, for `techmap -map`. The top bit, of which no carry is read, and bits with a constant are left to
 * abc, as is the lowest where nothing is carried in.
 */
export const adderMap = `(* techmap_celltype = "$alu" *)
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
      if (i == Y_WIDTH - 1 || (i == 0 && _TECHMAP_CONSTMSK_CI_) || (i < B_WIDTH ? _TECHMAP_CONSTMSK_B_[i < B_WIDTH ? i : 0] : !B_SIGNED)) begin
        assign Y[i] = AE[i] ^ BX[i] ^ C[i];
        assign C[i+1] = (AE[i] & BX[i]) | (C[i] & (AE[i] ^ BX[i]));
      end else
        ${cell} full_adder (.${inputs[0]}(AE[i]), .${inputs[1]}(BX[i]), .${inputs[2]}(C[i]), .${sum}(Y[i]), .${carry}(C[i+1]));
    end
  endgenerate
endmodule
`;
