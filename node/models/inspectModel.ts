import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Architecture, readArchitecture } from '../../core/model/architecture.ts';
import type { InspectedModel, LinkedModelProblem } from '../../core/model/description.ts';
import { linearTensors, modelProblems, nWeights } from '../../core/model/model.ts';
import { longestSequence } from '../../core/model/modelMemory.ts';
import { nTargets, type TextWindow, windowsInTurn, windowsOf } from '../../core/model/windows.ts';
import { glob } from '../../core/weights/glob.ts';
import { counted, quoted } from '../../core/weights/problem.ts';
import { select } from '../../core/weights/select.ts';
import type { Place } from '../expandPattern.ts';
import { openWeights } from '../openWeights.ts';
import { decoded, findModel, isProblem, problemOf, readWhole } from './modelFiles.ts';
import { type PickedTokenizer, pickTokenizer } from './pickTokenizer.ts';
import { type Documents, readDocuments } from './readDocuments.ts';

/** A linked model as a thread is asked about it: plain data. Paths start at `place`. */
export interface ModelAsked {
  readonly path: string;
  readonly config: string | undefined;
  readonly tokenizer: string | undefined;
  readonly text: readonly string[] | undefined;
  readonly separator: string | undefined;
  /** Targets; infinite for all of the text. */
  readonly tokens: number;
  readonly window: number | undefined;
  readonly quantize: readonly string[] | undefined;
  readonly keep: readonly string[];
  readonly place: Place;
}

/** A model whose files were looked at, and its text cut into windows. Plain data. */
export interface Inspected extends InspectedModel {
  /** What is needed to run it; undefined where a problem keeps it from being run. */
  readonly run: RunnableModel | undefined;
}

/** All that threads need to run a model on its text. Plain data. */
export interface RunnableModel {
  /** The weight files, as patterns. */
  readonly patterns: readonly string[];
  readonly place: Place;
  /** The state of the weight files: a thread that finds another one refuses. */
  readonly stamp: string;
  readonly architecture: Architecture;
  /** The names of the linear layers that are quantized. */
  readonly selected: readonly string[];
  /** In the order in which they are run and added up. */
  readonly windows: readonly TextWindow[];
  /** Those behind them, for what inputs are recorded on: never what is measured. Empty where the text ends before. */
  readonly calibration: readonly TextWindow[];
  /** The longest of them, in inputs. */
  readonly windowLength: number;
  /** How many windows are one task: some tenths of a second. */
  readonly taskWindows: number;
}

/** A configuration is some kilobytes. */
const MOST_CONFIG = 2 ** 20;

/** The usual bound of a window, in tokens, where the context of the model is longer: that of the reference code and of most publications. */
const USUAL_WINDOW = 2048;

/** Tokens that inputs are recorded on: some dozen windows, which is more than the Hessians of a small model need. */
const CALIBRATION_TOKENS = 8192;

/** The logits of a window that are kept to compare with: a quarter of a gibibyte. */
const MOST_LOGITS = 2 ** 26;

/** Windows that a text is cut into. */
const MOST_WINDOWS = 2 ** 18;

/** Weights times tokens of a task: some 0.2 s on one core. */
const TASK_WORK = 2.5e9;

/** Looks at the files of a model and cuts its text, without reading a weight. Never rejects for what a file says. */
export async function inspectModel(asked: ModelAsked): Promise<Inspected> {
  const { place } = asked;
  const found = await findModel(asked.path, place);
  if (isProblem(found)) return refused(found);
  const architecture = await architectureOf(asked.config ?? join(found.folder, 'config.json'), place);
  if (!('hidden' in architecture)) return { description: undefined, run: undefined, problems: architecture };
  const opened = await openWeights(found.patterns, place);
  await opened.close();
  const { tensors, files } = opened;
  const faults = [
    ...opened.problems.map(({ code, message }) =>
      problemOf(code === 'weights.missing' ? 'model.missing' : 'model.unreadable', 'path', message),
    ),
    ...(tensors.length > 0
      ? modelProblems(architecture, tensors, asked.path).map(({ message }) => problemOf('model.unreadable', 'path', message))
      : []),
  ];
  const tokenizer = await pickTokenizer(asked.tokenizer, found.folder, architecture.nTokens, place);
  if (isProblem(tokenizer)) return refused(...faults, tokenizer);
  const documents = await readDocuments(asked.text, asked.separator, found.folder, tokenizer.tokenizer, place);
  if (isProblem(documents)) return refused(...faults, documents);
  const cut = windowsFor(asked, architecture, tokenizer, documents);
  if (isProblem(cut)) return refused(...faults, cut);
  if (faults.length > 0) return refused(...faults);
  const stamp = stampOf(files);
  const selected = selectedLinears(asked, architecture);
  const run: RunnableModel = {
    patterns: found.patterns,
    place,
    stamp,
    architecture,
    selected: selected.map(({ name }) => name),
    ...cut,
    taskWindows: Math.max(1, Math.round(TASK_WORK / (nWeights(architecture) * cut.windowLength))),
  };
  return {
    description: {
      nWeights: nWeights(architecture),
      nQuantizedWeights: selected.reduce((sum, { nOut, nIn }) => sum + nOut * nIn, 0),
      nLayers: architecture.nLayers,
      nLinears: linearTensors(architecture).length,
      nQuantizedLinears: selected.length,
      nTokens: architecture.nTokens,
      tokenizerFile: tokenizer.file,
      textFiles: documents.files,
      nDocuments: documents.tokens.length,
      windowLength: cut.windowLength,
      nWindows: cut.windows.length,
      nTargets: nTargets(cut.windows),
    },
    problems: strayPatterns(asked, architecture, tensors),
    run,
  };
}

