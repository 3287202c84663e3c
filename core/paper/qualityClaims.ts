import { rankCorrelation } from '../numeric/rankCorrelation.ts';
import type { Cell, DataTable } from '../view/dataTable.ts';
import { significant } from '../view/digits.ts';
import { type Claim, mean, orderVerdict, SAME_ORDER, type Verdict } from './claim.ts';
import { perplexityModels, publishedGptq, publishedPerplexities, publishedW4A4 } from './publishedQuality.ts';

/** How much the perplexity of a model grows by a format, with what holds the truth 95 times of 100. */
export interface Change {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What formats do to a model under one condition. */
export interface MeasuredQuality {
  readonly subject: string;
  /** What is quantized: the weights of linear layers, or their inputs as well, in the same format. */
  readonly quantized: 'weights' | 'weights and inputs';
  readonly method: 'nearest' | 'smoothquant' | 'gptq';
  /** As `blocks of 128 in rows`. */
  readonly scale: string;
  /** A scale for each row, rather than for a block. */
  readonly isByRow: boolean;
  readonly perplexity: number;
  readonly changes: ReadonlyMap<string, Change>;
}

/** What is said of the quality of models. Every condition is measured on the same text for all formats. */
export const qualityClaims = (measured: readonly MeasuredQuality[]): readonly Claim[] => [
  order(measured),
  studentAgainstNormal(measured),
  degreesOfFreedom(measured),
  activations(measured),
  smoothing(measured),
  gptq(measured),
];

const isPlain = ({ quantized, method, isByRow }: MeasuredQuality): boolean => quantized === 'weights' && method === 'nearest' && !isByRow;

function order(measured: readonly MeasuredQuality[]): Claim {
  const plain = measured.filter(isPlain);
  const formats = Object.keys(publishedPerplexities);
  const correlations = plain.map(({ changes }) =>
    perplexityModels.map(({ unquantized }, i) => {
      const known = formats.filter((format) => changes.has(format));
      return rankCorrelation(
        known.map((format) => changes.get(format)!.value),
        known.map((format) => publishedPerplexities[format]![i]! - unquantized),
      );
    }),
  );
  const amongThem = perplexityModels.flatMap((_, i) =>
    perplexityModels.slice(i + 1).map((_model, j) =>
      rankCorrelation(
        formats.map((format) => publishedPerplexities[format]![i]!),
        formats.map((format) => publishedPerplexities[format]![i + 1 + j]!),
      ),
    ),
  );
  const all = correlations.flat().filter((rho) => !Number.isNaN(rho));
  const typical = mean(all);
  return {
    id: 'perplexity',
    title: 'The order of the formats by perplexity, weights only',
    where: 'Table 3',
    published: `Perplexity of seven models by format; the orders of two of the seven stand to each other with a rank correlation of ${mean(amongThem).toFixed(2)} in the mean`,
    measured:
      all.length === 0
        ? 'Nothing'
        : `The order here stands to theirs with ${typical.toFixed(2)} in the mean, from ${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`,
    // Nobody can agree with the paper's models better than they do with each other.
    verdict: orderVerdict(typical, Math.min(SAME_ORDER, mean(amongThem))),
    why: 'Models differ in which format suits them, those of the paper from each other as well; a small model is hurt less and in other layers',
    tables: [
      ...plain.map(changeTable),
      {
        caption: 'Rank correlation of the growth of perplexity, eleven formats (arXiv 2405.03103, Table 3)',
        columns: [
          { name: 'model', title: 'Model here', digits: 'text' },
          ...perplexityModels.map(({ model }) => ({ name: model, title: model, digits: 'short' as const })),
        ],
        rows: plain.map(({ subject, scale }, i) => [`${subject}, ${scale}`, ...correlations[i]!]),
      },
    ],
    pictures: [],
  };
}

function studentAgainstNormal(measured: readonly MeasuredQuality[]): Claim {
  const cases = measured.flatMap((one) => {
    const [student, normal] = [one.changes.get('SF4'), one.changes.get('NF4')];
    return student && normal ? [{ one, student, normal }] : [];
  });
  const nBetter = cases.filter(({ student, normal }) => student.value < normal.value).length;
  const published = perplexityModels.filter((_, i) => publishedPerplexities['SF4']![i]! < publishedPerplexities['NF4']![i]!).length;
  return {
    id: 'sf4-perplexity',
    title: 'Student Float against NormalFloat, by perplexity',
    where: 'Table 3',
    published: `SF4 has the lower perplexity on ${published} of seven models`,
    measured: cases.length === 0 ? 'Nothing' : `SF4 has the lower one in ${nBetter} of ${cases.length} cases`,
    verdict: shareVerdict(nBetter, cases.length),
    why: nBetter === cases.length ? '' : 'SF4 is made for heavy tails; see what is fitted above for how heavy those of the models here are',
    tables: [
      {
        caption: 'Growth of perplexity by SF4 and by NF4',
        columns: [
          { name: 'condition', title: 'Model and condition', digits: 'text' },
          { name: 'sf4', title: 'SF4', digits: 'short' },
          { name: 'nf4', title: 'NF4', digits: 'short' },
        ],
        rows: cases.map(({ one, student, normal }) => [conditionOf(one), student.value, normal.value]),
      },
    ],
    pictures: [],
  };
}

const sweep = [3, 4, 5, 6, 7] as const;

function degreesOfFreedom(measured: readonly MeasuredQuality[]): Claim {
  const cases = measured.filter((one) => isPlain(one) && sweep.every((nu) => one.changes.has(`SF(${nu})`)));
  const best = cases.map(({ changes }) =>
    sweep.reduce((least, nu) => (changes.get(`SF(${nu})`)!.value < changes.get(`SF(${least})`)!.value ? nu : least)),
  );
  return {
    id: 'nu-sweep',
    title: 'Five degrees of freedom suit language models',
    where: 'Table 2',
    published: 'Of ν from 3 to 7 the best is between 4 and 6 on each of four models; the paper takes 5',
    measured: cases.length === 0 ? 'Nothing' : cases.map((one, i) => `${conditionOf(one)}: ν = ${best[i]}`).join('; '),
    verdict: shareVerdict(best.filter((nu) => nu >= 4 && nu <= 6).length, best.length),
    why: cases.length === 0 ? '' : 'Weights with lighter tails want more degrees of freedom',
    tables: [
      {
        caption: 'Growth of perplexity by degrees of freedom',
        columns: [
          { name: 'condition', title: 'Model and condition', digits: 'text' },
          ...sweep.map((nu) => ({ name: `nu_${nu}`, title: `ν = ${nu}`, digits: 'short' as const })),
        ],
        rows: cases.map((one) => [conditionOf(one), ...sweep.map((nu) => one.changes.get(`SF(${nu})`)!.value)]),
      },
    ],
    pictures: [],
  };
}

function activations(measured: readonly MeasuredQuality[]): Claim {
  const cases = measured.filter(({ quantized, method }) => quantized === 'weights and inputs' && method === 'nearest');
  const known = Object.entries(publishedW4A4).flatMap(([format, { plain }]) => (plain === null ? [] : [{ format, plain }]));
  const correlations = cases.map(({ changes }) => {
    const both = known.filter(({ format }) => changes.has(format));
    return rankCorrelation(
      both.map(({ format }) => changes.get(format)!.value),
      both.map(({ plain }) => -plain),
    );
  });
  const typical = mean(correlations);
  return {
    id: 'w4a4',
    title: 'The order of the formats with weights and activations quantized',
    where: 'Table 8',
    published: 'SF4 loses least (6.55 % of accuracy in the mean of seven models), then NF4 and E2M1; INT4 loses most (14.81 %)',
    measured: cases.length === 0 ? 'Nothing' : `Rank correlation with that order: ${correlations.map((rho) => rho.toFixed(2)).join(', ')}`,
    verdict: orderVerdict(typical),
    why: 'Perplexity here, accuracy in six tasks there',
    tables: cases.map(changeTable),
    pictures: [],
  };
}

function smoothing(measured: readonly MeasuredQuality[]): Claim {
  return improvement(measured, {
    id: 'smoothquant',
    title: 'SmoothQuant helps where activations are quantized',
    where: 'Table 8',
    published: 'The mean loss of accuracy falls for each of the six formats whose cells are complete, as from 6.55 % to 4.22 % (SF4)',
    method: 'smoothquant',
    why: 'SmoothQuant moves outliers of activations into the weights; a model whose activations have few gains little',
  });
}

function gptq(measured: readonly MeasuredQuality[]): Claim {
  const { NF4, SF4 } = publishedGptq;
  return improvement(measured, {
    id: 'gptq',
    title: 'GPTQ is better than round-to-nearest with a scale for each channel',
    where: 'Table 6',
    published: `Phi-2 loses ${-NF4!.gptq} % instead of ${-NF4!.nearest} % of accuracy with NF4, and ${-SF4!.gptq} % instead of ${-SF4!.nearest} % with SF4`,
    method: 'gptq',
    why: '',
  });
}

interface Improvement extends Pick<Claim, 'id' | 'title' | 'where' | 'published' | 'why'> {
  readonly method: 'smoothquant' | 'gptq';
}

/** A method against round-to-nearest under the same condition. */
function improvement(measured: readonly MeasuredQuality[], { method, ...said }: Improvement): Claim {
  const cases = measured
    .filter((one) => one.method === method)
    .flatMap((one) => {
      const plain = measured.find((other) => other.method === 'nearest' && isSameCondition(other, one));
      if (!plain) return [];
      return [...one.changes].flatMap(([format, change]) => {
        const before = plain.changes.get(format);
        return before ? [{ one, format, before: before.value, after: change.value }] : [];
      });
    });
  const nBetter = cases.filter(({ before, after }) => after < before).length;
  return {
    ...said,
    measured: cases.length === 0 ? 'Nothing' : `Perplexity grows less in ${nBetter} of ${cases.length} cases`,
    verdict: shareVerdict(nBetter, cases.length),
    why: nBetter === cases.length ? '' : said.why,
    tables: [
      {
        caption: `Growth of perplexity by round-to-nearest and by ${method === 'gptq' ? 'GPTQ' : 'SmoothQuant'}`,
        columns: [
          { name: 'condition', title: 'Model and condition', digits: 'text' },
          { name: 'format', title: 'Format', digits: 'text' },
          { name: 'nearest', title: 'Round-to-nearest', digits: 'short' },
          { name: method, title: method === 'gptq' ? 'GPTQ' : 'SmoothQuant', digits: 'short' },
        ],
        rows: cases.map(({ one, format, before, after }) => [conditionOf(one), format, before, after]),
      },
    ],
    pictures: [],
  };
}

const isSameCondition = (a: MeasuredQuality, b: MeasuredQuality): boolean =>
  a.subject === b.subject && a.quantized === b.quantized && a.scale === b.scale;

const conditionOf = ({ subject, quantized, scale }: MeasuredQuality): string => `${subject}, ${quantized}, ${scale}`;

function changeTable(one: MeasuredQuality): DataTable {
  return {
    caption: `Growth of perplexity: ${conditionOf(one)}; unquantized ${significant(one.perplexity, 5)}`,
    columns: [
      { name: 'format', title: 'Format', digits: 'text' },
      { name: 'change', title: 'Growth', digits: 'short' },
      { name: 'low', title: '95 % from', digits: 'short' },
      { name: 'high', title: 'to', digits: 'short' },
    ],
    rows: [...one.changes].map(([format, { value, low, high }]): Cell[] => [format, value, low, high]),
  };
}

const shareVerdict = (nHolding: number, n: number): Verdict =>
  n === 0 ? 'not measured' : nHolding === n ? 'agrees' : nHolding > 0 ? 'agrees in part' : 'differs';
