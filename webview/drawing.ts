// Drawings of core/view/svg come as text, in which all that is from a file is escaped. Here they become elements, with a second lock on the door:
// nothing but the few elements and attributes that drawings are made of gets in.

const elements: ReadonlySet<string> = new Set(['svg', 'title', 'desc', 'g', 'rect', 'line', 'circle', 'path', 'text']);

const attributes: ReadonlySet<string> = new Set(
  `xmlns viewBox width height role aria-labelledby font-family font-size font-weight fill fill-opacity id x y x1 x2 y1 y2 cx cy r d stroke
  stroke-width stroke-opacity stroke-dasharray opacity transform text-anchor data-format data-interval`.split(/\s+/),
);

/** A drawing as an element of the page. Throws where it is not XML, or holds what no drawing of ours does. */
export function drawingFrom(svg: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  const error = parsed.querySelector('parsererror');
  if (error) throw new Error(`A drawing cannot be parsed: ${error.textContent}`);
  const { documentElement: root } = parsed;
  for (const one of [root, ...root.querySelectorAll('*')]) {
    const stranger = elements.has(one.localName) ? [...one.attributes].find(({ name }) => !attributes.has(name))?.name : one.localName;
    if (stranger !== undefined) throw new Error(`A drawing holds "${stranger}"`);
  }
  return document.importNode(root, true) as unknown as SVGSVGElement;
}
