// The proofs in docs/hardware.md: every format with every architecture.

/** An area with three digits or more. */
export const formatted = (area) => (area < 100 ? area.toPrecision(3) : area.toFixed(0));

/**
 * A table of what came of proofs. The RTL of each product by SAT and of each MAC by induction, for all formats and architectures; and the mapped
 * netlists of the smallest MACs that were mapped as a whole, by library and format in `best`.
 */
export async function proofTable(sources, synthesiser, modules, best) {
  const { architecturesFor, cellLibraries, macDesign, productDesign } = modules;
  const never = new AbortController().signal;
  const count = { product: tally(), mac: tally(), netlist: tally() };
  for (const [name, source] of sources) {
    for (const architecture of architecturesFor(source)) {
      count.product.add(await synthesiser.prove(productDesign('product', source, architecture), 'rtl', never));
      count.mac.add(await synthesiser.prove(macDesign('mac', source, architecture), 'rtl', never));
    }
    for (const library of Object.values(cellLibraries)) {
      const { architecture, netlist } = best.get(`${library.name} ${name}`);
      if (netlist === undefined) continue;
      const design = macDesign(architecture.name, source, architecture);
      count.netlist.add(await synthesiser.prove(design, { library, netlist }, never));
    }
    console.log(`proofs: ${name} is done`);
  }
  const rows = [
    ['RTL of products, every format and architecture', 'SAT', count.product],
    ['RTL of MACs, every format and architecture', 'induction', count.mac],
    ['netlists of best-of MACs mapped as a whole', 'induction', count.netlist],
  ];
  return [
    '| of | by | proved | refuted | open |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows.map(([of, by, { proved, refuted, open }]) => `| ${of} | ${by} | ${proved} | ${refuted} | ${open} |`),
  ].join('\n');
}

function tally() {
  return {
    proved: 0,
    refuted: 0,
    open: 0,
    add({ kind }) {
      this[kind]++;
    },
  };
}
