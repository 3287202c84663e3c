import { type TabName, tabNames } from './choices.ts';
import { element } from './dom.ts';

const titles: Readonly<Record<TabName, string>> = {
  pareto: 'Pareto',
  distribution: 'Distribution',
  formats: 'Formats',
  tensors: 'Tensors',
  results: 'Results',
};

/** The list of tabs: arrow keys go from one to the next, and only the current one is a stop of the Tab key. */
export class Tabs {
  readonly root = element('div', 'tabs');
  readonly #tabs: ReadonlyMap<TabName, HTMLButtonElement>;

  constructor(chosen: (tab: TabName) => void) {
    this.root.role = 'tablist';
    this.root.ariaLabel = 'Pictures';
    this.#tabs = new Map(tabNames.map((name) => [name, this.#tab(name, chosen)]));
    this.root.append(...this.#tabs.values());
    this.root.addEventListener('keydown', (event) => {
      const next = this.#after(event.key);
      if (next === undefined) return;
      event.preventDefault();
      chosen(next);
      this.#tabs.get(next)!.focus();
    });
  }

  show(current: TabName): void {
    for (const [name, tab] of this.#tabs) {
      tab.ariaSelected = String(name === current);
      tab.tabIndex = name === current ? 0 : -1;
    }
  }

  #tab(name: TabName, chosen: (tab: TabName) => void): HTMLButtonElement {
    const tab = element('button', 'tab', titles[name]);
    tab.type = 'button';
    tab.role = 'tab';
    tab.id = `tab-${name}`;
    tab.setAttribute('aria-controls', `panel-${name}`);
    tab.addEventListener('click', () => chosen(name));
    return tab;
  }

  #after(key: string): TabName | undefined {
    const at = tabNames.findIndex((name) => this.#tabs.get(name)?.ariaSelected === 'true');
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabNames.length, Home: 0, End: tabNames.length - 1 }[key];
    return to === undefined ? undefined : tabNames[to % tabNames.length];
  }
}

/** What a tab shows, with the names by which the two are told to belong together. */
export function tabPanel(name: TabName, ...children: readonly Node[]): HTMLElement {
  const panel = element('div', `panel ${name}`, ...children);
  panel.role = 'tabpanel';
  panel.id = `panel-${name}`;
  panel.setAttribute('aria-labelledby', `tab-${name}`);
  return panel;
}
