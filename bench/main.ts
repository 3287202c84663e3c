import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { areaEdits } from './areaEdits.ts';
import { evaluation } from './evaluation.ts';
import { models } from './models.ts';
import type { Openings } from './opening.d.mts';
import { openingFigures } from './openingRows.ts';
import { panelFigures } from './panel.ts';
import { pictures } from './pictures.ts';
import { startUp } from './startUp.ts';
import type { Timing } from './timing.ts';
import { throughServer, typingInProcess } from './typing.ts';

interface Options {
  readonly version: string;
  readonly isRecorded: boolean;
  /** Of bench/opening.mjs, which is no part of a bundle as it finds VS Code beside itself. */
  readonly measureOpenings: () => Promise<{ readonly panel: Openings; readonly preview: Openings }>;
}

/** Measures everything, prints it, and writes docs/bench.md where that is asked for. */
export async function run({ version, isRecorded, measureOpenings }: Options): Promise<void> {
  const sections: string[] = [];
  const say = (text: string): void => {
    sections.push(text);
    console.log(`${text}\n`);
  };
  say(
    `Nibble ${version} on Node ${process.versions.node}, ${platform()} ${release()}, ${cpus()[0]!.model.trim()}, ` +
      `${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GB, load ${loadavg()[0]!.toFixed(1)} at the start. Bundles minified.`,
  );

  const inProcess = await typingInProcess();
  const server = await throughServer();
  say(`## Typing in a spec of ${inProcess.nLines} lines`);
  say(
    table(
      ['after each of 200 single-character edits', 'median ms', 'p95 ms', 'median ms of processor time'],
      [
        [...row('parse', inProcess.parse.clock), inProcess.parse.processor.median.toFixed(1)],
        [...row('parse, check, diagnostics', inProcess.check.clock), inProcess.check.processor.median.toFixed(1)],
        [...row('the same through the server: change sent to diagnostics received', server.trip), ''],
      ],
    ),
  );

  say('## Latency through the server, in the same spec');
  say(
    table(
      ['request', 'median ms', 'p95 ms'],
      [row('hover with number line', server.hover), row('completion of a format', server.completion)],
    ),
  );

  for (const { title, head, rows } of await evaluation()) {
    say(`## ${title}`);
    say(table(head, rows));
  }

  const areas = await areaEdits();
  say(`## ${areas.title}`);
  say(table(areas.head, areas.rows));

  const drawn = await pictures();
  say(`## ${drawn.title}`);
  say(table(drawn.head, drawn.rows));

  const panel = await panelFigures();
  say(`## ${panel.title}`);
  say(table(panel.head, panel.rows));

  const opening = openingFigures(await measureOpenings());
  say(`## ${opening.title}`);
  say(table(opening.head, opening.rows));

  const onModel = await models();
  say(`## ${onModel.title}`);
  say(table(onModel.head, onModel.rows));

  say('## Start-up');
  say(
    table(
      ['command', 'median ms', 'p95 ms'],
      startUp().map(({ command, timing }) => row(`\`${command}\``, timing)),
    ),
  );
  if (isRecorded) writeFileSync('docs/bench.md', page(sections));
}

const row = (title: string, { median, p95 }: Timing): readonly string[] => [title, median.toFixed(1), p95.toFixed(1)];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const page = (sections: readonly string[]): string => `# Measured

What \`npm run bench -- --record\` wrote. Other machines give other figures; ratios hold better than times.

${sections.join('\n\n')}

Blocks lie in rows. Formats: the eleven of the paper and SF(7); scales in fp32 where one core is measured, else in fp16, where formats of other largest
levels need profiles of their own. A plain read reads the bytes of the same file in pieces as large, from the page cache, and does nothing with them.
`;
