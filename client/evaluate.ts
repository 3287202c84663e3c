import { type Progress, ProgressLocation, type Uri, window } from 'vscode';
import { type LanguageClient, LSPErrorCodes, ResponseError, WorkDoneProgress } from 'vscode-languageclient/node';
import type { EvaluateParams } from '../protocol/messages.ts';
import type { Server } from './server.ts';

/** Evaluates every format of the given document, or else of the one in the active editor. */
export async function evaluateDocument(server: Server, uri?: Uri): Promise<void> {
  const target = uri ?? window.activeTextEditor?.document.uri;
  if (target === undefined) return sayNoDocument();
  await evaluate(server, { uri: target.toString() });
}

/** Evaluates the named format, or else the one under the cursor. */
export async function evaluateFormat(server: Server, uri?: string, format?: string): Promise<void> {
  if (uri !== undefined && format !== undefined) return evaluate(server, { uri, format });
  const editor = window.activeTextEditor;
  if (editor === undefined) return sayNoDocument();
  const { line, character } = editor.selection.active;
  await evaluate(server, { uri: editor.document.uri.toString(), position: { line, character } });
}

/**
 * Runs the formats of the given document, or else of the one in the active editor, on its language models. The code lens hands over the document
 * as a string. What is cancelled goes on where it was when the command is called again.
 */
export async function evaluateOnModel(server: Server, uri?: Uri | string): Promise<void> {
  const target = uri ?? window.activeTextEditor?.document.uri;
  if (target === undefined) return sayNoDocument();
  await withProgress(server, 'Evaluating on models', 'Evaluation on models', 'nibble/evaluateOnModel', { uri: target.toString() });
}

/**
 * Measures what each tensor of the document's language models does to their loss: in the format under the cursor, or in all formats where there is
 * none. It shows in the tensors of the panel. What is cancelled goes on where it was when the command is called again.
 */
export async function measureSensitivity(server: Server): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) return sayNoDocument();
  const { line, character } = editor.selection.active;
  const params = { uri: editor.document.uri.toString(), position: { line, character } };
  await withProgress(server, 'Measuring the sensitivity of tensors', 'Measurement of sensitivity', 'nibble/measureSensitivity', params);
}

/** Synthesises every format of the given document, or else of the one in the active editor, with full effort. */
export async function synthesise(server: Server, uri?: Uri): Promise<void> {
  const target = uri ?? window.activeTextEditor?.document.uri;
  if (target === undefined) return sayNoDocument();
  await withProgress(server, 'Synthesising formats', 'Synthesis', 'nibble/synthesise', { uri: target.toString() });
}

function evaluate(server: Server, params: EvaluateParams): Promise<void> {
  const title = params.format === undefined ? 'Evaluating formats' : `Evaluating ${params.format}`;
  return withProgress(server, title, 'Evaluation', 'nibble/evaluate', params);
}

/** Asks for something that takes long, which the user may cancel. */
function withProgress(
  server: Server,
  title: string,
  what: string,
  method: 'nibble/evaluate' | 'nibble/evaluateOnModel' | 'nibble/measureSensitivity' | 'nibble/synthesise',
  params: EvaluateParams,
): Promise<void> {
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    window.withProgress(options, async (progress, cancel) => {
      const client = await server.ready();
      const workDoneToken = crypto.randomUUID();
      const reports = relay(client, workDoneToken, progress);
      try {
        const result = await server.request(method, { ...params, workDoneToken }, cancel);
        if (result.problem !== undefined) sayProblem(server, result.problem);
      } catch (error) {
        // The user asked for this end, so there is nothing to say.
        if (cancel.isCancellationRequested || isCancellation(error)) return;
        server.output.error(`${what} failed: ${String(error)}`);
        sayProblem(server, `${what} failed: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        reports.dispose();
      }
    }),
  );
}

/** Shows the server's work-done reports, whose percentages are absolute, as the increments that VS Code wants. */
function relay(client: LanguageClient, token: string, progress: Progress<{ message?: string; increment?: number }>) {
  let shown = 0;
  return client.onProgress(WorkDoneProgress.type, token, (report) => {
    const percentage = report.kind === 'end' ? undefined : report.percentage;
    const increment = percentage === undefined ? 0 : Math.max(0, percentage - shown);
    shown += increment;
    progress.report(report.message === undefined ? { increment } : { message: report.message, increment });
  });
}

/** Whether a request ended because somebody wanted that, or because something newer was asked. */
export const isCancellation = (error: unknown): boolean =>
  error instanceof ResponseError && (error.code === LSPErrorCodes.RequestCancelled || error.code === LSPErrorCodes.ServerCancelled);

/** Not awaited: the evaluation is over, however long the message stays. */
function sayProblem(server: Server, message: string): void {
  void window.showWarningMessage(message, 'Show Output').then((choice) => {
    if (choice !== undefined) server.output.show();
  });
}

function sayNoDocument(): void {
  void window.showInformationMessage('Open a Nibble document to evaluate its formats');
}
