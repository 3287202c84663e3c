import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { groupTitle, type MeasuredGroup, measuredGroups } from '../core/ide/pictures/groups.ts';
import { nusOf } from '../core/ide/pictures/tensorColumns.ts';
import { reportOf } from '../core/lang/areaPairs.ts';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import { factOf } from '../core/lang/facts.ts';
import type { Finding } from '../core/lang/finding.ts';
import type { Module } from '../core/lang/module.ts';
import type { WeightsSpec } from '../core/lang/spec.ts';
import { csv } from '../core/view/dataTable.ts';
import { type ChartTheme, chartColours } from '../core/view/svg/colours.ts';
import type { NuByTensor } from '../core/view/tensorTable.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Evaluator } from '../node/evaluator.ts';
import { folderOf } from '../node/specFiles.ts';
import { type WeightFileHash, weightFileHashes } from '../node/weightFileHashes.ts';
import { WIDE } from './htmlPage.ts';
import { Failure, isSameFile, placeOf, reason, say, written } from './output.ts';
import { groupFigures, type ReportFigure } from './reportFigures.ts';
import { type Report, type ReportSection, reportPage } from './reportPage.ts';
import { type Measured, measure, type ReadOptions, readSpec, withEvaluator } from './spec.ts';

export interface ReportArguments {
  readonly file: string;
  /** The page. */
  readonly out: string;
  /** Where each figure goes as a file of its own, with its tables; undefined for none. */
  readonly svgFolder: string | undefined;
  readonly theme: ChartTheme;
  /** Of Nibble. */
  readonly version: string;
}

/** Writes a page of a spec and its figures. Returns the exit code: 1 where the spec has errors, an assertion does not hold, or weights could not be read. */
export async function report(args: ReportArguments): Promise<number> {
  const { file, out, svgFolder, theme } = args;
  const spec = readSpec(file);
  if (isSameFile(out, file)) throw new Failure(`--out ${visible(out)} is the spec itself; name another file`, 2);
  const measured = await measure(file, 'sums', 'pictures');
  const groups = measuredGroups(measured.analysis, measured.outcome.results);
  const sections = groups.length === 0 ? [] : await withEvaluator((evaluator, options) => sectionsOf(groups, measured, evaluator, options));
  const { files: weightFiles, problems } = await hashesOf(measured);
  for (const message of new Set(problems)) say.error(message);
  const page = reportPage({
    spec: file,
    theme,
    findings: findingsOf(file, spec.text, measured.findings),
    assertions: measured.analysis.assertions,
    sections,
    sources: sourcesOf(measured.analysis.module, spec.text),
    weightFiles,
    versions: versionsOf(args.version, groups, measured),
  });
  written(out, page);
  if (svgFolder !== undefined) writeFigures(svgFolder, sections, theme);
  const nFigures = sections.reduce((sum, { figures }) => sum + figures.length, 0);
  process.stdout.write(`${visible(out)}: ${nFigures} figure${nFigures === 1 ? '' : 's'}\n`);
  const isSound = measured.findings.every(({ severity }) => severity !== 'error') && problems.length === 0;
  return isSound && measured.analysis.assertions.every(({ outcome }) => outcome === 'holds') ? 0 : 1;
}

async function sectionsOf(
  groups: readonly MeasuredGroup[],
  measured: Measured,
  evaluator: Evaluator,
  options: ReadOptions,
): Promise<readonly ReportSection[]> {
  const sections: ReportSection[] = [];
  const nus = new Map<string, NuByTensor>();
  for (const group of groups) {
    const { weights } = group;
    const key = weightsKey(weights);
    nus.set(key, nus.get(key) ?? (await fittedNus(weights, evaluator, options)));
    const figures = await groupFigures(group, measured, {
      profile: (profileKey) => evaluator.profile(weights, profileKey, options),
      nus: nus.get(key)!,
    });
    sections.push({ title: groupTitle(group), figures });
  }
  return sections;
}

/** Of raw tensors; none where they cannot be read. */
async function fittedNus(weights: WeightsSpec, evaluator: Evaluator, options: ReadOptions): Promise<NuByTensor> {
  const request = { kind: 'fits', weights } as const;
  const { facts } = await evaluator.facts.find([request], options);
  const found = factOf(request, facts);
  return found && !('problem' in found) ? nusOf(found) : new Map();
}

/** The files of all weights that a spec links, each once. */
async function hashesOf({
  analysis,
}: Measured): Promise<{ readonly files: readonly WeightFileHash[]; readonly problems: readonly string[] }> {
  const found = new Map<string, WeightFileHash>();
  const problems: string[] = [];
  for (const weights of analysis.weights.values()) {
    const read = await weightFileHashes(weights.paths, { base: folderOf(weights.symbol.module.uri) ?? '.' });
    for (const one of read.files) found.set(`${one.name}\n${one.sha256}`, one);
    problems.push(...read.problems.map(({ message }) => message));
  }
  return { files: [...found.values()], problems };
}

const findingsOf = (file: string, text: string, findings: readonly Finding[]): Report['findings'] =>
  findings.map((finding) => {
    const { line, column } = placeOf(text, finding.start);
    return { place: `${file}:${line}:${column}`, finding };
  });

/** The spec and what it uses; libraries that are built in go with the version. */
function sourcesOf(module: Module, text: string): Report['sources'] {
  const texts = new Map<string, string>();
  const visit = (one: Module, own: string): void => {
    if (texts.has(one.uri) || !one.uri.startsWith('file:')) return;
    texts.set(one.uri, own);
    for (const used of one.uses.values()) visit(used, used.file.text);
  };
  visit(module, text);
  return [...texts].map(([uri, own]) => {
    const bytes = new TextEncoder().encode(own);
    return { name: relative('', fileURLToPath(uri)), sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

function versionsOf(version: string, groups: readonly MeasuredGroup[], { analysis }: Measured): Report['versions'] {
  const yosys = groups.flatMap(({ rows, hardware }) =>
    hardware ? rows.map(({ evaluation: { format } }) => reportOf({ format, hardware }, analysis.known)?.yosys) : [],
  );
  const used = [...new Set(yosys.filter((one) => one !== undefined))];
  return [['Nibble', version], ['Node.js', process.versions.node], ...used.map((one) => ['Yosys', one] as const)];
}

function writeFigures(folder: string, sections: readonly ReportSection[], theme: ChartTheme): void {
  const taken = new Set<string>();
  const write = (base: string, ending: string, content: string): void => {
    let name = `${base}${ending}`;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}${ending}`;
    taken.add(name);
    written(join(folder, name), content);
  };
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Failure(`${visible(folder)} cannot be made: ${reason(error)}`);
  }
  sections.forEach(({ figures, title }) => {
    figures.forEach((figure: ReportFigure, i) => {
      const base = fileName(`${title}-${String(i + 1).padStart(2, '0')}-${figure.name}`);
      write(base, '.svg', `${figure.draw({ width: WIDE, colours: chartColours[theme], id: 'figure' })}\n`);
      figure.tables.forEach((table, k) => {
        write(k === 0 ? base : `${base}-${k + 1}`, '.csv', csv(table));
      });
    });
  });
}

/** Names come from specs: what is left is letters, digits and hyphens, and no path. */
const fileName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100)
    .toLowerCase();
