import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { PictureAnswer, PictureName, PictureWish } from '../protocol/pictures.ts';
import { positionAt } from '../test/support/cursor.ts';
import { LspClient, vscodeLike } from '../test/support/lspClient.ts';
import { safetensorsFile } from '../test/support/safetensorsFile.ts';
import type { BenchTable } from './evaluation.ts';
import { random, type Timing, timed, timing } from './timing.ts';

const nTensors = 5000;
const nRounds = 20;

const spec = `use std.paper
weights many = "many.safetensors"
scale s { block = 32, axis = last, anchor = absmax, type = fp16 }
format Mine {
  levels = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 6]
}
compare all { formats = [INT4, E2M1, Mine, NF4, SF4, SF(3..9)], on = many, scale = s }
`;

/** What was asked for, how long it took, and how large the answer is. */
interface PictureTiming {
  readonly title: string;
  readonly timing: Timing;
  readonly kilobytes: number;
}

/** Pictures of 12 formats on 5 000 small tensors, through a server: with results at hand, and from an edit until its picture is here. */
export async function pictures(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-bench-'));
  const client = new LspClient({ settings: { evaluate: { automatic: 'off' } } });
  const uri = pathToFileURL(join(folder, 'many.nibble')).href;
  const ask = (wish: PictureWish): Promise<PictureAnswer> => client.request('nibble/picture', { uri, wish });
  try {
    writeFileSync(join(folder, 'many.safetensors'), manyTensors());
    await client.initialize({ capabilities: vscodeLike, initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    await client.notify('initialized', {});
    await client.open(uri, spec);
    await client.request('nibble/evaluate', { uri });
    const rows: PictureTiming[] = [];
    for (const picture of ['pareto', 'formats', 'tensors', 'distribution'] as const) rows.push(await atHand(picture, ask));
    rows.push(await edited('formats', ask, client, uri));
    return {
      title: `Pictures of 12 formats on ${nTensors} tensors, through the server`,
      head: ['picture', 'median ms', 'p95 ms', 'kB of the answer'],
      rows: rows.map(({ title, timing: { median, p95 }, kilobytes }) => [title, median.toFixed(1), p95.toFixed(1), kilobytes.toFixed(0)]),
    };
  } finally {
    client.connection.dispose();
    client.process.kill();
    rmSync(folder, { recursive: true });
  }
}

const wishFor = (picture: PictureName): PictureWish => ({ picture, group: null, tensor: null, backdrop: null });

async function atHand(picture: PictureName, ask: (wish: PictureWish) => Promise<PictureAnswer>): Promise<PictureTiming> {
  const first = await ask(wishFor(picture));
  if (first.data === null) throw new Error(`There is no picture of ${picture}: ${first.notes.join('; ')}`);
  const durations: number[] = [];
  for (let i = 0; i < nRounds; i++) durations.push(await timed(() => ask(wishFor(picture))));
  return { title: `\`${picture}\`, results at hand`, timing: timing(durations), kilobytes: JSON.stringify(first).length / 1000 };
}

/** From the change of a level until the client has the picture of it. */
async function edited(
  picture: PictureName,
  ask: (wish: PictureWish) => Promise<PictureAnswer>,
  client: LspClient,
  uri: string,
): Promise<PictureTiming> {
  const at = spec.indexOf(' 5, 6]') + 1;
  const range = { start: positionAt(spec, at), end: positionAt(spec, at + 1) };
  const durations: number[] = [];
  let size = 0;
  for (let i = 0; i < nRounds; i++) {
    const { version } = await ask(wishFor(picture));
    // As a person edits: not while changes are still gathered.
    await setTimeout(100);
    const told = client.pictures.next();
    durations.push(
      await timed(async () => {
        await client.change(uri, { range, text: String(5 - (i % 2)) });
        await told;
        const answer = await ask(wishFor(picture));
        if (answer.version <= version) throw new Error('The picture is of the text before');
        size = JSON.stringify(answer).length;
      }),
    );
  }
  return { title: `edit of a level to \`${picture}\``, timing: timing(durations), kilobytes: size / 1000 };
}

function manyTensors(): Uint8Array {
  const next = random(7);
  const tensors = Array.from({ length: nTensors }, (_, i) => {
    const weights = Float32Array.from({ length: 256 }, () => next() + next() + next() - 1.5);
    return [`model.layers.${Math.floor(i / 7)}.part_${i % 7}.weight`, { type: 'F32', shape: [8, 32], weights }] as const;
  });
  return safetensorsFile(Object.fromEntries(tensors));
}
