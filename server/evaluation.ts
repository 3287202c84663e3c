import type { CancellationToken, Connection } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { depthsOf } from '../core/ide/known.ts';
import { together } from '../core/ide/resultFindings.ts';
import { areaWishes, wholeAreaWishes } from '../core/ide/wishes.ts';
import type { Linked } from '../core/lang/spec.ts';
import { count } from '../core/view/digits.ts';
import type { EvaluateParams, EvaluateResult, Status } from '../protocol/messages.ts';
import { findAreas, findAsked, findWishes } from './factRun.ts';
import { resultsOf } from './results.ts';
import type { Facts, Session } from './session.ts';
import { formatAt } from './synthesis.ts';

/** How long typing must pause before an automatic evaluation, in milliseconds. */
const pauseMs = 300;

/** How long nothing must be edited before what only some hovers show is synthesised: an edit waits for whatever Yosys is doing. */
const quietMs = 1000;

/** Runs at most one evaluation per document: a newer one ends the older. Nobody sees a result of a text that is gone. */
export class EvaluationRuns {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #changed: () => void;
  readonly #running = new Map<string, Run>();
  /** Syntheses go on when all else is known: each takes about a second. */
  readonly #synthesising = new Map<string, AbortController>();
  /** Documents that showed areas when they were last looked at: an edit of one asks for more. */
  readonly #synthesised = new Set<string>();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param changed Called when diagnostics and lenses say something new. */
  constructor(connection: Connection, session: Session, changed: () => void) {
    this.#connection = connection;
    this.#session = session;
    this.#changed = changed;
  }

