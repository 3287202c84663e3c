// The codebooks whose areas the area model is fitted to. The same every time.

/** The modules of the product that drawing needs, for `exportsOf`. */
export const drawingModules = ['core/hardware/grid.ts', 'core/hardware/netlist/lanes.ts', 'core/lang/analysis.ts', 'core/lang/module.ts'];

/**
 * Codebooks as sources of hardware, each integer grid of a family once. Families are what cross-validation leaves out together: the members
 * of one are alike.
 */
export function drawnSources(modules) {
  const drawn = [...published(modules), ...minifloats(modules), ...sums(modules), ...tables(modules), ...randomGrids(modules)];
  const known = new Set();
  return drawn
    .map(({ family, name, grid }) => ({ family, name, source: { grid, activation: 'format', terms: 256 } }))
    .filter(({ source }) => {
      const key = integersOf(source);
      return !known.has(key) && known.add(key);
    });
}

/** The integers by code, as a column of a file; `-` for a code that is not in use. */
export const integersOf = ({ grid }) => grid.integers.map((integer) => integer ?? '-').join(' ');

/** The source that {@link integersOf} was written from. */
export function sourceOf(integers, activation) {
  const found = integers.split(' ').map((integer) => (integer === '-' ? undefined : Number(integer)));
  return { grid: gridOf(found), activation, terms: 256 };
}

const gridOf = (integers) => ({ bits: Math.log2(integers.length), step: 1, integers, fixedPointBits: undefined, largestError: 0 });

function published(modules) {
  const { analyseModule, loadLibrary } = modules;
  return onGrids(modules, 'published', [...analyseModule(loadLibrary('std.paper')).formats.values()], [8]);
}

function minifloats(modules) {
  const shapes = [
    [1, 1],
    [2, 0],
    [1, 2],
    [2, 1],
    [3, 0],
    [1, 3],
    [2, 2],
    [3, 1],
  ];
  const text = shapes.flatMap(([e, m]) => {
    const name = `E${e}M${m}`;
    const properties = `bits = ${1 + e + m}\n negative_zero = drop`;
    // On the grid of the others: between the two largest, beyond the largest, half the least.
    const largest = 2 ** (2 ** e - 1 - (2 ** (e - 1) - 1)) * (2 - 2 ** -m);
    return [
      `format ${name} { ${properties}\n levels = minifloat(e: ${e}, m: ${m}) }`,
      `format ${name}_NS { ${properties}\n levels = minifloat(e: ${e}, m: ${m}, subnormals: false) }`,
      ...[0.875, 1.25, 2, 0.625].map((factor, i) => `format ${name}_S${i} extends ${name} { negative_zero = ${largest * factor} }`),
    ];
  });
  return onGrids(modules, 'minifloat', formatsOf(modules, text), []);
}

function sums(modules) {
  const draw = integers(modules, 0x5eed_0001);
  const text = Array.from({ length: 48 }, (_, i) => {
    const [one, two] = [sortedDraw(draw, 3, 0, 5), draw(0, 6)];
    const power = (exponent) => `1/${2 ** exponent}`;
    return `format S${i} { negative_zero = drop\n levels = sums([0, ${one.map(power).join(', ')}], [0, ${power(two)}]) }`;
  });
  return onGrids(modules, 'sums', formatsOf(modules, text), []);
}

/** Quantiles, which have no common grid, in fixed point of several widths; in order, and with the code of 0 moved to 0. */
function tables(modules) {
  const shapes = ['normal()', ...[3, 4, 5, 8].map((nu) => `student_t(${nu})`)];
  const formats = (family, body, widths) => {
    const text = shapes.map((shape, i) => `format ${family}${i} { levels = quantiles(${shape})\n ${body} }`);
    return onGrids(modules, family, formatsOf(modules, text), widths);
  };
  return [
    ...formats('rotated_table', 'encoding = [7, 1..6, 0, 8..15]', [6, 7, 8, 9, 10]),
    ...formats('table', '', [7, 9]),
    ...formats('table_of_3_bits', 'bits = 3', [6, 8]),
  ];
}

