import { describe, expect, test } from 'vitest';
import { errorFromProfile, prepared } from '../../../core/profile/errorFromProfile.ts';
import { mergeProfiles, type Profile, type ProfileKey } from '../../../core/profile/profile.ts';
import { deserialise, serialise } from '../../../core/profile/serialise.ts';
import { profileOf } from '../../support/profileOf.ts';
import { draws, random, toBf16, withOutliers } from './draws.ts';
import { books, relative, ruleOf } from './rules.ts';

const overAbsmax: ProfileKey = { block: 32, axis: 'last', over: { kind: 'absmax' } };
const overTable: ProfileKey = { ...overAbsmax, over: 'bf16' };
const n = 2 ** 17;
const weights = withOutliers(draws(n, 5, 1), 3, 1000);
weights.fill(0, 64, 200);
const shape = [n / 256, 256];
const profiles: Readonly<Record<string, Profile>> = {
  sketch: profileOf(weights, shape, overAbsmax),
  'small tensor': profileOf(weights.slice(0, 2 ** 10), [4, 256], overAbsmax),
  'bf16 table': profileOf(toBf16(weights.slice(0, 2 ** 14)), [64, 256], overTable),
  nothing: profileOf(new Float32Array(0), [0], overAbsmax),
};

describe('a profile comes back from its bytes as it was', () => {
  test.each(Object.entries(profiles))('%s', (_, profile) => {
    expect(differences(deserialise(serialise(profile), profile.key), profile)).toEqual([]);
  });

  test('in fewer of them than its arrays take', () => {
    expect(serialise(profiles['sketch']!).length).toBeLessThan(0.9 * 4 * 8 * 16385);
    expect(serialise(profiles['small tensor']!).length).toBeLessThan(8 * 2 ** 10);
    expect(serialise(profiles['bf16 table']!).length).toBeLessThan(2 ** 18);
  });
});

describe('bytes that hold no such profile are a problem, and nothing is thrown', () => {
  const profile = profiles['small tensor']!;
  const bytes = serialise(profile);
  const problem = (of: Uint8Array, key = overAbsmax): string => {
    const found = deserialise(of, key);
    return 'problem' in found ? found.problem : 'none';
  };

  test('of another kind, cut off, damaged, or of another key', () => {
    expect(problem(new Uint8Array(0))).toBe('These bytes are no profile');
    expect(problem(new TextEncoder().encode('{"schema":1}'))).toBe('These bytes are no profile');
    for (const length of [1, 7, 8, 9, 100, bytes.length - 1]) expect(problem(bytes.subarray(0, length))).not.toBe('none');
    expect(problem(Uint8Array.of(...bytes, 0))).toBe('This profile is damaged: its checksum differs');
    expect(problem(bytes, { ...overAbsmax, block: 64 })).toContain('This profile is of something else than [64,"last"');
  });

  test('any bit turned', () => {
    for (let i = 0; i < bytes.length; i += 37) {
      const turned = bytes.slice();
      turned[i]! ^= 1 << (i % 8);
      expect(problem(turned)).not.toBe('none');
    }
  });

  test('made up with a fitting checksum: no number is trusted', () => {
    const next = random(5);
    for (let i = 0; i < 300; i++) {
      const made = bytes.slice(8, 8 + Math.floor(next() * (bytes.length - 8)) + 1);
      for (let j = 0; j < 3; j++) made[Math.floor(next() * Math.min(made.length, 200))] = Math.floor(next() * 256);
      const found = deserialise(withChecksum(made), overAbsmax);
      if ('problem' in found) continue;
      // What passes is a profile that can be asked.
      expect(Number.isNaN(prepared(found).prefix.profile.totals.signal)).toBe(false);
    }
    const header = bytes.slice(8, 8 + 2 + bytes[9]!);
    const huge = [...header, 255, 255, 255, 255, 255, 255, 255, 15];
    expect(problem(withChecksum(Uint8Array.from([...huge, ...huge, ...huge])))).toBe('The sums of this profile make no sense');
    expect(problem(withChecksum(Uint8Array.of(1)))).toBe('This profile is of version 1, not 4');
  });
});

describe('profiles add up', () => {
  const half = n / 2;
  const parts = (key: ProfileKey, all: Float32Array): Profile =>
    mergeProfiles([profileOf(all.slice(0, half), [half / 256, 256], key), profileOf(all.slice(half), [half / 256, 256], key)]);
  const noise = (profile: Profile, type: 'F32' | 'BF16'): number => {
    const found = errorFromProfile(prepared(profile), ruleOf({}), books['nf4']!, type);
    if ('why' in found) throw new Error(found.why);
    return found.sums.noise;
  };

  test('to that of the whole', () => {
    const [whole, merged] = [profiles['sketch']!, parts(overAbsmax, weights)];
    expect(merged.totals).toEqual({
      ...whole.totals,
      signal: expect.closeTo(whole.totals.signal, 6),
      absSignal: expect.closeTo(whole.totals.absSignal, 6),
    });
    expect(merged.maxima).toEqual(whole.maxima);
    expect(relative(noise(merged, 'F32'), noise(whole, 'F32'))).toBeLessThan(1e-5);
    const bf16 = toBf16(weights);
    expect(relative(noise(parts(overTable, bf16), 'BF16'), noise(profileOf(bf16, shape, overTable), 'BF16'))).toBeLessThan(1e-12);
  });

  test('with the blocks kept exactly that are largest, where parts keep too many', () => {
    const small = Array.from({ length: 5 }, (_, i) => profileOf(draws(2 ** 15, 5, i), [128, 256], overAbsmax));
    const merged = mergeProfiles([small[0]!, ...small.slice(1)]);
    if (merged.statistics.kind !== 'sketch') throw new Error('no sketch');
    const { sketch, exact } = merged.statistics;
    const inSketch = sketch.counts.reduce((sum, count) => sum + count, 0);
    expect([exact.weights.length, inSketch]).toEqual([2 ** 17, 2 ** 15]);
    const sum = small.reduce((all, part) => all + noise(part, 'F32'), 0);
    expect(relative(noise(merged, 'F32'), sum)).toBeLessThan(1e-5);
  });

  test('only where they are of the same', () => {
    expect(() => mergeProfiles([profiles['sketch']!, profiles['bf16 table']!])).toThrow('do not add up');
  });
});

/** A body as bytes of a profile: the checksum is the usual one, computed bit by bit. */
function withChecksum(body: Uint8Array): Uint8Array {
  let crc = 0xffff_ffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  const bytes = new Uint8Array(8 + body.length);
  bytes.set(new TextEncoder().encode('NBPF'));
  new DataView(bytes.buffer).setUint32(4, ~crc >>> 0);
  bytes.set(body, 8);
  return bytes;
}

/** Paths at which two values differ; quicker than a deep comparison of large arrays. */
function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && a.constructor === b.constructor)
    return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength)) ? [] : [path];
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return Object.is(a, b) ? [] : [path];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name) => differences(Reflect.get(a, name), Reflect.get(b, name), `${path}.${name}`));
}
