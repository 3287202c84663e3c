import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { areaProblems, designsOf, PUBLISHED, publishedDesigns } from '../core/ide/pictures/designs.ts';
import { type AskedGroup, measuredGroup, type ScaleGroup } from '../core/ide/pictures/groups.ts';
import { firstNotes, someOf } from '../core/ide/pictures/notes.ts';
import { distributionNotes, distributionOf, type ProfiledWeights, whyNoProfile } from '../core/ide/pictures/overWeights.ts';
import { nusOf } from '../core/ide/pictures/tensorColumns.ts';
import { type KnownEffects, knownEffects } from '../core/ide/pictures/tensorEffects.ts';
import { weightsKey } from '../core/lang/evaluationKey.ts';
import { factOf } from '../core/lang/facts.ts';
import { libraryNames } from '../core/lang/library.ts';
import type { Linked } from '../core/lang/spec.ts';
import * as measures from '../core/measure/measures.ts';
import { keyText } from '../core/profile/profile.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { PictureParams } from '../protocol/messages.ts';
import type { PictureAnswer, PictureData, PictureWish } from '../protocol/pictures.ts';
import { Backdrops, backdropProblems } from './backdrop.ts';
import { toLocation } from './convert.ts';
import { distributionData, formatsData, MOST_LINES, paretoData, tensorKey, tensorsData, tensorsOf } from './pictureData.ts';
import { designGroups, lineGroups, menuOf, nothingIn, type Placed, placedOf, type Shown, tensorGroups, wished } from './pictureGroups.ts';
import { PictureStamps } from './pictureStamps.ts';
import type { Session } from './session.ts';

/** How often a client is told of changes at most, in milliseconds: the first is told at once, those of a drag or of results that follow are gathered. */
const tellMs = 60;

/** Profiles of distributions that are kept, each of some 500 kB. */
const MOST_PROFILES = 4;

/** What a picture shows, and what has to be said of it. */
type Drawn = readonly [data: PictureData | null, notes: readonly string[], tensor?: string | null];

/**
 * Answers what a panel draws, from what is known: no picture starts an evaluation of the document or waits for one. Only a distribution reads
 * weights, in threads, and ends when something newer is wanted; and formats of a library behind a picture are measured in the background.
 */
export class Pictures {
  readonly #connection: Connection;
  readonly #session: Session;
  readonly #backdrops: Backdrops;
  /** Documents that a picture was asked of, open or not: nobody is told of changes of others. One that is opened has changed. */
  readonly #watched = new Set<string>();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #toldMs = new Map<string, number>();
  /** What reads weights, of each document. */
  readonly #reading = new Map<string, AbortController>();
  readonly #profiles = new Map<string, ProfiledWeights>();
  readonly #stamps = new PictureStamps();