function randomGrids(modules) {
  const draw = integers(modules, 0x5eed_0002);
  const found = [];
  const add = (family, levels) => found.push({ family, name: `${family}${found.length}`, grid: gridOf(levels) });
  for (const largest of [7, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, 128]) {
    for (let i = 0; i < 5; i++) {
      // Sign and magnitude, with the code of -0 unused or, in every third, another integer.
      const magnitudes = [...sortedDraw(draw, 6, 1, largest - 1), largest];
      const extra = i % 3 === 2 ? draw(1, largest) : undefined;
      add('symmetric', [0, ...magnitudes, extra, ...magnitudes.map((magnitude) => -magnitude)]);
    }
    for (let i = 0; i < 3; i++) {
      // Any 16 integers in order, 0 among them; and the same with the code of 0 moved to 0.
      const some = sortedDraw(draw, 15, -largest, largest - 1);
      const ascending = [...new Set([...some, 0])].sort((a, b) => a - b);
      const padded = [...ascending, ...Array(16 - ascending.length).fill(undefined)];
      add('ascending', padded);
      const zero = ascending.indexOf(0);
      add('rotated', [...padded.slice(zero), ...padded.slice(0, zero)]);
    }
  }
  for (let i = 0; i < 24; i++) {
    // Powers of two, with a few steps between them.
    const powers = sortedDraw(draw, 4, 0, 7).map((exponent) => 2 ** exponent);
    const between = [3, 6, 12, 24, 5, 10].filter((_, bit) => (i >> (bit % 5)) & 1).slice(0, 3);
    const magnitudes = [...new Set([...powers, ...between, 64, 32, 16])].sort((a, b) => a - b).slice(0, 7);
    if (magnitudes.length === 7) add('powers', [0, ...magnitudes, undefined, ...magnitudes.map((magnitude) => -magnitude)]);
  }
  for (const largest of [4, 6, 10, 20, 40]) {
    for (let i = 0; i < 3; i++) {
      const three = sortedDraw(draw, 3, 1, largest);
      add('three_bits', [0, ...three, i === 0 ? undefined : draw(1, largest), ...three.map((magnitude) => -magnitude)]);
      const five = sortedDraw(draw, 15, 1, largest + 14);
      add('five_bits', [0, ...five, undefined, ...five.map((magnitude) => -magnitude)]);
    }
  }
  for (const [least, greatest] of [
    [-3, 3],
    [-4, 3],
    [-7, 7],
    [-8, 7],
    [-15, 15],
    [-16, 15],
    [0, 7],
    [0, 15],
    [-4, 11],
    [-12, 3],
  ]) {
    const all = Array.from({ length: greatest - least + 1 }, (_, i) => least + i);
    const size = 2 ** Math.ceil(Math.log2(all.length));
    const padded = [...all, ...Array(size - all.length).fill(undefined)];
    add('integers', padded);
    add('integers', [...padded.slice(-least), ...padded.slice(0, -least)]);
  }
  return found;
}

/** Formats on their common grid, or in fixed point of each of some widths. */
function onGrids({ grid }, family, formats, widths) {
  return formats.flatMap(({ name, codebook }) => {
    const first = grid(codebook, 8);
    const isRounded = 'problem' in first || first.fixedPointBits !== undefined;
    const found = isRounded ? widths.map((width) => [`${name} in ${width} bits`, grid(codebook, width)]) : [[name, first]];
    return found.filter(([, one]) => !('problem' in one)).map(([title, one]) => ({ family, name: title, grid: one }));
  });
}

function formatsOf({ analyse }, text) {
  const files = { resolve: (_, to) => to, read: () => ({ problem: 'there are no other files' }) };
  return [...analyse('page:/area.nibble', text.join('\n'), files).formats.values()].filter(({ codebook }) => codebook);
}

/** Draws integers of a closed range. */
function integers({ xorshift }, seed) {
  const next = xorshift(seed);
  return (least, greatest) => least + (next() % (greatest - least + 1));
}

function sortedDraw(draw, n, least, greatest) {
  const found = new Set();
  while (found.size < Math.min(n, greatest - least + 1)) found.add(draw(least, greatest));
  return [...found].sort((a, b) => a - b);
}
