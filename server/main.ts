import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { cachePlace } from '../node/cacheFolder.ts';
import { Evaluator } from '../node/evaluator.ts';
import { folderOf, pathOf, specFiles } from '../node/specFiles.ts';
import { startServer } from './server.ts';

let running: { readonly evaluator: Evaluator; readonly cacheLimit: number } | undefined;

const connection = createConnection(ProposedFeatures.all);

startServer(connection, {
  evaluations,
  files: specFiles,
  folderOf,
  pathOf,
  addressOf: (base, path) => pathToFileURL(resolve(base, path)).href,
});

function evaluations({ workers: wanted, cacheLimit }: { readonly workers: number; readonly cacheLimit: number }): Evaluator {
  // The editor's own thread and this one need a core between them.
  const workers = wanted > 0 ? wanted : Math.max(1, availableParallelism() - 1);
  const failed = (error: unknown): void => connection.console.error(`The threads did not end: ${String(error)}`);
  if (running && running.cacheLimit !== cacheLimit) {
    running.evaluator.close().catch(failed);
    running = undefined;
  }
  running ??= { evaluator: new Evaluator(join(__dirname, 'worker.cjs'), workers, cachePlace(cacheLimit)), cacheLimit };
  running.evaluator.resize(workers).catch(failed);
  return running.evaluator;
}
