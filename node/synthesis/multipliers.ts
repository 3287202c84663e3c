/**
 * A map for `techmap -map` of products of two signed numbers to a sum of partial products in which no sign is extended (Baugh and Wooley, IEEE
 * Transactions on Computers C-22, 1973, in its modified form): those of one sign bit are complemented, and a constant makes up for it. Yosys by
 * itself extends both factors to the width of the product, and abc does not find back: a product of two 4-bit integers is made a sixth larger by it,
 * of 5 bits a fifth. A factor whose sign is constant is none in two's complement, and is left to Yosys.
 */
export const signedProducts = `(* techmap_celltype = "$mul" *)
module nibble_signed_product (A, B, Y);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  (* force_downto *) output [Y_WIDTH-1:0] Y;
  parameter [A_WIDTH-1:0] _TECHMAP_CONSTMSK_A_ = 0;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0;
  wire _TECHMAP_FAIL_ = !A_SIGNED || !B_SIGNED || A_WIDTH < 2 || B_WIDTH < 2 || Y_WIDTH > A_WIDTH + B_WIDTH
    || _TECHMAP_CONSTMSK_A_[A_WIDTH-1] || _TECHMAP_CONSTMSK_B_[B_WIDTH-1];
  localparam W = A_WIDTH + B_WIDTH;
  // The partial products of each bit of B, and the constant.
  (* force_downto *) wire [W*(B_WIDTH+1)-1:0] rows;
  (* force_downto *) wire [W-1:0] product;
  genvar i, j;
  generate
    for (j = 0; j < B_WIDTH; j = j + 1) begin : row
      for (i = 0; i < W; i = i + 1) begin : bits
        if (i < j || i >= j + A_WIDTH) assign rows[W*j+i] = 1'b0;
        else assign rows[W*j+i] = (A[i-j] & B[j]) ^ ((i - j == A_WIDTH - 1) != (j == B_WIDTH - 1));
      end
    end
    for (i = 0; i < W; i = i + 1) begin : constant
      // 2^(A_WIDTH-1) + 2^(B_WIDTH-1) + 2^(W-1)
      if (A_WIDTH == B_WIDTH) assign rows[W*B_WIDTH+i] = i == A_WIDTH || i == W - 1;
      else assign rows[W*B_WIDTH+i] = i == A_WIDTH - 1 || i == B_WIDTH - 1 || i == W - 1;
    end
  endgenerate
  (* force_downto *) wire [W*(B_WIDTH+1)-1:0] sums;
  generate
    for (j = 0; j <= B_WIDTH; j = j + 1) begin : sum
      if (j == 0) assign sums[W-1:0] = rows[W-1:0];
      else assign sums[W*j+W-1:W*j] = sums[W*j-1:W*j-W] + rows[W*j+W-1:W*j];
    end
  endgenerate
  assign product = sums[W*B_WIDTH+W-1:W*B_WIDTH];
  assign Y = product[Y_WIDTH-1:0];
endmodule
`;
