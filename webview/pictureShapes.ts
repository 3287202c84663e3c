import { axisKinds, type DesignAxis } from '../core/view/designAxes.ts';
import type { Interval } from '../core/view/pareto.ts';
import type { Place, Position } from '../protocol/messages.ts';
import type {
  DistributionData,
  FormatsData,
  ParetoData,
  PictureAnswer,
  PictureData,
  PictureGroup,
  PictureName,
  PictureWish,
  PlainBin,
  PlainCurve,
  PlainDesign,
  PlainEffect,
  PlainFormat,
  PlainInterval,
  PlainLoss,
  PlainPlacedFormat,
  PlainTensor,
  TensorsData,
} from '../protocol/pictures.ts';
import { fields, isCode, isCount, isNumber, isNumberOrNull, isText, isTextOrNull, listOf, oneOf, text } from './values.ts';

export const pictureNames: readonly PictureName[] = ['pareto', 'distribution', 'formats', 'tensors'];

/** All axes there are, in the order of a menu. */
export const axisNames = Object.keys(axisKinds) as readonly DesignAxis[];

/** What a picture is drawn from, as the client says it; undefined for anything else. It is taken whole or not at all. */
export function pictureAnswer(data: unknown): PictureAnswer | undefined {
  const { uri, version, wish, groups, data: about, notes } = fields(data) ?? {};
  const wished = pictureWish(wish);
  const read = { groups: listOf(groups, pictureGroup), notes: listOf(notes, text), data: about === null ? null : pictureData(about) };
  if (!isText(uri) || !isCount(version) || !wished || !read.groups || !read.notes || read.data === undefined) return undefined;
  if (read.data !== null && read.data.picture !== wished.picture) return undefined;
  return { uri, version, wish: wished, groups: read.groups, data: read.data, notes: read.notes };
}

export function pictureWish(data: unknown): PictureWish | undefined {
  const { picture: name, group, tensor, backdrop } = fields(data) ?? {};
  const picture = oneOf(name, pictureNames);
  if (!picture || !isTextOrNull(group) || !isTextOrNull(tensor) || !isTextOrNull(backdrop)) return undefined;
  return { picture, group, tensor, backdrop };
}

function pictureGroup(data: unknown): PictureGroup | undefined {
  const { key, title } = fields(data) ?? {};
  return isText(key) && isText(title) ? { key, title } : undefined;
}