  /** Evaluates a document once typing pauses, if that is not too much. */
  soon(document: TextDocument): void {
    this.notSoon(document.uri);
    if (this.#synthesised.has(document.uri)) this.#session.platform.evaluations(this.#session.settings).facts.warmAreas();
    const timer = setTimeout(() => {
      this.#waiting.delete(document.uri);
      this.now(document).catch((error) => this.#fail(error));
    }, pauseMs);
    this.#waiting.set(document.uri, timer);
  }

  /** No longer evaluates a document once typing pauses. */
  notSoon(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
  }

  /** Evaluates a document up to the limit of automatic evaluations, once what the user has asked for is done. */
  async now(document: TextDocument): Promise<void> {
    if (this.#running.get(document.uri)?.isAsked) return this.soon(document);
    const done = await this.#run(document, undefined, this.#session.settings.limit, () => undefined);
    // Said last: other documents that ran meanwhile have said that they are done.
    if (done && done.nLeftOut > 0) this.#status(document.uri, 'idle', leftOut(done.nLeftOut));
  }

  /** Evaluates a document because the user asked, whatever it takes. */
  async onCommand({ uri, format, position, workDoneToken }: EvaluateParams, token: CancellationToken): Promise<EvaluateResult> {
    const document = this.#session.document(uri);
    if (!document) return { nFormats: 0, problem: 'This document is not open' };
    const name = format ?? (position && formatAt(document, document.offsetAt(position), this.#session));
    if (position && !format && name === undefined) return { nFormats: 0, problem: 'There is no format under the cursor' };
    // A format whose levels are not known yet may come to be evaluated.
    const mayCome = this.#session.analysis(document).asked.length > 0;
    if (this.#session.evaluations(document, name).length === 0 && !mayCome) return { nFormats: 0, problem: nothingToDo(name) };
    const report = this.#reporter(workDoneToken);
    try {
      const done = await this.#run(document, name, Number.POSITIVE_INFINITY, report, token);
      if (!done) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The evaluation was cancelled');
      const problem = [...done.problems.values()].flat()[0]?.message;
      const nothing = done.nFormats === 0 && name !== undefined ? nothingToDo(name) : undefined;
      const said = problem ?? nothing;
      return { nFormats: done.nFormats, ...(said === undefined ? {} : { problem: said }) };
    } finally {
      if (workDoneToken !== undefined) await this.#connection.sendProgress(WorkDoneProgress.type, workDoneToken, { kind: 'end' });
    }
  }

  close(uri: string): void {
    this.notSoon(uri);
    this.#running.get(uri)?.controller.abort();
    this.#synthesising.get(uri)?.abort();
    this.#synthesised.delete(uri);
  }

  async #run(
    document: TextDocument,
    format: string | undefined,
    limit: number,
    report: (done: number, total: number) => void,
    token?: CancellationToken,
  ) {
    const { uri } = document;
    this.#running.get(uri)?.controller.abort();
    this.#synthesising.get(uri)?.abort();
    const { weights: linked, models, asked } = this.#session.analysis(document);
    const nAreas = areaWishes(this.#session.analysis(document)).length;
    const nLinked = linked.size + models.size;
    if (this.#session.evaluations(document, format).length === 0 && nLinked === 0 && asked.length === 0 && nAreas === 0) {
      // What was there to evaluate may just have been deleted.
      await this.sendResults(document);
      return undefined;
    }
    const controller = new AbortController();
    const run: Run = { controller, isAsked: token !== undefined };
    this.#running.set(uri, run);
    this.#status(uri, 'evaluating', 'Reading weights');
    const watch = token?.onCancellationRequested(() => controller.abort());
    try {
      const machine = this.#session.platform.evaluations(this.#session.settings);
      const options = {
        place: ({ symbol }: Linked) => ({ base: this.#session.baseOf(symbol.module.uri), root: this.#session.rootOf(symbol.module.uri) }),
        signal: controller.signal,
        limit,
      };
      const reading = (part: number, total: number): void => this.#status(uri, 'evaluating', 'Reading weights', part, total);
      const found = await findAsked(document, this.#session, machine.facts, { ...options, onProgress: reading });
      if (controller.signal.aborted || !this.#session.document(uri)) return undefined;
      const evaluations = this.#session.evaluations(document, format);
      const analysis = this.#session.analysis(document);
      const done = await machine.evaluate(evaluations, analysis.weights.values(), {
        ...options,
        onProgress: (part, total) => {
          report(part, total);
          this.#status(uri, 'evaluating', `Evaluating ${evaluations.length} rows`, part, total);
        },
        depth: depthsOf(analysis, 'sums'),
        onEstimates: (estimated) => {
          if (controller.signal.aborted || !this.#session.document(uri)) return;
          this.#session.keepEstimates(uri, estimated);
          this.#changed();
          this.sendResults(document).catch((error) => this.#fail(error));
        },
      });
      if (controller.signal.aborted || !this.#session.document(uri)) return undefined;
      const problems = new Map(found.problems);
      for (const [key, own] of done.problems) problems.set(key, together(own, problems.get(key) ?? []));
      this.#session.keep(uri, evaluations, done.results, problems);
      await this.sendResults(document);
      this.#changed();
      await this.#wish(document, machine.facts, { ...options, onProgress: () => undefined });
      const last = leftOut(done.nLeftOut + found.nLeftOut);
      if (controller.signal.aborted) this.#idle(run, uri, last);
      else if (this.#running.get(uri) === run) this.#synthesise(document, machine.facts, options, last).catch((error) => this.#fail(error));
      return { ...done, problems, nLeftOut: done.nLeftOut + found.nLeftOut, nFormats: new Set(evaluations.map((e) => e.format.name)).size };
    } catch (error) {
      // A newer run has taken over, or the user cancelled: nothing is wrong.
      if (controller.signal.aborted) {
        this.#idle(run, uri, '');
        return undefined;
      }
      this.#status(uri, 'error', error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      watch?.dispose();
      if (this.#running.get(uri) === run) this.#running.delete(uri);
    }
  }

  /** Says that a run has ended, unless a newer one has taken over. */
  #idle(run: Run, uri: string, message: string): void {
    if (this.#running.get(uri) === run) this.#status(uri, 'idle', message);
  }

  /** Finds out what is nice to know: never worth more than an automatic evaluation, whoever asked. */
  async #wish(document: TextDocument, facts: Facts, options: Parameters<Facts['find']>[1]): Promise<void> {
    const limit = Math.min(options.limit, this.#session.settings.limit);
    try {
      if ((await findWishes(document, this.#session, facts, { ...options, limit })) === 'news') this.#changed();
    } catch (error) {
      // A newer run has taken over, or the user has seen enough: what was measured stands.
      if (!options.signal.aborted) throw error;
    }
  }

  /**
   * Synthesises what a document shows the area of: the smallest units, then without a word what hovers have besides. Nobody waits for it;
   * the next run of the document ends it.
   * @param last What the status says once it is done.
   */
  async #synthesise(
    document: TextDocument,
    facts: Facts,
    options: Omit<Parameters<Facts['find']>[1], 'onProgress'>,
    last: string,
  ): Promise<void> {
    const { uri } = document;
    const controller = new AbortController();
    this.#synthesising.set(uri, controller);
    const onProgress = (done: number, total: number): void => this.#status(uri, 'evaluating', `Synthesising ${total} formats`, done, total);
    try {
      const analysis = this.#session.analysis(document);
      const wishes = areaWishes(analysis);
      if (wishes.length > 0) this.#synthesised.add(uri);
      else this.#synthesised.delete(uri);
      const own = { ...options, signal: controller.signal, onProgress };
      try {
        await findAreas(wishes, document, this.#session, facts, own, this.#changed);
      } finally {
        if (!controller.signal.aborted) this.#status(uri, 'idle', last);
      }
      await pause(quietMs, controller.signal);
      if (controller.signal.aborted) return;
      const quiet = { ...own, onProgress: () => undefined };
      await findAreas(wholeAreaWishes(analysis), document, this.#session, facts, quiet, () => undefined);
    } catch (error) {
      // A newer run has taken over, or the document is closed.
      if (!controller.signal.aborted) throw error;
    } finally {
      if (this.#synthesising.get(uri) === controller) this.#synthesising.delete(uri);
    }
  }

  /** Tells the client what is known of a document. */
  async sendResults(document: TextDocument): Promise<void> {
    await this.#connection.sendNotification('nibble/results', resultsOf(document, this.#session));
  }

  #reporter(token: string | undefined): (done: number, total: number) => void {
    if (token === undefined) return () => undefined;
    let last = -1;
    return (done, total) => {
      const percentage = total === 0 ? 100 : Math.floor((100 * done) / total);
      if (percentage === last) return;
      last = percentage;
      const message = `${count(done)} of ${count(total)} weights times formats`;
      this.#connection
        .sendProgress(WorkDoneProgress.type, token, { kind: 'report', percentage, message })
        .catch((error) => this.#fail(error));
    };
  }

  #lastStatusMs = 0;

  /** Tells the client what is going on, at most twenty times a second while something is. */
  #status(uri: string, state: Status['state'], message: string, done = 0, total = 0): void {
    const now = Date.now();
    if (state === 'evaluating' && now - this.#lastStatusMs < 50) return;
    this.#lastStatusMs = now;
    const status: Status = { uri, state, message, done, total };
    this.#connection.sendNotification('nibble/status', status).catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

interface Run {
  readonly controller: AbortController;
  /** Whether the user asked for it: then it is not ended for an automatic one, which does less. */
  readonly isAsked: boolean;
}

/** Waits, or until the signal comes. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });

/** What an automatic evaluation did not do, and what can be done about it; nothing where all is done. */
const leftOut = (nWeights: number): string =>
  nWeights > 0 ? `${count(nWeights)} weights times formats are more than \`nibble.evaluate.limit\`; evaluate on command` : '';

const nothingToDo = (format: string | undefined): string =>
  format === undefined
    ? 'There is nothing to evaluate: a comparison needs formats, weights and a scale'
    : `\`${format}\` is in no comparison, and has no scale of its own to be measured with on linked weights`;
