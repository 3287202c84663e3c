import { describe, expect, test } from 'vitest';
import { completion } from '../../../core/ide/completion.ts';
import { hover } from '../../../core/ide/hover.ts';
import { lenses } from '../../../core/ide/lenses.ts';
import { definition, links, references, rename } from '../../../core/ide/navigation.ts';
import { outline } from '../../../core/ide/outline.ts';
import { findingWishes } from '../../../core/ide/wishes.ts';
import type { Analysis } from '../../../core/lang/analysis.ts';
import { analysed, textAt } from '../../support/analysed.ts';
import { evaluatedOnModel, report, withModels } from '../../support/modelExamples.ts';

const known = { results: new Map(), theme: 'dark', pictures: 'hidden' } as const;

const hoverOn = (analysis: Analysis, text: string): string => hover(analysis, analysis.file.text.indexOf(text), known)?.markdown ?? '';

const titles = (analysis: Analysis): string[] => lenses(analysis, new Map()).map(({ at, title }) => `${textAt(analysis, at)}: ${title}`);

const offered = (marked: string): string[] => completion(analysed(marked.replace('¦', '')), marked.indexOf('¦')).map(({ label }) => label);

describe('lenses', () => {
  test('of a model offer to evaluate on it, and say how far that is', () => {
    const lens = lenses(analysed(evaluatedOnModel), new Map()).find(({ action }) => action?.kind === 'evaluateOnModel');
    expect(lens?.title).toBe('0 of 2 formats evaluated · evaluate on model');
    expect(titles(withModels(evaluatedOnModel, () => report()))).toContain('tiny: 2 of 2 formats evaluated · evaluate on model');
  });

  test('of a format say the change of perplexity with its interval, and on what', () => {
    const found = titles(withModels(evaluatedOnModel, () => report()));
    // e^0.218 - 1; windows lose 0.2, 0.212, 0.224 and 0.236 nats.
    expect(found).toContainEqual(
      expect.stringMatching(/^Mine: perplexity \+24\.36 % \(\+22\.\d\d to \+25\.\d\d %\) on tiny, s, 40 tokens$/),
    );
  });

  test('mark what is known of part of the text', () => {
    const found = titles(withModels(evaluatedOnModel, () => report(2, 4)));
    expect(found).toContainEqual(expect.stringMatching(/^Mine: perplexity ≈ \+22\.\d\d % .* 20 tokens, 2 of 4 windows so far$/));
    expect(found).toContain('tiny: 0 of 2 formats evaluated · evaluate on model');
  });
});

describe('hovers', () => {
  const analysis = withModels(evaluatedOnModel, () => report());

  test('of a format say every measure, and on what', () => {
    const text = hoverOn(analysis, 'Mine');
    for (const part of [
      'perplexity +24.36 %',
      'on `tiny`, `s`, weights only',
      'unquantized',
      'divergence',
      'same top token 90.0 %',
      '40 tokens, 95 % interval over 4 windows',
    ])
      expect(text).toContain(part);
    expect(hoverOn(analysed(evaluatedOnModel), 'Mine')).toContain('not evaluated on `tiny`, `s`, weights only');
    expect(
      hoverOn(
        withModels(evaluatedOnModel, () => ({ problem: 'no <b>model</b>' })),
        'Mine',
      ),
    ).toContain('no perplexity on `tiny`, `s`, weights only: `no <b>model</b>`');
  });

  test('of a model say what it is, its text, and its formats', () => {
    const text = hoverOn(analysis, 'tiny =');
    for (const part of [
      '900\u2009000 weights, 5 layers',
      '28 of 35 linear layers are quantized',
      '40 tokens in 4 windows of up to 10, of 2 documents',
      '| NF4 · s |',
    ])
      expect(text).toContain(part);
  });

  test('of its properties say what they take', () => {
    expect(hoverOn(analysis, 'tokens')).toContain('`20000` unless written');
  });
});

describe('completion', () => {
  test('offers the properties of a model, and the words of each', () => {
    expect(offered('model m = "x" {\n  ¦\n}')).toEqual([
      'text',
      'separator',
      'tokens',
      'window',
      'quantize',
      'keep',
      'activations',
      'config',
      'tokenizer',
    ]);
    expect(offered('model m = "x" { tokens = ¦ }')).toContain('all');
    expect(offered('format A { levels = int() }\nmodel m = "x" { activations = ¦ }')).toEqual(
      expect.arrayContaining(['none', 'same', 'A']),
    );
  });

  test('offers models where a model is due, and nothing else', () => {
    expect(offered('model m = "x"\nweights w = "y"\ncompare c { model = ¦ }')).toEqual(['m']);
    expect(offered('model m = "x"\nweights w = "y"\nassert perplexity(A, on: ¦')).toEqual(['m']);
  });
});

describe('navigation', () => {
  const text = `${evaluatedOnModel}model other = "a/model.safetensors" { text = ["x.txt", "y*.txt"], config = "c.json", tokenizer = "t.bin" }`;

  test('leads from a use to the declaration, and finds and renames all uses', () => {
    const analysis = analysed(text);
    const use = analysis.file.text.indexOf('tiny, scale');
    const declared = analysis.file.text.indexOf('tiny =');
    expect(definition(analysis, use)).toMatchObject({ start: declared });
    expect(references(analysis, use, [analysis])).toHaveLength(4);
    const edits = rename(analysis, use, 'lm', [analysis]);
    expect(edits instanceof Map && [...edits.values()].flat()).toHaveLength(4);
  });

  test('opens the files of a model that are named', () => {
    expect(links(analysed(text)).map(({ path }) => path)).toEqual([
      'tiny-lm/tiny.safetensors',
      'a/model.safetensors',
      'x.txt',
      'c.json',
      't.bin',
    ]);
  });

  test('lists a model in the outline with its properties', () => {
    const entry = outline(analysed(text)).find(({ name }) => name === 'other');
    expect(entry).toMatchObject({ kind: 'model', children: [{ name: 'text' }, { name: 'config' }, { name: 'tokenizer' }] });
  });
});

test('what is wrong with a model is asked for without an evaluation on it', () => {
  expect(findingWishes(analysed('model m = "x"')).map(({ kind }) => kind)).toEqual(['model']);
});

test('what is wrong with a model is said at the property that it is about, and at the path else', () => {
  const problems = (['tokens', 'text', 'path'] as const).map(
    (about) => ({ code: 'model.unreadable', about: about === 'tokens' ? 'window' : about, message: about }) as const,
  );
  const analysis = withModels('model m = "x" { text = "t.txt" }', () => undefined, problems);
  expect(analysis.findings.map((finding) => `${finding.message} at ${textAt(analysis, finding)}`).sort()).toEqual([
    'path at "x"',
    'text at "t.txt"',
    'tokens at "x"',
  ]);
});
