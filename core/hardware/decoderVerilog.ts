import type { Grid } from './grid.ts';
import { codeOperand, type Encoding } from './operand.ts';
import { caseLines, moduleText } from './verilog.ts';

/** The module `name` that takes a code apart, row by row with the integer that the code stands for. */
export function decoderVerilog(name: string, grid: Grid, encoding: Encoding): string {
  const fields = codeOperand(grid, encoding).fields!;
  const outputs = fields.map(({ name: field, width, signed }) => ({
    direction: 'output reg' as const,
    name: field,
    width,
    isSigned: signed,
  }));
  const comment = (row: number): string => String(grid.integers[row] ?? 'not in use');
  return moduleText(
    name,
    [{ direction: 'input wire', width: grid.bits, name: 'code' }, ...outputs],
    caseLines('code', grid.bits, fields, comment),
  );
}
