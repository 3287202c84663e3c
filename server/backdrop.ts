import type { TextDocument } from 'vscode-languageserver-textdocument';
import { resultOf } from '../core/ide/known.ts';
import type { AskedGroup, MeasuredGroup } from '../core/ide/pictures/groups.ts';
import { measuredGroup } from '../core/ide/pictures/groups.ts';
import { analyseModule } from '../core/lang/analysis.ts';
import { areaOf, requestsOf } from '../core/lang/areaPairs.ts';
import { evaluationKey, ruleKey } from '../core/lang/evaluationKey.ts';
import { factOf } from '../core/lang/facts.ts';
import { libraryNames } from '../core/lang/library.ts';
import { loadLibrary } from '../core/lang/module.ts';
import { rememberedOf } from '../core/lang/remembered.ts';
import type { Evaluation, FormatSpec, Linked, NamedScale } from '../core/lang/spec.ts';
import { count } from '../core/view/digits.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Session } from './session.ts';

/** How long nobody must want anything else before areas are synthesised, in milliseconds: each takes about a second. */
const pauseMs = 1000;

/** The most areas of a library that are synthesised for a picture. */
const MOST_AREAS = 64;

/** The most scales of a comparison that a library is measured under. */
const MOST_SCALES = 4;

/** The formats of a library as far as they are measured like those of a group, and what has to be said of them. */
export interface Backdrop {
  readonly group: MeasuredGroup;
  readonly notes: readonly string[];
}

/** What is measured behind a picture of one document. */
interface Run {
  /** Says what for. */
  readonly key: string;
  readonly controller: AbortController;
}

/** Measures the formats of libraries as those of a document are, for whoever wants them behind a picture: one library at a time for a document. */
export class Backdrops {
  readonly #session: Session;
  readonly #changed: (uri: string) => void;
  readonly #failed: (error: unknown) => void;
  readonly #running = new Map<string, Run>();
  /** What was tried of a document, and what could not be done of it. It is not tried again until something else is wanted, or files change. */
  readonly #tried = new Map<string, { readonly key: string; readonly why: string }>();

