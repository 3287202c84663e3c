/** A Verilog module with the function that it must equal. */
export interface Design {
  /** The module's name, also in a netlist of several designs. */
  readonly name: string;
  /** The module and whatever modules it is made of. */
  readonly verilog: string;
  /** But for the clock of a clocked design, which is called `clk`. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What the module is, given its inputs as unsigned integers in the order of the ports. */
  readonly behaviour: Combinational | Clocked;
}

export interface Port {
  readonly name: string;
  readonly width: number;
}

export interface Combinational {
  readonly kind: 'combinational';
  /** Unsigned outputs in the order of the ports; undefined where any output is right, as for codes that are not in use. */
  readonly outputs: (inputs: readonly bigint[]) => readonly (bigint | undefined)[];
}

export interface Clocked {
  readonly kind: 'clocked';
  /**
   * What the registers hold after a rising edge of the clock, as one integer each; none where that is not known: before the first reset, and
   * from inputs that are not in use to the next reset.
   */
  readonly next: (state: readonly bigint[], inputs: readonly bigint[]) => readonly bigint[];
  /** What is read at the outputs while the registers hold `state`. */
  readonly outputs: (state: readonly bigint[]) => readonly bigint[];
}