function pictureData(data: unknown): PictureData | undefined {
  const parts = fields(data) ?? {};
  switch (oneOf(parts['picture'], pictureNames)) {
    case 'pareto':
      return paretoData(parts);
    case 'distribution':
      return distributionData(parts);
    case 'formats':
      return formatsData(parts);
    case 'tensors':
      return tensorsData(parts);
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function paretoData({ designs, axes, backdrops }: Fields): ParetoData | undefined {
  const read = {
    designs: listOf(designs, design),
    axes: listOf(axes, (axis) => oneOf(axis, axisNames)),
    backdrops: listOf(backdrops, text),
  };
  if (!read.designs || !read.axes || !read.backdrops) return undefined;
  return { picture: 'pareto', designs: read.designs, axes: read.axes, backdrops: read.backdrops };
}

const origins = ['measured', 'published', 'backdrop'] as const;

function design(data: unknown): PlainDesign | undefined {
  const { key, name, series, origin: from, errorOf, figures, intervals } = fields(data) ?? {};
  const origin = oneOf(from, origins);
  const read = { figures: byAxis(figures, figure), intervals: byAxis(intervals, interval) };
  if (!isText(key) || !isText(name) || !isText(series) || !origin || !isTextOrNull(errorOf)) return undefined;
  if (!read.figures || !read.intervals) return undefined;
  return { key, name, series, origin, errorOf, figures: read.figures, intervals: read.intervals as PlainDesign['intervals'] };
}

/** Values by axis. An axis that is not known here is left out: there is nothing to draw it over. */
function byAxis<T>(data: unknown, read: (one: unknown) => T | undefined): Partial<Record<DesignAxis, T>> | undefined {
  const values = fields(data);
  if (!values) return undefined;
  const known: Partial<Record<DesignAxis, T>> = {};
  for (const axis of axisNames) {
    if (!Object.hasOwn(values, axis)) continue;
    const value = read(values[axis]);
    if (value === undefined) return undefined;
    known[axis] = value;
  }
  return known;
}

const figure = (data: unknown): number | null | undefined => (isNumberOrNull(data) ? data : undefined);

function interval(data: unknown): Interval | undefined {
  const { low, high } = fields(data) ?? {};
  return isNumber(low) && isNumber(high) ? { low, high } : undefined;
}

function distributionData(parts: Fields): DistributionData | undefined {
  const { nTensors, subject, normalisedBy, n, nNonFinite } = parts;
  const tensors = listOf(parts['tensors'], tensorChoice);
  const bins = listOf(parts['bins'], bin);
  const curves = listOf(parts['curves'], curve);
  const formats = listOf(parts['formats'], placedFormat);
  if (!isCount(nTensors) || !isText(subject) || !isText(normalisedBy) || !isCount(n) || !isCount(nNonFinite)) return undefined;
  if (!tensors || !bins || bins.length === 0 || !curves || !formats) return undefined;
  return { picture: 'distribution', tensors, nTensors, subject, normalisedBy, n, nNonFinite, bins, curves, formats };
}

function tensorChoice(data: unknown): DistributionData['tensors'][number] | undefined {
  const { key, label } = fields(data) ?? {};
  return isText(key) && isText(label) ? { key, label } : undefined;
}

function bin(data: unknown): PlainBin | undefined {
  const { from, to, count } = fields(data) ?? {};
  return isNumber(from) && isNumber(to) && isCount(count) ? { from, to, count } : undefined;
}

function curve(data: unknown): PlainCurve | undefined {
  const { kind: name, label, points, quantiles } = fields(data) ?? {};
  const kind = oneOf(name, ['normal', 'student_t'] as const);
  const read = { points: listOf(points, curvePoint), quantiles: listOf(quantiles, quantile) };
  if (!kind || !isText(label) || !read.points || read.points.length === 0 || !read.quantiles) return undefined;
  return { kind, label, points: read.points, quantiles: read.quantiles };
}

function curvePoint(data: unknown): PlainCurve['points'][number] | undefined {
  const { x, count } = fields(data) ?? {};
  return isNumber(x) && isCount(count) ? { x, count } : undefined;
}

function quantile(data: unknown): PlainCurve['quantiles'][number] | undefined {
  const { share, expected, observed } = fields(data) ?? {};
  return isCount(share) && isNumber(expected) && isNumber(observed) ? { share, expected, observed } : undefined;
}

function placedFormat(data: unknown): PlainPlacedFormat | undefined {
  const { name, format, label, nsr, intervals } = fields(data) ?? {};
  const read = listOf(intervals, levelInterval);
  if (!isText(name) || !isText(format) || !isText(label) || !isNumberOrNull(nsr) || !read) return undefined;
  return { name, format, label, nsr, intervals: read };
}

function levelInterval(data: unknown): PlainInterval | undefined {
  const { code, level, at, from, to, count, nsr } = fields(data) ?? {};
  if (!isCode(code) || !isNumber(level) || !isNumber(at) || !isNumberOrNull(from) || !isNumberOrNull(to)) return undefined;
  return isCount(count) && isNumber(nsr) ? { code, level, at, from, to, count, nsr } : undefined;
}

function formatsData({ formats }: Fields): FormatsData | undefined {
  const read = listOf(formats, format);
  return read && { picture: 'formats', formats: read };
}

const tiesNames = ['lower', 'upper', 'even', 'away', 'zero'] as const;

function format(data: unknown): PlainFormat | undefined {
  const { name, label, bits, ties: rule, levels, usage, places, steps, figures } = fields(data) ?? {};
  const ties = oneOf(rule, tiesNames);
  if (!isText(name) || !isText(label) || !isCode(bits) || bits < 1 || bits > 8 || !ties) return undefined;
  const read = {
    levels: listOf(levels, figure),
    usage: usage === null ? null : listOf(usage, (share) => (isCount(share) ? share : undefined)),
    places: listOf(places, (one) => (one === null ? null : place(one))),
    steps: listOf(steps, figure),
    figures: listOf(figures, text),
  };
  if (!read.levels || !read.steps || read.usage === undefined || !read.places || !read.figures) return undefined;
  // A code beyond those of its width has no place on a line.
  const nMost = 2 ** bits;
  if (read.levels.length > nMost || read.places.length > nMost || (read.usage?.length ?? 0) > nMost) return undefined;
  return { name, label, bits, ties, levels: read.levels, usage: read.usage, places: read.places, steps: read.steps, figures: read.figures };
}

function place(data: unknown): Place | undefined {
  const { uri, range } = fields(data) ?? {};
  const ends = fields(range) ?? {};
  const [start, end] = [position(ends['start']), position(ends['end'])];
  return isText(uri) && start && end ? { uri, range: { start, end } } : undefined;
}

function position(data: unknown): Position | undefined {
  const { line, character } = fields(data) ?? {};
  return isCount(line) && isCount(character) ? { line, character } : undefined;
}

function tensorsData({ formats, tensors, effects }: Fields): TensorsData | undefined {
  const names = listOf(formats, text);
  const rows = listOf(tensors, tensor);
  if (!names || !rows || rows.some(({ sqnr }) => sqnr.length !== names.length)) return undefined;
  // A client of before there were any says nothing of them.
  const read = effects === undefined ? names.map(() => null) : listOf(effects, effectsOfFormat);
  if (!read || read.length !== names.length || read.some((own) => own !== null && own.length !== rows.length)) return undefined;
  return { picture: 'tensors', formats: names, tensors: rows, effects: read };
}

const effectsOfFormat = (data: unknown): TensorsData['effects'][number] | undefined =>
  data === null ? null : listOf(data, (one) => (one === null ? null : effect(one)));

function effect(data: unknown): PlainEffect | undefined {
  const parts = fields(data) ?? {};
  const [alone, saved] = [lossOf(parts['alone']), lossOf(parts['saved'])];
  return alone && saved ? { alone, saved } : undefined;
}

function lossOf(data: unknown): PlainLoss | undefined {
  const { loss, interval, divergence } = fields(data) ?? {};
  if (!isNumber(loss) || !isNumber(divergence)) return undefined;
  if (interval === null) return { loss, interval, divergence };
  const { low, high } = fields(interval) ?? {};
  return isNumber(low) && isNumber(high) ? { loss, interval: { low, high }, divergence } : undefined;
}

function tensor(data: unknown): PlainTensor | undefined {
  const { key, name, file, n, nu, sqnr } = fields(data) ?? {};
  const read = listOf(sqnr, (one) => (one === 'lossless' ? one : figure(one)));
  if (!isText(key) || !isText(name) || !isText(file) || !isCount(n) || !read) return undefined;
  return nu === 'normal' || isNumberOrNull(nu) ? { key, name, file, n, nu, sqnr: read } : undefined;
}
