import { evaluationsOf, resultOf } from '../core/ide/known.ts';
import { escaped, table as markdownTable } from '../core/ide/markdown.ts';
import { reportOf } from '../core/lang/areaPairs.ts';
import { evaluationKey } from '../core/lang/evaluationKey.ts';
import type { Depth } from '../core/measure/results.ts';
import { csvCell } from '../core/view/dataTable.ts';
import { count, decibels, percent, significant } from '../core/view/digits.ts';
import { type ErrorFigures, type EvaluationRow, evaluationRow, type Silicon, withFronts } from '../core/view/evaluationRows.ts';
import { textTable } from '../core/view/textTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import { out, say, sayFinding } from './output.ts';
import { type Measured, measure, textAt } from './spec.ts';

/** Prints the error of every format of a spec. Returns the exit code: 1 where the spec has errors or weights could not be read. */
export async function evaluate(
  file: string,
  form: 'table' | 'json' | 'csv' | 'md',
  detail: 'totals' | 'each tensor',
  depth: Depth,
): Promise<number> {
  const measured = await measure(file, depth, 'measures');
  const { analysis, findings } = measured;
  for (const found of findings)
    if (found.severity === 'error' || found.severity === 'warning') sayFinding(file, analysis.file.text, found, textAt);
  const rows = rowsOf(measured);
  if (rows.length === 0 && findings.every(({ severity }) => severity !== 'error')) {
    say.warning(`${file} has nothing to evaluate: a comparison needs formats, weights and a scale`);
  }
  process.stdout.write(printers[form](rows, detail));
  const isComplete = rows.length === rowsAsked(measured);
  return findings.some(({ severity }) => severity === 'error') || !isComplete ? 1 : 0;
}

/** The rows of each comparison, then what only assertions and lone formats ask for. */
function rowsOf({ analysis, outcome }: Measured): readonly EvaluationRow[] {
  const compared = analysis.comparisons.flatMap(({ name, rows, hardware }) =>
    rows.map((evaluation) => ({ name: name as string | null, evaluation, hardware })),
  );
  const keys = new Set(compared.map(({ evaluation }) => evaluationKey(evaluation)));
  const others = evaluationsOf(analysis).filter((evaluation) => !keys.has(evaluationKey(evaluation)));
  const rows = [...compared, ...others.map((evaluation) => ({ name: null, evaluation, hardware: undefined }))].flatMap(
    ({ name, evaluation, hardware }) => {
      const result = resultOf(evaluation, outcome.results);
      const silicon: Silicon | undefined = hardware && {
        hardware,
        report: reportOf({ format: evaluation.format, hardware }, analysis.known),
      };
      return result ? [evaluationRow(name, evaluation, result, silicon)] : [];
    },
  );
  return withFronts(rows);
}

const rowsAsked = ({ analysis }: Measured): number => {
  const compared = analysis.comparisons.flatMap(({ rows }) => rows);
  const keys = new Set(compared.map(evaluationKey));
  return compared.length + evaluationsOf(analysis).filter((evaluation) => !keys.has(evaluationKey(evaluation))).length;
};

type Printer = (rows: readonly EvaluationRow[], detail: 'totals' | 'each tensor') => string;

const printers: Readonly<Record<'table' | 'json' | 'csv' | 'md', Printer>> = {
  json: (rows) => `${JSON.stringify({ schema: 1, results: rows })}\n`,
  csv: (rows, detail) => {
    const head = ['compare', 'weights', 'scale', 'format', 'tensor', 'bits_per_weight', ...figureNames, 'area', 'ge', 'front'];
    const lines = rows.flatMap((row) => {
      const start = [row.compare ?? '', row.weights, row.scale, row.format];
      const total = [
        ...start,
        '',
        number(row.total.bits_per_weight),
        ...figureNames.map((name) => number(row.total[name])),
        ...siliconCells(row),
      ];
      const tensors =
        detail === 'totals'
          ? []
          : row.tensors.map((t) => [...start, t.name, '', ...figureNames.map((name) => number(t[name])), '', '', '']);
      return [total, ...tensors];
    });
    return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
  },
  md: (rows, detail) =>
    groupsOf(rows)
      .map(
        (group) =>
          `${escaped(titleOf(group))}\n\n${markdownTable(
            headOf(group),
            bodyOf(group, detail).map(({ cells }) => cells.map(escaped)),
          )}\n`,
      )
      .join('\n'),
  table: (rows, detail) =>
    groupsOf(rows)
      .map((group) => {
        const body = bodyOf(group, detail);
        const text = textTable(
          headOf(group),
          body.map(({ cells }) => cells),
          (line, i) => (body[i]!.isBest ? out.green(line) : body[i]!.isTensor ? out.dim(line) : line),
        );
        return `${out.bold(titleOf(group))}\n${text}`;
      })
      .join('\n'),
};

