import { expect, test } from 'vitest';
import type { ToPanel } from '../../protocol/panel.ts';
import type { PictureAnswer, PlainFormat } from '../../protocol/pictures.ts';
import { type Choices, firstChoices } from '../../webview/choices.ts';
import { nothingKnown, type PanelState, told } from '../../webview/state.ts';
import { document, uri } from './messages.ts';
import { picture, wishFor } from './realPictures.ts';

// A format whose number line the editor asks for is looked for in one group after the other.

const format = (name: string): PlainFormat => ({
  name,
  label: name,
  bits: 1,
  ties: 'even',
  levels: [0, 1],
  usage: null,
  places: [null, null],
  steps: [null, null],
  figures: [],
});
/** The formats of each group, by its key. */
const content: Readonly<Record<string, readonly string[]>> = { g: ['A'], h: ['A', 'B'], i: ['C'] };
const answer = (group: string, version = 1, names = content[group]!): ToPanel =>
  picture({
    uri,
    version,
    wish: wishFor('formats', { group }),
    groups: Object.keys(content).map((key) => ({ key, title: key })),
    data: { picture: 'formats', formats: names.map(format) },
    notes: [],
  } satisfies PictureAnswer) as ToPanel;
const open: ToPanel = { protocol: 2, kind: 'open', picture: 'formats' };
const select = (name: string | null): ToPanel => ({ protocol: 2, kind: 'select', uri, format: name, code: null });

const opened = (choices: Partial<Choices>, ...messages: readonly ToPanel[]): PanelState =>
  messages.reduce(told, { ...told(nothingKnown, document()), choices: { ...firstChoices, ...choices } });

/** Answers what the panel wants until it wants nothing new; tells which groups were chosen on the way. */
function answered(state: PanelState): { readonly state: PanelState; readonly chosen: readonly (string | null)[] } {
  const chosen: (string | null)[] = [];
  let now = state;
  while (chosen.at(-1) !== now.choices.group || chosen.length === 0) {
    chosen.push(now.choices.group);
    now = told(now, answer(now.choices.group ?? 'g'));
  }
  return { state: now, chosen };
}

test.each(['formats', 'pareto'] as const)('a format that is in the picture leaves the group as it was, from the tab %s', (tab) => {
  const before = opened({ tab, group: 'h', over: ['A'] }, select('B'), open);
  const { state } = answered(before);
  expect(state.choices).toEqual({ ...before.choices, tab: 'formats' });
  expect(state.peek).toEqual({ format: 'B', search: null });
});

test('one that is in another group is found there', () => {
  const { state, chosen } = answered(opened({ tab: 'formats', tensor: 't' }, answer('g'), select('C'), open));
  expect(chosen).toEqual(['h', 'i']);
  expect(state).toMatchObject({ choices: { group: 'i', tensor: null }, peek: { format: 'C', search: null } });
});

test('one that is in no group leads back to the group that was chosen', () => {
  const { state, chosen } = answered(opened({ tab: 'formats', group: 'h', tensor: 't' }, answer('h'), select('None'), open));
  expect(chosen).toEqual(['g', 'i', 'h']);
  expect(state).toMatchObject({ choices: { group: 'h', tensor: 't' }, peek: null });
});

test('one that is just being written is waited for: a picture of an earlier text says nothing of it', () => {
  const state = opened({ tab: 'formats', group: 'g' }, answer('g'), document(2), select('New'), open);
  expect(state.choices.group).toBe('g');
  expect(told(state, answer('g', 2, ['A', 'New']))).toMatchObject({ choices: { group: 'g' }, peek: { search: null } });
});

test('whoever chooses a group meanwhile has it', () => {
  const state = opened({ tab: 'formats', group: 'g' }, answer('g'), select('C'), open);
  expect(state.choices.group).toBe('h');
  const next = told({ ...state, choices: { ...state.choices, group: 'g' } }, answer('g'));
  expect(next).toMatchObject({ choices: { group: 'g' }, peek: null });
});

test('nothing is looked for where no format is selected, nor in another picture', () => {
  expect(opened({ group: 'g' }, answer('g'), select(null), open).peek).toBeNull();
  expect(opened({ group: 'g' }, answer('g'), select('C'), { ...open, picture: 'pareto' })).toMatchObject({
    choices: { group: 'g' },
    peek: null,
  });
});

test('once it was found an edit that takes it away changes no group', () => {
  const { state } = answered(opened({ tab: 'formats' }, answer('g'), select('C'), open));
  expect(told(state, answer('i', 2, ['D'])).choices.group).toBe('i');
});
