/** Red, green and blue, each from 0 to 255, and how much covers, from 0 to 1. */
export type Colour = readonly [number, number, number, number];

/** A colour as style sheets compute it, `#rrggbb`, `#rgb`, `rgb(...)` or `rgba(...)`; undefined for any other text. */
export function parsedColour(text: string): Colour | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text);
  const hex = short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
    : text;
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})([\da-f]{2})?$/i.exec(hex);
  if (long) {
    const [r, g, b, a] = long.slice(1).map((part) => Number.parseInt(part ?? 'ff', 16));
    return [r!, g!, b!, a! / 255];
  }
  const parts =
    /^rgba?\(([^)]+)\)$/
      .exec(text)?.[1]
      ?.split(/[\s,/]+/)
      .map(Number) ?? [];
  const [r, g, b, a = 1] = parts;
  return [r, g, b, a].every(Number.isFinite) && parts.length >= 3 ? [r!, g!, b!, a] : undefined;
}

/** How much two opaque colours differ in luminance, from 1 to 21, as WCAG 2.2 defines it. */
export function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

/** A share of one colour over the rest of another, opaque. */
export const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] * share + b[0] * (1 - share),
  a[1] * share + b[1] * (1 - share),
  a[2] * share + b[2] * (1 - share),
  1,
];

/** The colour as it is, or as near to that of the text as it takes to have so much contrast to the ground. */
export function readable(colour: Colour, ground: Colour, text: Colour, least: number): Colour {
  const opaque = mixed(colour, ground, colour[3]);
  for (let share = 0; share < 1; share += 0.1) {
    const candidate = mixed(text, opaque, share);
    if (contrast(candidate, ground) >= least) return candidate;
  }
  return text;
}

export const hexColour = ([r, g, b]: Colour): string =>
  `#${[r, g, b].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

function luminance([r, g, b]: Colour): number {
  const [x, y, z] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
}
