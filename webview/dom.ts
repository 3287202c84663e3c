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

/** Writes a text only where it differs: a live region that is written to is read out again. */
export function write(to: HTMLElement, text: string): void {
  if (to.textContent !== text) to.textContent = text;
}

/** Puts children in an order, and leaves alone those that are in their places: an element that is moved loses the focus. */
export function arrange(parent: HTMLElement, children: readonly HTMLElement[]): void {
  if (children.length === parent.children.length && children.every((child, i) => parent.children[i] === child)) return;
  parent.replaceChildren(...children);
}
