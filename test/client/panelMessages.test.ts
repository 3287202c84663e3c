import { describe, expect, test } from 'vitest';
import { documentOfState, fromPanel, isPinnedInState, pictureWish, protocol } from '../../client/panelMessages.ts';

const wish = { picture: 'pareto', group: null, tensor: null, backdrop: 'std.paper' };
const drag = { protocol, kind: 'drag', uri: 'file:///a', drag: 1, phase: 'move', format: 'A', code: 3, level: -0.5 };
const saved = { protocol, kind: 'export', to: 'file', type: 'svg', name: 'a', content: '<svg/>' };

describe('a message of the panel is taken', () => {
  test.each([
    { protocol, kind: 'ready' },
    { protocol, kind: 'pin', isPinned: true },
    { protocol, kind: 'evaluate', uri: 'file:///a' },
    { protocol, kind: 'reveal', uri: 'file:///a', format: 'A', code: null, library: null },
    { protocol, kind: 'reveal', uri: 'file:///a', format: 'A', code: 15, library: 'std.paper' },
    { protocol, kind: 'want', uri: 'file:///a', wish },
    { protocol, kind: 'want', uri: 'file:///a', wish: null },
    drag,
    { ...drag, phase: 'cancel' },
    saved,
    { ...saved, to: 'clipboard' },
  ])('%j', (message) => {
    expect(fromPanel({ ...message, more: 'is left behind' })).toEqual(message);
  });
});

describe('anything else is nothing', () => {
  test.each([
    null,
    undefined,
    'ready',
    [],
    {},
    { kind: 'ready' },
    { protocol: 1, kind: 'ready' },
    { protocol, kind: 'constructor' },
    { protocol, kind: 'evaluate', uri: 1 },
    { protocol, kind: 'reveal', uri: 'file:///a', format: 'A' },
    { protocol, kind: 'reveal', uri: 'file:///a', format: 'A', code: 256, library: null },
    { protocol, kind: 'reveal', uri: 'file:///a', format: 'A', code: null, library: 1 },
    { protocol, kind: 'pin', isPinned: 'yes' },
    { protocol, kind: 'want', uri: 'file:///a' },
    { protocol, kind: 'want', uri: 'file:///a', wish: { ...wish, picture: 'toString' } },
    { protocol, kind: 'want', uri: 'file:///a', wish: { ...wish, tensor: 1 } },
    { protocol, kind: 'want', uri: 'file:///a', wish: { ...wish, group: 'x'.repeat(5000) } },
    { ...drag, level: Number.NaN },
    { ...drag, level: Number.POSITIVE_INFINITY },
    { ...drag, level: '1' },
    { ...drag, code: -1 },
    { ...drag, code: 1.5 },
    { ...drag, drag: 1e300 },
    { ...drag, phase: 'begin' },
    { ...saved, type: 'html' },
    { ...saved, content: 7 },
    { ...saved, name: 'x'.repeat(5000) },
    { ...saved, to: 'clipboard', type: 'png' },
  ])('%j', (message) => {
    expect(fromPanel(message)).toBeUndefined();
  });
});

test('a wish is copied', () => {
  expect(pictureWish({ ...wish, extra: 1 })).toEqual(wish);
});

test('of a saved state the document and the pin are read, where it is of this version', () => {
  const state = { protocol, document: { uri: 'file:///a', name: 'a', version: 1 }, isPinned: true };
  expect([documentOfState(state), isPinnedInState(state)]).toEqual(['file:///a', true]);
  const older = { ...state, protocol: 1 };
  expect([documentOfState(older), isPinnedInState(older)]).toEqual([undefined, false]);
  for (const data of [null, 1, 'x', {}, { protocol }, { protocol, document: 3, isPinned: 1 }])
    expect([documentOfState(data), isPinnedInState(data)]).toEqual([undefined, false]);
});
