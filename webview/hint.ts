import { element } from './dom.ts';
import type { PanelState } from './state.ts';

/** What to do where there is nothing to see: always the same elements for the same case. */
export function hint({ document, results, status }: PanelState): readonly HTMLElement[] {
  if (document === null) return noDocument;
  if (results === null || status?.state === 'evaluating') return [];
  if (results.nRows === 0) return nothingAsked;
  return results.rows.length === 0 ? notEvaluated : [];
}

const example = `compare mine {
  formats = [INT4, E2M1, NF4, SF4]
  on      = model
  scale   = group128
}`;

const noDocument = [element('p', '', 'Open a Nibble document to see how its formats do.')];

const notEvaluated = [
  element('p', '', 'No row has been evaluated yet. Where that stays so, see the Problems view: perhaps weights could not be read.'),
];

const nothingAsked = [
  element(
    'p',
    '',
    'This document asks for no evaluation as it stands: what is wrong in it is in the Problems view. A comparison of formats, with the weights and the scale to measure them on:',
  ),
  code(example),
  element('p', '', 'A format with a scale of its own is measured on all linked weights without one.'),
];

/** Scrolls sideways where the column is narrow, by keyboard too. */
function code(text: string): HTMLElement {
  const block = element('pre', '', element('code', '', text));
  block.tabIndex = 0;
  return block;
}
