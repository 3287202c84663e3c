import { random } from './timing.ts';

/** A spec of about 2,000 lines as a person might have it: families of formats, their scales, what they are measured on, and what must hold. */
export function longSpec(): string {
  const parts = ['// A spec as long as none should be.\n', 'use std.paper\n'];
  for (let i = 0; parts.join('\n').split('\n').length < 2000; i++) parts.push(chapter(i));
  return parts.join('\n');
}

const chapter = (i: number): string => `// --- design ${i} ---

/// Weights of layer ${i}: every matrix that is multiplied with activations.
weights layer${i} = "model/layer-${i}-*.safetensors" {
  include = ["*_proj.weight", "*.w${i}"]
  exclude = ["*norm*", "*embed*"]
}

/// Absmax onto the largest level, in blocks of ${16 << (i % 4)}.
scale block${i} {
  block  = ${16 << (i % 4)}
  axis   = last
  anchor = ${['absmax', 'max_level', 'signed_max', 'mse(of: max_level, per: tensor)'][i % 4]}
  type   = ${['fp16', 'fp32', 'bf16', 'e4m3'][i % 4]}
}

scale flat${i} extends block${i} { axis = flat }  // across rows, as bitsandbytes cuts them

let nu${i} = ${3 + (i % 5)}

/// Student Float between NF4 and SF4, with the code of -0 used for ${i % 7}.
format Student${i}(nu = nu${i}) {
  levels = quantiles(student_t(nu))
  ties   = ${['lower', 'even', 'away'][i % 3]}
}

format Super${i} extends E2M1 {
  negative_zero = ${[5, 8, 2.5][i % 3]}  /* supernormal */
}

format Table${i} {
  levels = [-1, -0.7, -0.52, -0.39, -0.28, -0.18, -0.09, 0, 0.08, 0.16, 0.25, 0.34, 0.44, 0.56, 0.72, ${1 + i / 1000}]
}

format Sums${i} { levels = sums([0, 1/2, 1/4, 1/16], [0, 1/8]) / (5/8) }

compare design${i} {
  formats = [INT4, E2M1, NF4, Student${i}(3..7), Super${i}, Table${i}, Sums${i}]
  on      = layer${i}
  scale   = [block${i}, flat${i}]
}

assert sqnr(Student${i}, on: layer${i}, scale: block${i}) > sqnr(INT4, on: layer${i}, scale: block${i}) + 0.5 dB
assert bits_per_weight(Super${i}, scale: block${i}) <= ${5 + (i % 4)} bits
`;

/** A change of one character: put in at a place, or taken away there. */
export interface Keystroke {
  readonly at: number;
  readonly insert: string;
  readonly remove: number;
}

/** Single characters typed at random places, each taken back by the next keystroke, so that the text stays what it is. */
export function keystrokes(text: string, n: number): readonly Keystroke[] {
  const next = random(1);
  const letters = 'abcxyz019 ={}[](),."/-+\n';
  return Array.from({ length: n / 2 }, () => ({
    at: Math.floor(next() * text.length),
    insert: letters[Math.floor(next() * letters.length)]!,
  })).flatMap(({ at, insert }) => [
    { at, insert, remove: 0 },
    { at, insert: '', remove: 1 },
  ]);
}

export const typed = (text: string, { at, insert, remove }: Keystroke): string => text.slice(0, at) + insert + text.slice(at + remove);
