import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, parseJson } from '../../../core/weights/json.ts';

/** Maps back to objects, for the comparison with `JSON.parse`. */
function plain(value: Json): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return Object.fromEntries([...(value as ReadonlyMap<string, Json>)].map(([key, member]) => [key, plain(member)]));
  return value;
}

function jsonOf(text: string): Json {
  const result = parseJson(text);
  if ('fault' in result) throw new Error(result.fault);
  return result.value;
}

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (text, space) => {
      expect(plain(jsonOf(space + text + space))).toEqual(JSON.parse(text));
    }),
  );
});

test('refuses what JSON.parse refuses', () => {
  const damaged = fc.tuple(fc.json({ maxDepth: 4 }), fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, by]) => {
    const cut = at % (text.length + 1);
    return text.slice(0, cut) + by + text.slice(cut + 1);
  });
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      // Only the verdict is compared.
      return false;
    }
  };
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u01-.eE truefalsn') })), (text) => {
      expect('value' in parseJson(text)).toBe(isJson(text));
    }),
    { numRuns: 2000 },
  );
});

test('tells which keys are there twice, and keeps the first', () => {
  expect(parseJson('{"a":{"b":1,"b":2},"a":3}')).toEqual({
    value: new Map([['a', new Map([['b', 1]])]]),
    duplicates: [['a', 'b'], ['a']],
  });
});

test('__proto__ is a key like any other', () => {
  const value = jsonOf('{"__proto__":{"polluted":1}}');
  expect([...(value as ReadonlyMap<string, Json>).keys()]).toEqual(['__proto__']);
  expect('polluted' in {}).toBe(false);
});

test('deep nesting is refused before it can exhaust the stack', () => {
  expect(parseJson('['.repeat(1_000_000))).toEqual({ fault: 'Nested deeper than 32 levels at character 33' });
  expect(parseJson('{"a":'.repeat(1_000_000))).toHaveProperty('fault');
});
