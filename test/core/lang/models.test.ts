import { describe, expect, test } from 'vitest';
import { factKey } from '../../../core/lang/facts.ts';
import { modelRows, qualityRequests, rowRequest } from '../../../core/lang/modelRows.ts';
import { analysed, found } from '../../support/analysed.ts';
import { evaluatedOnModel, report, withModels } from '../../support/modelExamples.ts';

const head = `use std.paper
weights w = "w.safetensors"
scale s { block = 32, axis = last, anchor = max_level }
`;

describe('a model is worked out', () => {
  test('with what holds where nothing is written', () => {
    const [model] = analysed('model m = "tiny-lm"').models.values();
    expect(model).toMatchObject({ path: 'tiny-lm', tokens: 20_000, keep: [], activations: 'none' });
    for (const key of ['config', 'tokenizer', 'text', 'separator', 'window', 'quantize'] as const) expect(model![key]).toBeUndefined();
  });

  test('with all that is written', () => {
    const spec = `use std.paper
model m = "a.safetensors" {
  text = ["x.txt", "y*.txt"], separator = "--", tokens = all, window = 64, quantize = "*_proj.weight", keep = ["*.0.*"]
  activations = NF4, config = "c.json", tokenizer = "t.bin"
}`;
    const analysis = analysed(spec);
    expect(found(analysis)).toEqual([]);
    const [model] = analysis.models.values();
    expect(model).toMatchObject({
      path: 'a.safetensors',
      text: ['x.txt', 'y*.txt'],
      separator: '--',
      tokens: Number.POSITIVE_INFINITY,
      window: 64,
      quantize: ['*_proj.weight'],
      keep: ['*.0.*'],
      activations: { name: 'NF4' },
      config: 'c.json',
      tokenizer: 't.bin',
    });
  });

  test.each([
    ['model m = 4', 'type.mismatch'],
    ['model m = ""', 'type.mismatch'],
    ['model m extends n { }', 'declaration.form'],
    ['model m = "x" { text = [] }', 'type.mismatch'],
    ['model m = "x" { text = [4] }', 'type.mismatch'],
    ['model m = "x" { separator = "" }', 'type.mismatch'],
    ['model m = "x" { tokens = 1.5 }', 'argument.invalid'],
    ['model m = "x" { window = 1 }', 'argument.invalid'],
    ['model m = "x" { activations = "int8" }', 'type.mismatch'],
    ['model m = "x" { quantize = 4 }', 'type.mismatch'],
  ])('%s has a finding, and is no model', (spec, code) => {
    const analysis = analysed(spec);
    expect(analysis.findings.map((finding) => finding.code)).toContain(code);
    expect(analysis.models.size).toBe(0);
  });

  test('what breaks in a used file is said where it is needed', () => {
    const spec = `${head}use "./models.nibble"
assert perplexity(NF4, on: m, scale: s) < 4`;
    const analysis = analysed(spec, { 'models.nibble': 'model m = "x" { tokens = 0 }' });
    expect(analysis.findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'argument.invalid: `tokens` is a whole number from 1 to 1099511627776 (in models.nibble)',
    ]);
  });
});

test('weights may be called `model`, on a line of their own too', () => {
  const spec = `use std.paper
weights model = "w.safetensors"
weights other = "v.safetensors"
scale s { block = 32, axis = last, anchor = max_level }
format Fitted {
  levels = optimal(
    model
    , scale: s)
}
compare c {
  formats = [NF4]
  on      = [
    other,
    model
  ]
  scale   = s
}`;
  const analysis = analysed(spec);
  expect(analysis.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(analysis.comparisons[0]!.rows.map(({ weights }) => weights.name)).toEqual(['other', 'model']);
});

test('a bracket that is not closed ends where a model is declared', () => {
  const analysis = analysed('let a = [1, 2\nmodel m = "x"');
  expect(found(analysis)).toEqual(['syntax.unclosed at ""']);
  expect(analysis.models.size).toBe(1);
});

describe('what is evaluated on models', () => {
  test('are the rows of comparisons on the model that they name, else on every one, and formats with a scale of their own', () => {
    const spec = `${head}model a = "a"
model b = "b" { activations = same }
format Own extends E2M1 { scale = s }
compare named { formats = [NF4, INT4], on = w, scale = s, model = a }
compare all { formats = SF4, on = w, scale = s }`;
    const rows = modelRows(analysed(spec)).map(({ format, scale, model }) => `${format.name} ${scale.name} ${model.name}`);
    expect(rows).toEqual(['NF4 s a', 'INT4 s a', 'SF4 s a', 'SF4 s b', 'Own s a', 'Own s b']);
  });

  test('goes once for a format that a comparison and an assertion ask for', () => {
    const analysis = analysed(evaluatedOnModel);
    expect(qualityRequests(analysis).map(factKey)).toEqual(modelRows(analysis).map((row) => factKey(rowRequest(row))));
  });

  test('differs by what becomes of activations, by scale and by text, and not by names', () => {
    const spec = `${head}model a = "m"
model b = "m"
model c = "m" { tokens = 5 }
format Same = NF4
assert perplexity(NF4, on: a, scale: s) < 4
assert perplexity(Same, on: b, scale: s) < 4
assert perplexity(NF4, on: a, scale: s, activations: none) < 4
assert perplexity(NF4, on: a, scale: s, activations: same) < 4
assert perplexity(NF4, on: a, scale: s, activations: INT4) < 4
assert perplexity(NF4, on: c, scale: s) < 4`;
    expect(new Set(qualityRequests(analysed(spec)).map(factKey)).size).toBe(4);
  });

  test('a format of activations keeps its own scale, and has that of the weights without', () => {
    const spec = `${head}model m = "m"
format Own extends E2M1 { scale = { block = 16, axis = last, anchor = absmax } }
assert perplexity(NF4, on: m, scale: s, activations: Own) < 4
assert perplexity(NF4, on: m, scale: s, activations: INT4) < 4`;
    expect(
      qualityRequests(analysed(spec))
        .map(({ activations }) => activations?.rule.block)
        .slice(0, 2),
    ).toEqual([16, 32]);
  });

  test('takes no longer to list than its bound, whatever a spec asks for', () => {
    const models = Array.from({ length: 200 }, (_, i) => `model m${i} = "m"`).join('\n');
    const spec = `${head}${models}
format F(nu) { levels = quantiles(student_t(nu)) }
compare c { formats = F(2..400), on = w, scale = s }`;
    expect(modelRows(analysed(spec)).length).toBeLessThanOrEqual(4096);
  });
});

describe('an assertion on a model', () => {
  const outcomes = (text: string, of: Parameters<typeof withModels>[1]) => withModels(text, of).assertions.map(({ outcome }) => outcome);

  test('is pending until it is evaluated, and after a problem', () => {
    expect(outcomes(evaluatedOnModel, () => undefined)).toEqual(['pending', 'pending']);
    expect(outcomes(evaluatedOnModel, () => ({ problem: 'no model' }))).toEqual(['pending', 'pending']);
  });

  test('is decided by a report of all of the text, and not by one of a part', () => {
    expect(outcomes(evaluatedOnModel, () => report(3, 4))).toEqual(['pending', 'pending']);
    // e^1.2 = 3.32 against e = 2.72, a little more in later windows.
    expect(outcomes(evaluatedOnModel, () => report(4, 4))).toEqual(['holds', 'fails']);
  });
});
