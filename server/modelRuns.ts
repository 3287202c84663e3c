import type { CancellationToken, Connection } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../core/fit/moments.ts';
import { askedGroups } from '../core/ide/pictures/groups.ts';
import { type Fact, factKey, type QualityRequest, type SensitivityRequest } from '../core/lang/facts.ts';
import { type ModelRow, modelRows, qualityRequests, rowRequest, sensitivityOf } from '../core/lang/modelRows.ts';
import type { Linked } from '../core/lang/spec.ts';
import { count } from '../core/view/digits.ts';
import type { EvaluateOnModelParams, EvaluateResult, MeasureSensitivityParams, Status } from '../protocol/messages.ts';
import { findAsked } from './factRun.ts';
import type { Facts, Session } from './session.ts';
import { formatAt } from './synthesis.ts';

type FactOptions = Parameters<Facts['find']>[1];

/** How often lenses and hovers follow an evaluation, in milliseconds. */
const showMs = 500;

/**
 * Runs the formats of documents on language models, because the user asked: at most one such run per document, a newer one ends the older. An
 * edit does not end it: what it finds is of the formats as they were, and shows where they are so still. What is ended goes on where it was.
 */
export class ModelRuns {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #changed: () => void;
  readonly #running = new Map<string, AbortController>();

  /** @param changed Called when diagnostics and lenses say something new. */
  constructor(connection: Connection, session: Session, changed: () => void) {
    this.#connection = connection;
    this.#session = session;
    this.#changed = changed;
  }

