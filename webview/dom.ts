/** An element with a class and children. Text goes in as text, so that nothing from a file can become HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of a drawing. Attributes that are numbers are written with two decimals. */
export function drawn<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  put(made, attributes);
  made.append(...children);
  return made;
}

/** Writes attributes, and only those that differ. */
export function put(to: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === 'number' ? String(Number(value.toFixed(2))) : value;
    if (to.getAttribute(name) !== text) to.setAttribute(name, text);
  }
}

/** Writes a text only where it differs: a live region that is written to is read out again. */
export function write(to: Element, text: string): void {
  if (to.textContent !== text) to.textContent = text;
}

/** Gives an element these children in this order. Those that are in their places are left alone, and one that has the focus keeps it. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  const focused = document.activeElement;
  let next = parent.firstElementChild;
  for (const child of children) {
    if (child === next) next = child.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  // An element that is moved loses it.
  if (focused !== document.activeElement && parent.contains(focused))
    (focused as Element & HTMLOrSVGElement).focus({ preventScroll: true });
}

/** A button with a text, which says more to assistive technology where that is short. */
export function button(className: string, label: string, spoken: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', className, label);
  made.type = 'button';
  if (spoken !== label) {
    made.ariaLabel = spoken;
    made.title = spoken;
  }
  made.addEventListener('click', pressed);
  return made;
}

/** Calls back with the width of an element in whole pixels, at first and whenever it changes; not while it is hidden. */
export function onWidth(of: Element, changed: (width: number) => void): void {
  let last = 0;
  new ResizeObserver(() => {
    const width = Math.floor(of.clientWidth);
    if (width === 0 || width === last) return;
    last = width;
    changed(width);
  }).observe(of);
}

let measuring: CanvasRenderingContext2D | null = null;

/** The width of a text in pixels, in the font of an element. */
export function widthOf(text: string, font: Pick<CSSStyleDeclaration, 'font'>): number {
  measuring ??= element('canvas', '').getContext('2d')!;
  measuring.font = font.font;
  return measuring.measureText(text).width;
}
