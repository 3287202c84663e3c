import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Areas, synthesisWorkers } from '../node/areas.ts';
import { cachePlace } from '../node/cacheFolder.ts';
import { Evaluator } from '../node/evaluator.ts';
import { folderOf, pathOf, specFiles } from '../node/specFiles.ts';
import { startServer } from './server.ts';
import type { Settings } from './settings.ts';

let running: Running | undefined;

/** What evaluates, and the settings that it was made with. */
interface Running {
  readonly evaluator: Evaluator;
  readonly areas: Areas;
  readonly cacheLimit: number;
  readonly yosys: string | undefined;
}

const connection = createConnection(ProposedFeatures.all);

startServer(connection, {
  evaluations,
  files: specFiles,
  digest: (text) => createHash('sha256').update(text).digest('hex'),
  folderOf,
  pathOf,
  addressOf: (base, path) => pathToFileURL(resolve(base, path)).href,
});

function evaluations({ workers: wanted, cacheLimit, yosys }: Pick<Settings, 'workers' | 'cacheLimit' | 'yosys'>): Evaluator {
  // The editor's own thread and this one need a core between them.
  const workers = wanted > 0 ? wanted : Math.max(1, availableParallelism() - 1);
  const failed = (error: unknown): void => connection.console.error(`The threads did not end: ${String(error)}`);
  if (running && (running.cacheLimit !== cacheLimit || running.yosys !== yosys)) {
    running.areas.close();
    running.evaluator.close().catch(failed);
    running = undefined;
  }
  running ??= started(workers, cacheLimit, yosys);
  running.evaluator.resize(workers).catch(failed);
  return running.evaluator;
}

function started(workers: number, cacheLimit: number, yosys: string | undefined): Running {
  const cache = cachePlace(cacheLimit);
  const areas = new Areas({ script: join(__dirname, 'synthesis.cjs'), cache, yosys, workers: synthesisWorkers(workers) });
  return { evaluator: new Evaluator(join(__dirname, 'worker.cjs'), workers, cache, areas), areas, cacheLimit, yosys };
}
