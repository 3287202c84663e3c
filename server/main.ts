import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Evaluator } from '../node/evaluator.ts';
import { folderOf, pathOf, specFiles } from '../node/specFiles.ts';
import { startServer } from './server.ts';

let evaluator: Evaluator | undefined;

const connection = createConnection(ProposedFeatures.all);

startServer(connection, {
  evaluations,
  files: specFiles,
  folderOf,
  pathOf,
  addressOf: (base, path) => pathToFileURL(resolve(base, path)).href,
});

function evaluations(wanted: number): Evaluator {
  // The editor's own thread and this one need a core between them.
  const workers = wanted > 0 ? wanted : Math.max(1, availableParallelism() - 1);
  evaluator ??= new Evaluator(join(__dirname, 'worker.cjs'), workers);
  evaluator.resize(workers).catch((error) => connection.console.error(`The threads did not end: ${String(error)}`));
  return evaluator;
}