  async onCommand(params: EvaluateOnModelParams, token: CancellationToken): Promise<EvaluateResult> {
    const asked = this.#asked(params);
    if ('problem' in asked) return { nFormats: 0, ...asked };
    const { document, format } = asked;
    if (params.position && format === undefined) return { nFormats: 0, problem: 'There is no format under the cursor' };
    return this.#command(
      document,
      (current) => this.#requests(current, format),
      { ...wholeRun, nothing: () => nothingToDo(format) },
      params.workDoneToken,
      token,
    );
  }

  /** What each tensor does alone. With the cursor in no format, of all of them. */
  async onSensitivity(params: MeasureSensitivityParams, token: CancellationToken): Promise<EvaluateResult> {
    const asked = this.#asked(params);
    if ('problem' in asked) return { nFormats: 0, ...asked };
    const { document, format } = asked;
    const hasWeights = (current: TextDocument): boolean => askedGroups(this.#session.analysis(current)).length > 0;
    const requests = (current: TextDocument): readonly SensitivityRequest[] =>
      hasWeights(current) ? eachOnce(this.#rows(current, format).map(sensitivityOf)) : [];
    const nothing = (current: TextDocument): string => (hasWeights(current) ? nothingToDo(format) : noWeights);
    return this.#command(document, requests, { ...tensorRun, nothing }, params.workDoneToken, token);
  }

  #asked({ uri, format, position }: EvaluateOnModelParams | MeasureSensitivityParams): Asked | Problem {
    const document = this.#session.document(uri);
    if (!document) return { problem: 'This document is not open' };
    if (this.#session.analysis(document).models.size === 0 && this.#requests(document, undefined).length === 0) return { problem: noModel };
    return { document, format: format ?? (position && formatAt(document, document.offsetAt(position), this.#session)) };
  }

  async #command(
    document: TextDocument,
    requests: RequestsOf,
    said: Said,
    workDoneToken: string | undefined,
    token: CancellationToken,
  ): Promise<EvaluateResult> {
    const { uri } = document;
    this.#running.get(uri)?.abort();
    const controller = new AbortController();
    this.#running.set(uri, controller);
    const watch = token.onCancellationRequested(() => controller.abort());
    try {
      return await this.#run(document, requests, said, workDoneToken, controller);
    } catch (error) {
      if (controller.signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, said.cancelled);
      throw error;
    } finally {
      watch.dispose();
      if (this.#running.get(uri) === controller) {
        this.#running.delete(uri);
        this.#status({ uri, state: 'idle', message: '', done: 0, total: 0 });
      }
      if (workDoneToken !== undefined) await this.#connection.sendProgress(WorkDoneProgress.type, workDoneToken, { kind: 'end' });
    }
  }

  close(uri: string): void {
    this.#running.get(uri)?.abort();
  }

  async #run(
    document: TextDocument,
    requestsOf: RequestsOf,
    said: Said,
    token: string | undefined,
    { signal }: AbortController,
  ): Promise<EvaluateResult> {
    const { uri } = document;
    const { facts } = this.#session.platform.evaluations(this.#session.settings);
    const place = ({ symbol }: Linked) => ({
      base: this.#session.baseOf(symbol.module.uri),
      root: this.#session.rootOf(symbol.module.uri),
    });
    const options = { place, signal, limit: Number.POSITIVE_INFINITY, onProgress: () => undefined };
    // Formats that are fitted to weights are known once those are read.
    await findAsked(document, this.#session, facts, options);
    signal.throwIfAborted();
    const requests = requestsOf(document);
    if (requests.length === 0) return { nFormats: 0, problem: said.nothing(document) };
    const follow = this.#follower(uri, requests, signal);
    const report = this.#reporter(uri, said.running(requests.length), said.unit, token);
    const found = await facts.find(requests, { ...options, onProgress: report, onPartial: follow });
    signal.throwIfAborted();
    if (!this.#session.document(uri)) return { nFormats: 0 };
    this.#session.keepFacts(uri, requests, found.facts);
    this.#changed();
    const problems = requests.flatMap((request) => {
      const fact = found.facts.get(factKey(request));
      return fact && 'problem' in fact ? [fact.problem] : [];
    });
    return { nFormats: requests.length - problems.length, ...(problems[0] === undefined ? {} : { problem: problems[0] }) };
  }

  /** Those of one format by its name, or all that the document asks of models. */
  #requests(document: TextDocument, format: string | undefined): readonly QualityRequest[] {
    return format === undefined
      ? qualityRequests(this.#session.analysis(document))
      : eachOnce(this.#rows(document, format).map(rowRequest));
  }

  #rows(document: TextDocument, format: string | undefined): readonly ModelRow[] {
    const rows = modelRows(this.#session.analysis(document));
    return format === undefined ? rows : rows.filter((row) => row.format.symbol.name === format);
  }

  /** Takes in what is known meanwhile, and shows it some times a second at most. */
  #follower(uri: string, requests: readonly ModelRunRequest[], signal: AbortSignal): NonNullable<FactOptions['onPartial']> {
    const byKey = new Map(requests.map((request) => [factKey(request), request]));
    let shownMs = 0;
    return (found: ReadonlyMap<string, Fact>) => {
      if (signal.aborted || !this.#session.document(uri)) return;
      const told = [...found.keys()].flatMap((key) => byKey.get(key) ?? []);
      if (this.#session.keepFacts(uri, told, found) === 'as before') return;
      const now = Date.now();
      if (now - shownMs < showMs) return;
      shownMs = now;
      this.#changed();
    };
  }

  /** Tells of progress: the status at most ten times a second, the token with each percent. */
  #reporter(uri: string, message: string, unit: string, token: string | undefined): (done: number, total: number) => void {
    let saidMs = 0;
    let last = -1;
    return (done, total) => {
      const now = Date.now();
      if (now - saidMs >= 100) {
        saidMs = now;
        this.#status({ uri, state: 'evaluating', message, done, total });
      }
      const percentage = total === 0 ? 100 : Math.floor((100 * done) / total);
      if (token === undefined || percentage === last) return;
      last = percentage;
      const said = { kind: 'report', percentage, message: `${count(done)} of ${count(total)} ${unit}` } as const;
      this.#connection.sendProgress(WorkDoneProgress.type, token, said).catch((error) => this.#fail(error));
    };
  }

  #status(status: Status): void {
    this.#connection.sendNotification('nibble/status', status).catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** A document, and a format of it by its name; undefined for all of them. */
interface Asked {
  readonly document: TextDocument;
  readonly format: string | undefined;
}

type ModelRunRequest = QualityRequest | SensitivityRequest;

/** What a run asks for, of the document as it is then. */
type RequestsOf = (document: TextDocument) => readonly ModelRunRequest[];

/** What a run says of itself. */
interface Said {
  readonly running: (nRequests: number) => string;
  readonly unit: string;
  readonly cancelled: string;
  /** Where there is nothing to run. */
  readonly nothing: (document: TextDocument) => string;
}

const wholeRun: Omit<Said, 'nothing'> = {
  running: (n) => `Running models in ${formats(n)}`,
  unit: 'tokens times formats',
  cancelled: 'The evaluation on models was cancelled',
};

const tensorRun: Omit<Said, 'nothing'> = {
  running: (n) => `Running models tensor by tensor in ${formats(n)}`,
  unit: 'tokens times runs',
  cancelled: 'The measurement of sensitivity was cancelled',
};

const formats = (n: number): string => `${n} ${n === 1 ? 'format' : 'formats'}`;

const eachOnce = <R extends ModelRunRequest>(requests: readonly R[]): readonly R[] => [
  ...new Map(requests.map((request) => [factKey(request), request])).values(),
];

const noModel = 'There is no model to evaluate on: declare one, as in `model m = "folder"`';

const noWeights =
  'There are no weights to show it beside: link those of the model, as in `weights w = "model.safetensors"`, and compare formats on them; or use `nibble sensitivity`';

const nothingToDo = (format: string | undefined): string =>
  format === undefined
    ? 'There is nothing to evaluate on a model: compare formats under a scale, or give one a scale of its own'
    : `\`${format}\` is in no comparison, and has no scale of its own to be evaluated with on a model`;