const refused = (...problems: readonly LinkedModelProblem[]): Inspected => ({ description: undefined, run: undefined, problems });

/** The state of weight files, as a key. */
export const stampOf = (files: Awaited<ReturnType<typeof openWeights>>['files']): string =>
  files.map(({ path, size, mtimeMs, inode }) => `${path} ${size} ${mtimeMs} ${inode}`).join('\n');

async function architectureOf(file: string, place: Place): Promise<Architecture | readonly LinkedModelProblem[]> {
  const bytes = await readWhole(file, place, MOST_CONFIG, 'config');
  if (isProblem(bytes)) return [bytes];
  const text = decoded(bytes, file, 'config');
  if (typeof text !== 'string') return [text];
  const read = readArchitecture(text, file);
  return 'architecture' in read ? read.architecture : read.problems.map(({ message }) => problemOf('model.unreadable', 'config', message));
}

function windowsFor(
  { window, tokens, text, path }: ModelAsked,
  architecture: Architecture,
  { begin }: PickedTokenizer,
  { tokens: documents, files }: Documents,
): Pick<RunnableModel, 'windows' | 'calibration' | 'windowLength'> | LinkedModelProblem {
  const most = Math.min(architecture.context, Math.floor(MOST_LOGITS / architecture.nTokens), longestSequence(architecture));
  if (most < 1) return problemOf('model.unreadable', 'path', `There is no memory for ${quoted(path)}: an engine has at most 4 GB`);
  if (window !== undefined && window > most) {
    const why = most === architecture.context ? 'the context of the model' : 'what there is memory for';
    return problemOf('model.unreadable', 'window', `A window of ${window} tokens is longer than ${why}, ${most}`);
  }
  const length = window ?? Math.min(most, USUAL_WINDOW);
  const nAll = documents.reduce((sum, { length: n }) => sum + Math.ceil(n / length), 0);
  if (nAll > MOST_WINDOWS)
    return problemOf('model.unreadable', 'window', `The text has ${nAll} windows of ${length} tokens; at most ${MOST_WINDOWS} are cut`);
  const all = windowsOf(documents, { length, begin, rest: 'keep', mostTargets: undefined });
  const windows = windowsInTurn(all, tokens);
  const calibration = windowsInTurn(all, nTargets(windows) + CALIBRATION_TOKENS).slice(windows.length);
  const windowLength = [...windows, ...calibration].reduce((longest, { inputs }) => Math.max(longest, inputs.length), 0);
  // Copies: they are all that is kept of the text, and each goes to a thread by itself.
  if (windows.length > 0) return { windows: windows.map(copied), calibration: calibration.map(copied), windowLength };
  const named = text === undefined ? files : text;
  return problemOf(
    'model.unreadable',
    'text',
    `No document of ${named.map(quoted).join(', ')} has two tokens, so there is nothing to predict`,
  );
}

const copied = ({ document, inputs, targets }: TextWindow): TextWindow => ({
  document,
  inputs: inputs.slice(),
  targets: targets.slice(),
});

const selectedLinears = ({ quantize, keep }: ModelAsked, architecture: Architecture) =>
  linearTensors(architecture).filter(({ name }) => select([{ name }], { include: quantize, exclude: keep }).length > 0);

/** Patterns that match no tensor are misspelt; and where no layer is left, nothing is measured. */
function strayPatterns(
  asked: ModelAsked,
  architecture: Architecture,
  tensors: readonly { readonly name: string }[],
): readonly LinkedModelProblem[] {
  const strangers = (['quantize', 'keep'] as const).flatMap((about) =>
    (asked[about] ?? []).flatMap((pattern) => {
      const matches = glob(pattern);
      const message = `None of the ${counted(tensors.length, 'tensor')} in ${quoted(asked.path)} matches ${quoted(pattern)}`;
      return tensors.some(({ name }) => matches(name)) ? [] : [problemOf('model.no-layer-matches', about, message)];
    }),
  );
  if (strangers.length > 0 || selectedLinears(asked, architecture).length > 0) return strangers;
  const message = `\`quantize\` and \`keep\` leave none of the ${counted(linearTensors(architecture).length, 'linear layer')} to quantize`;
  return [problemOf('model.no-layer-matches', asked.quantize ? 'quantize' : 'keep', message)];
}

/** A hash of text, in hexadecimal. */
export const hashed = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex');
};
