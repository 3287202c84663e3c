import { resultsView, type Sort, spokenResults } from '../core/view/resultsView.ts';
import { arrange, element } from './dom.ts';
import { ResultsSection, type SectionActions } from './section.ts';
import type { PanelState } from './state.ts';
import type { Tab, TabActions } from './tab.ts';
import { tabPanel } from './tabs.ts';

/** The error of each format: a section for each comparison and weights, with dots and a table. */
export class ResultsTab implements Tab {
  readonly root: HTMLElement;
  readonly #list = element('div', 'sections');
  readonly #sections = new Map<string, ResultsSection>();
  readonly #actions: SectionActions;
  #shown: Pick<PanelState, 'results' | 'sort' | 'selected'> | undefined;

  constructor({ reveal, keep }: TabActions, sort: (sort: Sort) => void) {
    this.#actions = { reveal: (format) => reveal(format, null), sort, keep };
    this.root = tabPanel('results', this.#list);
  }

  show(state: PanelState): void {
    const { results, sort, selected } = state;
    if (this.#shown && results === this.#shown.results && sort === this.#shown.sort && selected === this.#shown.selected) return;
    this.#shown = state;
    const views = resultsView(results?.rows ?? [], sort);
    const shown = views.map((view) => {
      const section = this.#sections.get(view.key) ?? new ResultsSection(this.#actions);
      this.#sections.set(view.key, section);
      section.show(view, sort, selected?.format ?? null, state.document?.name ?? '');
      return section;
    });
    for (const [key, section] of this.#sections) {
      if (shown.includes(section)) continue;
      section.dispose();
      this.#sections.delete(key);
    }
    arrange(
      this.#list,
      shown.map(({ root }) => root),
    );
  }

  recolour(): void {
    for (const section of this.#sections.values()) section.recolour();
  }
}

/** What is read out when results have come in. */
export const spokenOf = ({ results }: PanelState): string => spokenResults(resultsView(results?.rows ?? [], null));
