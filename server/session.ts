import { TextDocument } from 'vscode-languageserver-textdocument';
import { allFindings } from '../core/ide/allFindings.ts';
import type { Known } from '../core/ide/known.ts';
import { evaluationsOf, measuredFrom } from '../core/ide/known.ts';
import type { ProfiledWeights } from '../core/ide/pictures/overWeights.ts';
import { type Analysis, analyse } from '../core/lang/analysis.ts';
import { evaluationKey } from '../core/lang/evaluationKey.ts';
import { type Fact, type FactRequest, factKey } from '../core/lang/facts.ts';
import type { Finding } from '../core/lang/finding.ts';
import { libraryAt } from '../core/lang/library.ts';
import type { Files, Module } from '../core/lang/module.ts';
import type { Evaluation, Linked, WeightsSpec } from '../core/lang/spec.ts';
import type { Depth, EvaluationResult } from '../core/measure/results.ts';
import type { ProfileKey } from '../core/profile/profile.ts';
import type { Theme } from '../core/view/numberLine.ts';
import type { WeightProblem } from '../core/weights/tensor.ts';
import { defaultSettings, type Settings } from './settings.ts';

/** What an evaluation needs and gives; the platform does it, in threads. */
export interface Evaluations {
  evaluate(
    evaluations: readonly Evaluation[],
    linked: Iterable<WeightsSpec>,
    options: {
      readonly place: (linked: Linked) => { readonly base: string; readonly root?: string | undefined };
      readonly signal: AbortSignal;
      readonly onProgress: (done: number, total: number) => void;
      readonly limit: number;
      readonly depth: (evaluation: Evaluation) => Depth;
      readonly onEstimates: (results: ReadonlyMap<string, EvaluationResult>) => void;
    },
  ): Promise<{
    readonly results: ReadonlyMap<string, EvaluationResult>;
    readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
    readonly nLeftOut: number;
  }>;
  readonly facts: Facts;
  /** All weights, or one tensor of them, as one profile: for a picture of their distribution. Rejects where the signal comes. */
  profile(
    weights: WeightsSpec,
    key: ProfileKey,
    options: {
      readonly place: (linked: Linked) => { readonly base: string; readonly root?: string | undefined };
      readonly signal: AbortSignal;
      readonly onProgress: (done: number, total: number) => void;
      readonly limit: number;
      readonly tensor?: { readonly name: string; readonly file: string };
    },
  ): Promise<ProfiledWeights>;
  close(): Promise<void>;
}

/** Finds out what only weights can tell, and what formats cost. */
export interface Facts {
  find(
    requests: readonly FactRequest[],
    options: {
      readonly place: (linked: Linked) => { readonly base: string; readonly root?: string | undefined };
      readonly signal: AbortSignal;
      readonly onProgress: (done: number, total: number) => void;
      readonly limit: number;
      /** Told what is known of language models while they are evaluated. */
      readonly onPartial?: (found: ReadonlyMap<string, Fact>) => void;
    },
  ): Promise<{
    readonly facts: ReadonlyMap<string, Fact>;
    readonly problems: ReadonlyMap<string, readonly WeightProblem[]>;
    readonly nLeftOut: number;
  }>;
  /** Makes ready for requests of areas that are likely to come soon. */
  warmAreas(): void;
}

/** What the server needs of the machine it runs on. */
export interface Platform {
  /** Starts on first use. At most so many threads run; 0 leaves it to the machine. */
  evaluations(settings: Pick<Settings, 'workers' | 'cacheLimit' | 'yosys'>): Evaluations;
  files(options: { readonly open: (uri: string) => string | undefined; readonly root: (uri: string) => string | undefined }): Files;
  /** A hash of a text, in hexadecimal digits. */
  digest(text: string): string;
  /** The folder of a file; undefined where it has none. */
  folderOf(uri: string): string | undefined;
  /** The path of an address; undefined where it has none. */
  pathOf(uri: string): string | undefined;
  /** The address of a path, which starts at `base` unless it is absolute. */
  addressOf(base: string, path: string): string;
}

/** Facts kept of a document: what it asks for now, and what it asked for a while ago. */
const mostFacts = 1000;

/** The open documents, what they mean, and what is known of them. */
export class Session {
  readonly platform: Platform;
  settings: Settings = defaultSettings;
  theme: Theme = 'dark';
  trusted = true;
  /** Paths of the workspace folders. */
  folders: readonly string[] = [];
  readonly #documentAt: (uri: string) => TextDocument | undefined;
  readonly #files: Files;
  readonly #analyses = new Map<string, { readonly version: number; readonly generation: number; readonly analysis: Analysis }>();
  readonly #results = new Map<string, ReadonlyMap<string, EvaluationResult>>();
  readonly #facts = new Map<string, ReadonlyMap<string, Fact>>();
  readonly #problems = new Map<string, ReadonlyMap<string, readonly WeightProblem[]>>();
  /** Grows whenever something other than a document's own text changes what it means. */
  #generation = 0;

  constructor(platform: Platform, documentAt: (uri: string) => TextDocument | undefined) {
    this.platform = platform;
    this.#documentAt = documentAt;
    this.#files = platform.files({ open: (uri) => documentAt(uri)?.getText(), root: (uri) => this.rootOf(uri) });
  }