  /** @param changed Called when more is known of a document's backdrop. */
  constructor(session: Session, changed: (uri: string) => void, failed: (error: unknown) => void) {
    this.#session = session;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** What is known of a library on the weights and scales of a group. What is not is measured in the background. */
  behind(document: TextDocument, asked: AskedGroup, library: string): Backdrop | undefined {
    const evaluations = backdropOf(asked, library);
    if (!evaluations) return undefined;
    const { uri } = document;
    const results = this.#session.results(uri);
    const group = measuredGroup({ ...asked, evaluations }, results);
    const missing = evaluations.filter((evaluation) => {
      const result = resultOf(evaluation, results);
      return !result || result.estimates !== undefined;
    });
    const { known } = this.#session.analysis(document);
    const areas = areaRequestsOf(group).filter((request) => !factOf(request, known.facts));
    const key = JSON.stringify([missing.map(evaluationKey), areas.length === 0 ? '' : asked.hardware?.spec]);
    const tried = this.#tried.get(uri);
    if (missing.length === 0 && areas.length === 0) this.stop(uri);
    else if (tried?.key !== key && this.#running.get(uri)?.key !== key) this.#start(document, key, missing, areas);
    const isRunning = this.#running.get(uri)?.key === key;
    const nFormats = new Set(missing.map(({ format }) => format.name)).size;
    const notes = [
      ...(isRunning && missing.length > 0 ? [`${count(nFormats)} formats of ${library} are being measured`] : []),
      ...(isRunning && missing.length === 0 ? [`${count(areas.length)} formats of ${library} wait for their area`] : []),
      ...(tried?.key === key && tried.why !== '' ? [`Not all formats of ${library} are shown: ${tried.why}`] : []),
    ];
    return { group, notes };
  }

  /** Nobody wants a backdrop of this document any more. */
  stop(uri: string): void {
    this.#running.get(uri)?.controller.abort();
    this.#running.delete(uri);
  }

  /** Files have changed, or what may be read of them: what could not be done may be possible now. */
  forget(): void {
    for (const uri of [...this.#running.keys()]) this.stop(uri);
    this.#tried.clear();
  }

  close(uri: string): void {
    this.stop(uri);
    this.#tried.delete(uri);
  }

  #start(document: TextDocument, key: string, missing: readonly Evaluation[], areas: ReturnType<typeof requestsOf>): void {
    const { uri } = document;
    this.stop(uri);
    const run: Run = { key, controller: new AbortController() };
    this.#running.set(uri, run);
    const work = missing.length > 0 ? this.#measure(uri, missing, run) : this.#synthesise(uri, areas, run);
    work.then(
      (why) => this.#end(uri, run, why),
      // Ended on purpose, or a fault of ours.
      (error) => {
        if (run.controller.signal.aborted) return;
        this.#end(uri, run, 'something went wrong, which the output says');
        this.#failed(error);
      },
    );
  }

  #end(uri: string, run: Run, why: string): void {
    if (this.#running.get(uri) !== run) return;
    this.#running.delete(uri);
    this.#tried.set(uri, { key: run.key, why });
    this.#changed(uri);
  }

  /** Up to the limit of automatic evaluations, beyond which estimates are all there is. Says why not all was measured; nothing where all was. */
  async #measure(uri: string, missing: readonly Evaluation[], { controller: { signal } }: Run): Promise<string> {
    const { settings } = this.#session;
    const machine = this.#session.platform.evaluations(settings);
    const done = await machine.evaluate(missing, [], {
      place: this.#placeOf,
      signal,
      onProgress: () => undefined,
      limit: settings.limit,
      depth: () => 'sums',
      onEstimates: (estimated) => {
        if (signal.aborted || !this.#session.document(uri)) return;
        this.#session.keepEstimates(uri, estimated);
        this.#changed(uri);
      },
    });
    if (signal.aborted || !this.#session.document(uri)) return '';
    this.#session.keep(uri, missing, done.results, new Map());
    if (done.nLeftOut > 0) return `${count(done.nLeftOut)} weights times formats are more than \`nibble.evaluate.limit\``;
    const [problem] = [...done.problems.values()].flat();
    return problem && done.results.size < missing.length ? problem.message : '';
  }

  /** One by one, once nobody has wanted anything else for a while. */
  async #synthesise(uri: string, areas: ReturnType<typeof requestsOf>, { controller: { signal } }: Run): Promise<string> {
    await pause(pauseMs, signal);
    const { facts } = this.#session.platform.evaluations(this.#session.settings);
    for (const request of areas.slice(0, MOST_AREAS)) {
      if (signal.aborted || !this.#session.document(uri)) return '';
      const options = { place: this.#placeOf, signal, onProgress: () => undefined, limit: Number.POSITIVE_INFINITY };
      const found = await facts.find([request], options);
      if (signal.aborted || !this.#session.document(uri)) return '';
      if (this.#session.keepFacts(uri, [request], found.facts) === 'news') this.#changed(uri);
    }
    return areas.length > MOST_AREAS ? `only ${MOST_AREAS} areas are synthesised unasked` : '';
  }

  readonly #placeOf = ({ symbol }: Linked) => ({
    base: this.#session.baseOf(symbol.module.uri),
    root: this.#session.rootOf(symbol.module.uri),
  });
}

/** The formats of a built-in library, families by their defaults; undefined where there is no such library. */
function libraryFormats(name: string): readonly FormatSpec[] | undefined {
  const module = libraryNames.includes(name) ? loadLibrary(name) : undefined;
  return module && rememberedOf(module, 'formats', () => [...analyseModule(module).formats.values()]);
}

/** The format that has a name in the first of some libraries which has it. */
export const libraryFormat = (name: string, libraries: readonly string[]): FormatSpec | undefined =>
  libraries.flatMap((library) => libraryFormats(library) ?? []).find((format) => format.name === name);

/** A library on the weights of a group, under the scales that formats without one of their own have there; without what the group has itself. */
function backdropOf({ evaluations }: AskedGroup, library: string): readonly Evaluation[] | undefined {
  const formats = libraryFormats(library);
  const [first] = evaluations;
  if (!formats || !first) return undefined;
  const shared = evaluations.filter(({ format }) => format.scale === undefined).map(({ scale }) => scale);
  const scales = [...new Map((shared.length > 0 ? shared : [first.scale]).map((scale) => [ruleKey(scale.rule), scale])).values()];
  const own = new Set(evaluations.map(evaluationKey));
  const all = formats.flatMap((format) => {
    const under: readonly NamedScale[] = format.scale ? [format.scale] : scales.slice(0, MOST_SCALES);
    return under.map((scale): Evaluation => ({ format, scale, weights: first.weights }));
  });
  return [...new Map(all.map((evaluation) => [evaluationKey(evaluation), evaluation])).entries()].flatMap(([key, evaluation]) =>
    own.has(key) ? [] : [evaluation],
  );
}

/** What is to be synthesised of a group that names hardware. */
function areaRequestsOf({ rows, hardware }: MeasuredGroup): ReturnType<typeof requestsOf> {
  return hardware ? requestsOf(rows.map(({ evaluation: { format } }) => ({ format, hardware }))) : [];
}

/** Formats of a backdrop that have no area, and will have none: each once. */
export function backdropProblems({ rows, hardware }: MeasuredGroup, known: Parameters<typeof areaOf>[1]): readonly string[] {
  if (!hardware) return [];
  const names = rows.flatMap(({ evaluation: { format } }) => {
    const found = areaOf({ format, hardware }, known);
    return found && 'problem' in found ? [visible(format.name)] : [];
  });
  return [...new Set(names)];
}

/** Rejects when the signal comes. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