  constructor(connection: Connection, session: Session) {
    this.#connection = connection;
    this.#session = session;
    this.#backdrops = new Backdrops(
      session,
      (uri) => this.soon(uri),
      (error) => this.#fail(error),
    );
  }

  /** Rejects with RequestCancelled where something newer of the same document is wanted, or the client cancels. */
  async answer({ uri, wish, stamp }: PictureParams, token: CancellationToken): Promise<PictureAnswer | 'unchanged' | null> {
    this.#watched.add(uri);
    const document = this.#session.document(uri);
    if (!document) return null;
    this.#reading.get(uri)?.abort();
    this.#reading.delete(uri);
    if (wish.picture !== 'pareto' || wish.backdrop === null) this.#backdrops.stop(uri);
    const { version } = document;
    const answer = (groups: readonly Shown<unknown>[], group: Shown<unknown> | undefined, drawn: Drawn): PictureAnswer => {
      const [data, notes, tensor = null] = drawn;
      return { uri, version, wish: { ...wish, group: group?.key ?? null, tensor }, groups: menuOf(groups), data, notes: firstNotes(notes) };
    };
    const nothing: Drawn = [null, [nothingIn[wish.picture]]];
    const analysis = this.#session.analysis(document);
    const results = this.#session.results(uri);
    switch (wish.picture) {
      case 'pareto': {
        const groups = designGroups(analysis);
        const group = wished(wish.group, groups);
        return answer(groups, group, group ? this.#pareto(document, group.of, wish) : nothing);
      }
      case 'formats': {
        const groups = lineGroups(analysis);
        const group = wished(wish.group, groups);
        if (!group) return answer(groups, group, nothing);
        const data = formatsData(group.of, analysis, results, (span) => toLocation(this.#session.textOf, span));
        const nLeft = group.of.formats.length - data.formats.length;
        return answer(groups, group, [data, nLeft > 0 ? [`Only the first ${MOST_LINES} formats are drawn`] : []]);
      }
      case 'tensors': {
        const groups = tensorGroups(analysis, results);
        const group = wished(wish.group, groups);
        if (!group) return answer(groups, group, nothing);
        const fits = factOf({ kind: 'fits', weights: group.of.group.weights }, analysis.known.facts);
        const effects = knownEffects(group.of.group, group.of.scaled, analysis.known);
        const made = this.#stamps.of(uri, [group.key, JSON.stringify(menuOf(groups)), fits, ...partsOf(group.of.scaled, effects)]);
        if (made === stamp) return 'unchanged';
        const nus = fits && !('problem' in fits) ? nusOf(fits) : new Map<string, number>();
        return { ...answer(groups, group, tensorsData(group.of, nus, effects)), stamp: made };
      }
      case 'distribution': {
        const groups = placedOf(analysis, results);
        const group = wished(wish.group, groups);
        if (!group) return answer(groups, group, nothing);
        return answer(groups, group, await this.#distribution(uri, group.of, wish.tensor, token));
      }
    }
  }

  /** Tells the client, at once or before long, that what it was answered of a document may have changed. */
  soon(uri: string): void {
    if (!this.#watched.has(uri) || this.#waiting.has(uri)) return;
    const tell = (): void => {
      this.#waiting.delete(uri);
      this.#toldMs.set(uri, performance.now());
      this.#connection.sendNotification('nibble/picturesChanged', { uri }).catch((error) => this.#fail(error));
    };
    const sinceMs = performance.now() - (this.#toldMs.get(uri) ?? Number.NEGATIVE_INFINITY);
    this.#waiting.set(uri, setTimeout(tell, Math.max(0, tellMs - sinceMs)));
  }

  /** Weight files have changed, or which of them may be read. */
  forget(): void {
    for (const reading of this.#reading.values()) reading.abort();
    this.#profiles.clear();
    this.#backdrops.forget();
  }

  /** Nobody wants a picture of a document any more, until one is asked of it again. */
  unwatch(uri: string): void {
    clearTimeout(this.#waiting.get(uri));
    this.#waiting.delete(uri);
    this.#watched.delete(uri);
    this.#toldMs.delete(uri);
    this.#stop(uri);
  }

  /** Who watches a document that is closed is told when it is opened again. */
  close(uri: string): void {
    this.#stop(uri);
    this.#backdrops.close(uri);
  }

  #stop(uri: string): void {
    this.#reading.get(uri)?.abort();
    this.#reading.delete(uri);
    this.#backdrops.stop(uri);
    this.#stamps.forget(uri);
  }

  #pareto(document: TextDocument, asked: AskedGroup, { backdrop }: PictureWish): Drawn {
    const { known } = this.#session.analysis(document);
    const group = measuredGroup(asked, this.#session.results(document.uri));
    const behind = backdrop === null ? undefined : this.#backdrops.behind(document, asked, backdrop);
    const designs = designsOf(group, known);
    const library = behind ? designsOf(behind.group, known) : [];
    const [model] = group.models;
    const hasRatio = [...designs, ...library].some(({ figures }) => typeof figures.areaRatio === 'number');
    const published = hasRatio ? publishedDesigns(designs) : [];
    const noAreas = behind ? backdropProblems(behind.group, known) : [];
    const notes = [
      ...unmeasured(asked.evaluations.length - group.rows.length),
      ...(group.rows.some(({ result }) => result.estimates)
        ? ['What is estimated from a sample has a bar, which holds the truth 95 times of 100']
        : []),
      ...lossless(
        designs.filter((_, i) => measures.sqnr(group.rows[i]!.result.total) === Number.POSITIVE_INFINITY).map(({ name }) => name),
      ),
      ...(asked.hardware
        ? [
            `Areas are post-mapping cell areas of the smallest MAC unit found on ${visible(asked.hardware.name)} (${visible(asked.hardware.spec.cells)}), without wires or placement`,
          ]
        : []),
      ...(published.length > 0
        ? [
            `The series "${PUBLISHED}" has areas in TSMC 28 nm over those of its INT4; its error is the one measured here` +
              (new Set(published.map(({ errorOf }) => errorOf)).size > 1 ? ', under the best of the scales' : ''),
          ]
        : []),
      ...(model && designs.some(({ figures }) => typeof figures.perplexityChange === 'number')
        ? [`Perplexity is that of the model ${visible(model.name)}`]
        : []),
      ...areaProblems(group, known).map((problem) => `No area of ${visible(problem)}`),
      ...(noAreas.length > 0 ? [`No area of these of the library: ${someOf(noAreas)}`] : []),
      ...(behind?.notes ?? []),
    ];
    const data = paretoData([...designs, ...published], library, libraryNames);
    return [data.axes.length === 0 ? null : data, notes];
  }

  async #distribution(uri: string, { group, placed, unplaced }: Placed, key: string | null, token: CancellationToken): Promise<Drawn> {
    const tensors = tensorsOf(group);
    const tensor = tensors.find((one) => tensorKey(one) === key);
    if (group.rows.every(({ result }) => result.estimates))
      return [null, ['These weights are more than `nibble.evaluate.limit`; evaluate on command to see their distribution']];
    const found = await this.#profile(uri, placed, group, tensor, token);
    if (!found.profile) return [null, [`Nothing to draw: ${whyNoProfile(found)}`]];
    const view = distributionOf(placed, found.profile, tensor?.name ?? group.weights.name, tensor);
    return [distributionData(view, tensors), [...distributionNotes(view, found), ...unplaced], tensor ? tensorKey(tensor) : null];
  }

  async #profile(
    uri: string,
    { key }: Placed['placed'],
    { weights }: Placed['group'],
    tensor: { readonly name: string; readonly file: string } | undefined,
    token: CancellationToken,
  ): Promise<ProfiledWeights> {
    const name = JSON.stringify([weightsKey(weights), keyText(key), tensor ? tensorKey(tensor) : null]);
    const known = this.#profiles.get(name);
    if (known) return known;
    const controller = new AbortController();
    this.#reading.set(uri, controller);
    const watch = token.onCancellationRequested(() => controller.abort());
    try {
      const found = await this.#session.platform.evaluations(this.#session.settings).profile(weights, key, {
        place: ({ symbol }: Linked) => ({ base: this.#session.baseOf(symbol.module.uri), root: this.#session.rootOf(symbol.module.uri) }),
        signal: controller.signal,
        onProgress: () => undefined,
        limit: Number.POSITIVE_INFINITY,
        ...(tensor ? { tensor: { name: tensor.name, file: tensor.file } } : {}),
      });
      // What has problems may be mended, and is read anew.
      if (!controller.signal.aborted && found.problems.length === 0) this.#keep(name, found);
      return found;
    } catch (error) {
      if (controller.signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Another picture is wanted by now');
      throw error;
    } finally {
      watch.dispose();
      if (this.#reading.get(uri) === controller) this.#reading.delete(uri);
    }
  }

  #keep(name: string, found: ProfiledWeights): void {
    this.#profiles.set(name, found);
    if (this.#profiles.size > MOST_PROFILES) this.#profiles.delete(this.#profiles.keys().next().value!);
  }

  #fail(error: unknown): void {
    this.#connection.console.error(`pictures: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** What a table of tensors is made of. */
const partsOf = ({ scale, rows }: ScaleGroup, { of, notes }: KnownEffects): readonly unknown[] => [
  scale,
  notes.join('\n'),
  ...rows.flatMap((row) => [row.evaluation.format.name, row.evaluation.scale.name, row.result, of.get(row)]),
];

const unmeasured = (n: number): readonly string[] => (n > 0 ? [`${n} ${n === 1 ? 'row is' : 'rows are'} not measured yet`] : []);

function lossless(all: readonly string[]): readonly string[] {
  const names = [...new Set(all.map(visible))];
  if (names.length === 0) return [];
  const [verb, whose] = names.length === 1 ? ['loses', 'its'] : ['lose', 'their'];
  return [`${someOf(names)} ${verb} nothing on these weights: ${whose} SQNR is infinite, and has no point`];
}