  document(uri: string): TextDocument | undefined {
    return this.#documentAt(uri);
  }

  /** The document at an address, open or not, for places in it. */
  textOf = (uri: string): TextDocument | undefined => {
    const open = this.#documentAt(uri);
    if (open) return open;
    const library = libraryAt(uri);
    if (library !== undefined) return TextDocument.create(uri, 'nibble', 0, library);
    const read = this.#files.read(uri);
    return 'text' in read ? TextDocument.create(uri, 'nibble', 0, read.text) : undefined;
  };

  analysis(document: TextDocument): Analysis {
    const known = this.#analyses.get(document.uri);
    if (known && known.version === document.version && known.generation === this.#generation) return known.analysis;
    const analysis = analyse(document.uri, document.getText(), this.#files, {
      measured: measuredFrom(this.results(document.uri)),
      facts: this.#facts.get(document.uri) ?? new Map(),
    });
    this.#analyses.set(document.uri, { version: document.version, generation: this.#generation, analysis });
    return analysis;
  }

  /** Forgets what the open documents that use a file mean, now that it says something else. Gives those documents. */
  forgetUsersOf(uri: string): TextDocument[] {
    const users = [...this.#analyses].flatMap(([user, { analysis }]) => (doesUse(analysis.module, uri) ? [user] : []));
    for (const user of users) this.#analyses.delete(user);
    return users.flatMap((user) => this.#documentAt(user) ?? []);
  }

  /** Everything there is to say about a document. */
  findings(document: TextDocument): Finding[] {
    const analysis = this.analysis(document);
    return allFindings(analysis, this.results(document.uri), this.#problems.get(document.uri) ?? new Map());
  }

  known(uri: string): Known {
    return { results: this.results(uri), theme: this.theme, pictures: this.settings.pictures };
  }

  results(uri: string): ReadonlyMap<string, EvaluationResult> {
    return this.#results.get(uri) ?? new Map();
  }

  evaluations(document: TextDocument, format: string | undefined): readonly Evaluation[] {
    const all = evaluationsOf(this.analysis(document));
    return format === undefined ? all : all.filter((evaluation) => evaluation.format.symbol.name === format);
  }

  /** Takes in what came of an evaluation; what it was not asked for stays, what it was asked for and could not do is gone. */
  keep(
    uri: string,
    asked: readonly Evaluation[],
    results: ReadonlyMap<string, EvaluationResult>,
    problems: ReadonlyMap<string, readonly WeightProblem[]>,
  ): void {
    const keys = new Set(asked.map(evaluationKey));
    const others = [...this.results(uri)].filter(([key]) => !keys.has(key));
    this.#results.set(uri, new Map([...others, ...results]));
    this.#problems.set(uri, new Map([...(this.#problems.get(uri) ?? []), ...problems]));
    this.#generation++;
  }

  /** Takes in what a sample says of evaluations of which nothing better is known. */
  keepEstimates(uri: string, estimated: ReadonlyMap<string, EvaluationResult>): void {
    this.#results.set(uri, new Map([...estimated, ...this.results(uri)]));
    this.#generation++;
  }

  /** Takes in what was found out about weights; what was asked for and could not be found out is gone. Says whether anything is new. */
  keepFacts(uri: string, asked: readonly FactRequest[], found: ReadonlyMap<string, Fact>): 'news' | 'as before' {
    const before = this.#facts.get(uri) ?? new Map<string, Fact>();
    const keys = asked.map(factKey);
    // What is found again is the same object.
    if (keys.every((key) => before.get(key) === found.get(key))) return 'as before';
    const others = [...before].filter(([key]) => !keys.includes(key));
    this.#facts.set(uri, new Map([...others, ...found].slice(-mostFacts)));
    this.#generation++;
    return 'news';
  }

  /** Forgets all results: they may be of files that are no longer so. Sums of files that stayed as they are come from the evaluator's cache. */
  forgetResults(): void {
    this.#results.clear();
    this.#facts.clear();
    this.#problems.clear();
    this.#generation++;
  }

  /** Something that documents depend on has changed: a file they use, or what the workspace may read. */
  touch(): void {
    this.#generation++;
  }

  close(uri: string): void {
    this.#analyses.delete(uri);
    this.#results.delete(uri);
    this.#facts.delete(uri);
    this.#problems.delete(uri);
  }

  /** Where paths in a document start: its folder, or the workspace's for one that is not saved. */
  baseOf(uri: string): string {
    return this.platform.folderOf(uri) ?? this.folders[0] ?? '/';
  }

  /** What paths in a document may not leave while the workspace is not trusted: its workspace folder, or its own. */
  rootOf(uri: string): string | undefined {
    if (this.trusted) return undefined;
    const path = this.platform.pathOf(uri) ?? '';
    const holding = this.folders.filter((folder) => path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`));
    return holding.sort((a, b) => b.length - a.length)[0] ?? this.folders[0] ?? this.baseOf(uri);
  }
}

/** Whether a file uses another, directly or through others. */
function doesUse(module: Module, uri: string, seen = new Set<Module>()): boolean {
  return [...module.uses.values()].some((used) => {
    if (seen.has(used)) return false;
    seen.add(used);
    return used.uri === uri || doesUse(used, uri, seen);
  });
}
