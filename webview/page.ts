import type { Sort } from '../core/view/resultsView.ts';
import { visible } from '../core/weights/visibleName.ts';
import { type TabName, tabNames } from './choices.ts';
import { Menu } from './controls.ts';
import { DistributionTab } from './distributionTab.ts';
import { arrange, button, element, write } from './dom.ts';
import { FormatsTab } from './formatsTab.ts';
import { hint } from './hint.ts';
import type { DragStep } from './levelDrag.ts';
import { ParetoTab } from './paretoTab.ts';
import { ResultsTab, spokenOf } from './resultsTab.ts';
import { ofGroup, type PanelState } from './state.ts';
import { stateLine } from './stateLine.ts';
import type { Tab, TabActions } from './tab.ts';
import { Tabs } from './tabs.ts';
import { TensorsTab } from './tensorsTab.ts';

/** What the user can do on the page. */
export interface PageActions extends TabActions {
  evaluate(): void;
  pin(isPinned: boolean): void;
  sort(sort: Sort): void;
  drag(step: DragStep): void;
}

/** What can be done with the page. */
export interface Page {
  show(state: PanelState): void;
  /** To be called when the theme has changed: a canvas does not follow a style sheet. */
  recolour(): void;
}

/** Fills the body: a heading, one line on what is going on, then the tabs. Only the one that is seen is drawn. */
export function panelPageIn(body: HTMLElement, actions: PageActions): Page {
  const heading = element('h1', '');
  const line = element('span', 'state');
  const progress = element('progress', '');
  const evaluate = button('primary', 'Evaluate', 'Evaluate', () => actions.evaluate());
  const pin = button('toggle', 'Pin', 'Pin to this document', () => actions.pin(pin.ariaPressed !== 'true'));
  const spoken = element('p', 'spoken');
  const empty = element('div', 'empty');
  const group = new Menu('Group', (key) => actions.choose(ofGroup(key)));
  const tabs = new Tabs((tab) => actions.choose({ tab }));
  const views: Readonly<Record<TabName, Tab>> = {
    pareto: new ParetoTab(actions),
    distribution: new DistributionTab(actions),
    formats: new FormatsTab(actions, actions.drag),
    tensors: new TensorsTab(actions),
    results: new ResultsTab(actions, actions.sort),
  };
  /** Those that were not seen when the theme changed. */
  const outdated = new Set<TabName>();
  let last: PanelState | undefined;

  progress.ariaLabel = 'Evaluation';
  // A live region. It is told of finished results only: what goes on before would be read out twenty times a second.
  spoken.role = 'status';
  const roots = Object.values(views).map(({ root }) => root);
  body.append(
    element(
      'main',
      '',
      heading,
      element('div', 'line', line, progress, evaluate, pin),
      spoken,
      element('div', 'bar', tabs.root, group.root),
      empty,
      ...roots,
    ),
  );

  function showLine(state: PanelState): void {
    const { text, tone, share, action } = stateLine(state);
    write(line, text);
    line.dataset['tone'] = tone;
    progress.hidden = tone !== 'busy';
    if (share === null) progress.removeAttribute('value');
    else progress.value = share;
    evaluate.hidden = action === 'none';
    pin.hidden = state.document === null;
    pin.ariaPressed = String(state.isPinned);
    // So that the same outcome is read out again after another evaluation.
    if (tone === 'busy') write(spoken, '');
    if (tone === 'error') write(spoken, text);
  }

  function showGroups({ choices, pictures }: PanelState): void {
    const answer = choices.tab === 'results' ? undefined : pictures[choices.tab];
    group.hide(!answer || answer.groups.length < 2);
    if (!answer) return;
    group.show(
      answer.groups.map(({ key, title }) => ({ value: key, label: visible(title) })),
      answer.wish.group ?? '',
    );
  }

  return {
    show(state) {
      const { tab } = state.choices;
      write(heading, state.document === null ? 'Results' : `Results of ${state.document.name}`);
      showLine(state);
      arrange(empty, hint(state));
      tabs.show(tab);
      showGroups(state);
      for (const [name, { root }] of Object.entries(views)) root.hidden = name !== tab;
      views[tab].root.classList.toggle('is-empty', isEmpty(state));
      views[tab].show(state);
      if (outdated.delete(tab)) views[tab].recolour();
      // What is there from the start is not news.
      if (last !== undefined && state.results !== null && state.results !== last.results) write(spoken, spokenOf(state));
      last = state;
    },
    recolour() {
      if (!last) return;
      for (const name of tabNames) outdated.add(name);
      outdated.delete(last.choices.tab);
      views[last.choices.tab].recolour();
    },
  };
}

/** Whether there is nothing to choose or to export yet. Where a tensor was chosen that has no picture, another one can be. */
function isEmpty({ choices: { tab, tensor }, pictures }: PanelState): boolean {
  if (tab === 'results') return false;
  const data = pictures[tab]?.data ?? null;
  return data === null && (tab !== 'distribution' || tensor === null);
}
