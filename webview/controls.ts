import { element, write } from './dom.ts';

/** What can be chosen from a menu: a value with its name, which is shown as text. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A menu with its label. It shows what it is told and calls back with what the user picks. */
export class Menu {
  readonly root: HTMLElement;
  readonly #select = element('select', '');
  #shown = '';

  constructor(label: string, chosen: (value: string) => void) {
    // Not by the label around it alone: some take the options in it for a part of the name.
    this.#select.ariaLabel = label;
    this.root = element('label', 'control', element('span', '', label), this.#select);
    this.#select.addEventListener('change', () => chosen(this.#select.value));
  }

  /** Options with the chosen one. Of a value that is not among them nothing is shown. */
  show(options: readonly Option[], value: string): void {
    const next = JSON.stringify(options);
    if (next !== this.#shown) {
      this.#shown = next;
      this.#select.replaceChildren(
        ...options.map((option) => {
          const made = element('option', '', option.label);
          made.value = option.value;
          return made;
        }),
      );
    }
    if (this.#select.value !== value) this.#select.value = value;
  }

  hide(isHidden: boolean): void {
    this.root.hidden = isHidden;
  }
}

/** A list of boxes to tick, behind a button that says how many are. */
export class Checklist {
  readonly root: HTMLDetailsElement;
  readonly #summary = element('summary', '');
  readonly #list = element('div', 'choices');
  readonly #chosen: (values: readonly string[]) => void;
  readonly #most: number;
  readonly #noun: string;
  #shown = '';

  /** @param most How many can be ticked at once. */
  constructor(noun: string, most: number, chosen: (values: readonly string[]) => void) {
    this.#noun = noun;
    this.#most = most;
    this.#chosen = chosen;
    this.root = element('details', 'checklist', this.#summary, this.#list);
    this.root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.root.open) return;
      this.root.open = false;
      this.#summary.focus();
    });
  }

  show(options: readonly Option[], values: readonly string[]): void {
    const next = JSON.stringify([options, values]);
    if (next === this.#shown) return;
    this.#shown = next;
    write(this.#summary, `${this.#noun}: ${values.length} of ${options.length}`);
    const focused = this.#focused();
    this.#list.replaceChildren(...options.map((option) => this.#box(option, values)));
    if (focused !== undefined)
      this.#boxes()
        .find(({ value }) => value === focused)
        ?.focus();
  }

  #box({ value, label }: Option, values: readonly string[]): HTMLElement {
    const box = element('input', '');
    box.type = 'checkbox';
    box.value = value;
    box.checked = values.includes(value);
    box.disabled = !box.checked && values.length >= this.#most;
    box.addEventListener('change', () => this.#chosen(box.checked ? [...values, value] : values.filter((other) => other !== value)));
    return element('label', '', box, element('bdi', '', label));
  }

  #boxes(): readonly HTMLInputElement[] {
    return [...this.#list.querySelectorAll('input')];
  }

  #focused(): string | undefined {
    return this.#boxes().find((box) => box === document.activeElement)?.value;
  }
}

/** A field of words that narrow a list. Calls back with each change. */
export function filterField(label: string, changed: (text: string) => void): HTMLInputElement {
  const field = element('input', 'filter');
  field.type = 'search';
  field.ariaLabel = label;
  field.placeholder = label;
  field.maxLength = 500;
  field.addEventListener('input', () => changed(field.value));
  return field;
}
