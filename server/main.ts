import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Evaluator } from '../node/evaluator.ts';
import { folderOf, pathOf, specFiles } from '../node/specFiles.ts';
import { startServer } from './server.ts';

let evaluator: Evaluator | undefined;

const connection = createConnection(ProposedFeatures.all);
// The editor's own thread and this one need a core between them.
const workers = Math.max(1, availableParallelism() - 1);

startServer(connection, {
  evaluations: () => (evaluator ??= new Evaluator(join(__dirname, 'worker.cjs'), workers)),
  files: specFiles,
  folderOf,
  pathOf,
  addressOf: (base, path) => pathToFileURL(resolve(base, path)).href,
});
