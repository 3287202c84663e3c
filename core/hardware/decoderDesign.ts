import { decoderVerilog } from './decoderVerilog.ts';
import type { Design } from './design.ts';
import type { Grid } from './grid.ts';
import { codeFields, type Encoding } from './operand.ts';

/** The decoder of an encoding alone: from a code to sign, significand and exponent, or to an integer in two's complement. */
export function decoderDesign(name: string, grid: Grid, encoding: Encoding): Design {
  const fields = codeFields(grid, encoding);
  return {
    name,
    verilog: decoderVerilog(name, grid, encoding),
    inputs: [{ name: 'code', width: grid.bits }],
    outputs: fields.map(({ name: field, width }) => ({ name: field, width })),
    behaviour: {
      kind: 'combinational',
      outputs: ([code]) =>
        fields.map(({ values, width }) => {
          const value = values[Number(code)];
          return value === undefined ? undefined : BigInt.asUintN(width, BigInt(value));
        }),
    },
  };
}
