import { test } from 'vitest';
import { checkErrors } from '../../support/checkErrors.ts';

test('a half-typed line does not hide the next one', () => {
  checkErrors(`
format mine {
  width =
#        ^ Expected a value
  block = 64 elements
}`);
});

test('a half-typed sum does not hide the next declaration', () => {
  checkErrors(`
let x = 3 *
#          ^ Expected a value
let y = 4
assert x <
#         ^ Expected a value
format A { levels = int() }`);
});

test('a list that nobody closes ends before the next property', () => {
  checkErrors(`
format A {
  levels = [1, 2
#               ^ Expected \`]\`
  ties   = even
}`);
});

test('a list of one item likewise', () => {
  checkErrors(`
format A {
  levels = [1
#            ^ Expected \`]\` to close \`[\`
  ties   = even
}`);
});

test('a call that nobody closes ends before the next property', () => {
  checkErrors(`
format A {
  levels = minifloat(e: 2, m: 1
#                              ^ Expected \`)\`
  ties   = even
}`);
});

test('braces that nobody closes end before the next declaration', () => {
  checkErrors(`
format A {
  levels = int()
#               ^ Expected \`}\` to close \`{\`

format B { levels = int() }`);
});

test('two properties on one line need a comma', () => {
  checkErrors(`
format A { bits = 4 levels = int() }
#                  ^ Expected a comma or a new line before the next property`);
});

test('two items of a list need a comma', () => {
  checkErrors(`
let x = [1 [2, 3] 4, y 3, f(3)(4)]
#         ^ Expected a comma before the next element
#                ^ Expected a comma before the next element
#                     ^ Expected a comma before the next element
#                             ^ Expected a comma before the next element`);
});

test('a named argument has a colon', () => {
  checkErrors(`
format A { levels = minifloat(e = 2, m: 1) }
#                               ^ A named argument is written with a colon, as in \`nu: 5\``);
});

test('a string ends with its line', () => {
  checkErrors(`
weights w = "model.safetensors
#           ^^^^^^^^^^^^^^^^^^ This string has no closing quote
weights v = "other.npy"`);
});

test('a name is made of letters, digits and _', () => {
  checkErrors(`
let é = 1
#   ^ \`é\` is no name: a name has letters from A to Z, digits and _, and no digit first
format 4bit { levels = int() }
#      ^^^^ \`4bit\` is no name: a name has letters from A to Z, digits and _, and no digit first
let 😀x = 2
#   ^^^ \`😀x\` is no name: a name has letters from A to Z, digits and _, and no digit first
scale {
#    ^ Expected the name of this scale
  block = 3
}`);
});

test('what begins no declaration is said once, and skipped', () => {
  checkErrors(`
let x = 1
  ] hello (world
# ^^^^^^^^^^^^^^ Expected a declaration (use, let, format, scale, weights, model, hardware, compare or assert), not \`]\`
let y = 2`);
});

test('what is no property is said once, and skipped', () => {
  checkErrors(`
format A {
  + 3 4 5
# ^^^^^^^ Expected a property, as in \`key = value\`, not \`+\`
  levels = int()
}`);
});

test('a comprehension has a variable, `in` and a source', () => {
  checkErrors(`
let a = [k for in 1..3]
#             ^ Expected the name of a variable, as in [2^k for k in 0..7]
let b = [k for k 1..3]
#               ^ Expected \`in\`, as in [2^k for k in 0..7]
let c = [k for k in ]
#                  ^ Expected a value
let d = [for k in 1..3]
#        ^ Expected a value`);
});

test('a use names something', () => {
  checkErrors(`
use
#  ^ Expected a library or a file, as in \`use std.paper\` or \`use "./shared.nibble"\`
use std.
#       ^ Expected the rest of the name, as in \`std.paper\`
format A { levels = int() }`);
});

test('an assertion says what must hold', () => {
  checkErrors(`
assert
#     ^ Expected what must hold, as in \`assert sqnr(F, on: w) >= 19 dB\`
let x = 1`);
});

test('parameters are closed', () => {
  checkErrors(`
format F(nu = 5 { levels = int() }
#              ^ Expected \`)\` to close \`(\``);
});

test('an instance names its family', () => {
  checkErrors(`
format A extends 5 { levels = int() }
#               ^ Expected what this extends
format B =
#         ^ Expected a value
format C extends D { }`);
});