const figureNames = [
  'n',
  'mse',
  'rmse',
  'nsr',
  'nsr_within',
  'row_nsr',
  'sqnr',
  'mae',
  'relative_mae',
  'max_error',
  'cosine',
  'clipped',
  'zeroed',
  'entropy',
  'non_finite',
] as const;

const number = (x: number | null): string => (x === null ? '' : String(x));

const siliconCells = ({ area, ge, front }: EvaluationRow): string[] => [number(area), number(ge), front === null ? '' : String(front)];

/** Rows of one comparison on the same weights and scale. */
function groupsOf(rows: readonly EvaluationRow[]): EvaluationRow[][] {
  const groups = new Map<string, EvaluationRow[]>();
  const shared = scalesOfComparisons(rows);
  for (const row of rows) {
    // A format's own scale is told from the comparison's by being used for it alone.
    const key = JSON.stringify([row.compare, row.weights, shared.has(`${row.compare}\n${row.scale}`) ? row.scale : '']);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

/** Scales that more than one format of a comparison has. */
function scalesOfComparisons(rows: readonly EvaluationRow[]): ReadonlySet<string> {
  const users = new Map<string, Set<string>>();
  for (const { compare, scale, format } of rows) {
    const key = `${compare}\n${scale}`;
    users.set(key, (users.get(key) ?? new Set()).add(format));
  }
  return new Set([...users].filter(([, formats]) => formats.size > 1).map(([key]) => key));
}

function titleOf(group: readonly EvaluationRow[]): string {
  const [{ compare, weights, tensors, total }] = group as [EvaluationRow];
  const scales = new Set(group.map(({ scale }) => scale));
  const scale = scales.size === 1 ? [...scales][0]! : 'scales of their own';
  const hardware = group.find((row) => row.hardware !== null)?.hardware;
  const on = hardware ? `, on ${visible(hardware.name)} (${visible(hardware.cells)})` : '';
  return `${compare ?? 'others'}: ${weights} (${tensors.length} tensors, ${count(total.n)} weights), ${scale}${on}`;
}

const head = ['format', 'bits/weight', 'SQNR dB', 'NSR', 'row NSR', 'relative MAE', 'max error', 'clipped', 'zeroed', 'entropy bits'];

const siliconHead = ['um2', 'GE', 'front'];

const hasSilicon = (group: readonly EvaluationRow[]): boolean => group.some(({ hardware }) => hardware !== null);

const headOf = (group: readonly EvaluationRow[]): string[] => (hasSilicon(group) ? [...head, ...siliconHead] : head);

interface BodyRow {
  readonly cells: readonly string[];
  readonly isBest: boolean;
  readonly isTensor: boolean;
}

function bodyOf(group: readonly EvaluationRow[], detail: 'totals' | 'each tensor'): BodyRow[] {
  const least = Math.min(...group.map(({ total }) => total.nsr ?? 0));
  const ofSilicon = ({ area, ge, front }: EvaluationRow): string[] =>
    hasSilicon(group) ? [area === null ? '' : area.toFixed(0), ge === null ? '' : ge.toFixed(0), front ? '*' : ''] : [];
  const hasScales = new Set(group.map(({ scale }) => scale)).size > 1;
  return group.flatMap((row) => {
    const name = hasScales ? `${row.format} (${row.scale})` : row.format;
    const isBest = group.length > 1 && (row.total.nsr ?? 0) === least;
    const total = {
      cells: [name, significant(row.total.bits_per_weight ?? Number.NaN, 4), ...cellsOf(row.total), ...ofSilicon(row)],
      isBest,
      isTensor: false,
    };
    const tensors =
      detail === 'totals'
        ? []
        : row.tensors.map((t) => ({
            cells: [`  ${visible(t.name)}`, '', ...cellsOf(t), ...(hasSilicon(group) ? ['', '', ''] : [])],
            isBest: false,
            isTensor: true,
          }));
    return [total, ...tensors];
  });
}

const cellsOf = (f: ErrorFigures): string[] => [
  f.n === 0 ? '' : f.sqnr === null ? '∞' : decibels(f.sqnr),
  share(f.nsr),
  share(f.row_nsr),
  share(f.relative_mae),
  f.max_error === null ? '' : significant(f.max_error, 4),
  share(f.clipped),
  share(f.zeroed),
  f.entropy === null ? '' : f.entropy.toFixed(3),
];

const share = (x: number | null): string => (x === null ? '' : percent(x));
