import { resultsView, spokenResults } from '../core/view/resultsView.ts';
import { arrange, element, write } from './dom.ts';
import { hint } from './hint.ts';
import { ResultsSection, type SectionActions } from './section.ts';
import type { PanelState } from './state.ts';
import { stateLine } from './stateLine.ts';

/** What the user can do on the page. */
export interface PageActions extends SectionActions {
  evaluate(): void;
}

/** What can be done with the page. */
export interface Page {
  show(state: PanelState): void;
  /** To be called when the theme has changed: a canvas does not follow a style sheet. */
  recolour(): void;
}

/** Fills the body: a heading, one line on what is going on, then a section for each comparison. */
export function resultsPage(body: HTMLElement, actions: PageActions): Page {
  const heading = element('h1', '');
  const line = element('span', 'state');
  const progress = element('progress', '');
  const evaluate = element('button', 'primary', 'Evaluate');
  const spoken = element('p', 'spoken');
  const empty = element('div', 'empty');
  const list = element('div', 'sections');
  const sections = new Map<string, ResultsSection>();
  let last: PanelState | undefined;

  progress.ariaLabel = 'Evaluation';
  evaluate.type = 'button';
  evaluate.addEventListener('click', () => actions.evaluate());
  // A live region. It is told of finished results only: what goes on before would be read out twenty times a second.
  spoken.role = 'status';
  body.append(element('main', '', heading, element('div', 'line', line, progress, evaluate), spoken, empty, list));

  function showLine(state: PanelState): void {
    const { text, tone, share, action } = stateLine(state);
    write(line, text);
    line.dataset['tone'] = tone;
    progress.hidden = tone !== 'busy';
    if (share === null) progress.removeAttribute('value');
    else progress.value = share;
    evaluate.hidden = action === 'none';
    // So that the same outcome is read out again after another evaluation.
    if (tone === 'busy') write(spoken, '');
    if (tone === 'error') write(spoken, text);
  }

  function showResults({ results, sort }: PanelState): void {
    const views = resultsView(results?.rows ?? [], sort);
    const shown = views.map((view) => {
      const section = sections.get(view.key) ?? new ResultsSection(actions);
      sections.set(view.key, section);
      section.show(view, sort);
      return section;
    });
    for (const [key, section] of sections) {
      if (shown.includes(section)) continue;
      section.dispose();
      sections.delete(key);
    }
    const roots = shown.map(({ root }) => root);
    arrange(list, roots);
    // What is there from the start is not news.
    if (last !== undefined && results !== null && results !== last.results) write(spoken, spokenResults(views));
  }

  return {
    show(state) {
      write(heading, state.document === null ? 'Results' : `Results of ${state.document.name}`);
      showLine(state);
      arrange(empty, hint(state));
      if (state.results !== last?.results || state.sort !== last?.sort) showResults(state);
      last = state;
    },
    recolour() {
      for (const section of sections.values()) section.recolour();
    },
  };
}
