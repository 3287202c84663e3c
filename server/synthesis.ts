import type { CancellationToken, Connection } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { hardwareSource } from '../core/hardware/hardwareSource.ts';
import { verilogOf } from '../core/ide/verilogOf.ts';
import { areaRequest } from '../core/lang/areaMeasures.ts';
import { areaPairs } from '../core/lang/areaPairs.ts';
import { type AreaRequest, factOf } from '../core/lang/facts.ts';
import type { Linked } from '../core/lang/spec.ts';
import type { SynthesiseParams, SynthesiseResult, Verilog, VerilogParams } from '../protocol/messages.ts';
import type { Session } from './session.ts';

/** The Verilog of a format, by its name or under a place; a problem where there is none. */
export function verilogIn({ uri, format, position }: VerilogParams, session: Session): Verilog {
  const document = session.document(uri);
  if (!document) return { format: format ?? '', text: null, problem: 'This document is not open' };
  const analysis = session.analysis(document);
  const name = format ?? (position && formatAt(document, document.offsetAt(position), session));
  if (name === undefined) return { format: '', text: null, problem: 'There is no format under the cursor' };
  const found = verilogOf(name, analysis, session.platform.digest);
  return 'text' in found ? { format: name, text: found.text, problem: null } : { format: name, text: null, problem: found.problem };
}

/** The name of the format that is declared around a place. */
export function formatAt(document: TextDocument, offset: number, session: Session): string | undefined {
  const { file, formats } = session.analysis(document);
  const item = file.items.find(({ start, end }) => start <= offset && offset <= end);
  return [...formats.keys()].find((symbol) => symbol.declaration === item)?.name;
}

/** Synthesises formats with full effort because the user asked: all that a document shows the area of, or one by name or place. */
export async function synthesise(
  { uri, format, position, workDoneToken }: SynthesiseParams,
  connection: Connection,
  session: Session,
  changed: () => void,
  token: CancellationToken,
): Promise<SynthesiseResult> {
  const document = session.document(uri);
  if (!document) return { nFormats: 0, problem: 'This document is not open' };
  const name = format ?? (position && formatAt(document, document.offsetAt(position), session));
  const pairs = areaPairs(session.analysis(document)).filter(({ format: { symbol } }) => name === undefined || symbol.name === name);
  const possible = pairs.filter((pair) => !('problem' in hardwareSource(pair.format.codebook, pair.hardware.spec)));
  const requests = possible.map((pair): AreaRequest => ({ ...areaRequest(pair.format, pair.hardware), effort: 'full' }));
  if (requests.length === 0) return { nFormats: 0, problem: nothing(name) };
  const controller = new AbortController();
  const watch = token.onCancellationRequested(() => controller.abort());
  const place = ({ symbol }: Linked) => ({ base: session.baseOf(symbol.module.uri), root: session.rootOf(symbol.module.uri) });
  const { facts } = session.platform.evaluations(session.settings);
  let problem: string | undefined;
  try {
    for (const [i, request] of requests.entries()) {
      await report(connection, workDoneToken, i, requests.length);
      const options = { place, signal: controller.signal, onProgress: () => undefined, limit: Number.POSITIVE_INFINITY };
      const found = await facts.find([request], options);
      if (controller.signal.aborted || !session.document(uri)) break;
      session.keepFacts(uri, [request], found.facts);
      const fact = factOf(request, found.facts);
      if (fact && 'problem' in fact) problem ??= fact.problem;
      changed();
    }
    if (controller.signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The synthesis was cancelled');
    return { nFormats: requests.length, ...(problem === undefined ? {} : { problem }) };
  } catch (error) {
    if (controller.signal.aborted) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The synthesis was cancelled');
    throw error;
  } finally {
    watch.dispose();
    if (workDoneToken !== undefined) await connection.sendProgress(WorkDoneProgress.type, workDoneToken, { kind: 'end' });
  }
}

async function report(connection: Connection, token: string | undefined, done: number, total: number): Promise<void> {
  if (token === undefined) return;
  const percentage = Math.floor((100 * done) / total);
  await connection.sendProgress(WorkDoneProgress.type, token, { kind: 'report', percentage, message: `${done} of ${total} formats` });
}

const nothing = (name: string | undefined): string =>
  name === undefined
    ? 'There is nothing to synthesise: declare `hardware`, as in `hardware asic { cells = nangate45 }`'
    : `\`${name}\` is on no hardware: declare one, as in \`hardware asic { cells = nangate45 }\``;
