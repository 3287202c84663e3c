import { resultFindings } from '../core/ide/resultFindings.ts';
import { analyse } from '../core/lang/analysis.ts';
import { parse } from '../core/syntax/parser.ts';
import { specFiles } from '../node/specFiles.ts';
import { positionAt } from '../test/support/cursor.ts';
import { LspClient, vscodeLike } from '../test/support/lspClient.ts';
import { keystrokes, longSpec, typed } from './longSpec.ts';
import { Stopwatch, timed, timing } from './timing.ts';

const nEdits = 200;
const nWarm = 40;
const uri = 'file:///bench/long.nibble';
const files = specFiles({ open: () => undefined, root: () => undefined });

/** Parse, check and diagnostics of the whole text after each keystroke, without a protocol in between. */
export async function typingInProcess() {
  let text = longSpec();
  const parsing = new Stopwatch();
  const whole = new Stopwatch();
  for (const key of [...keystrokes(text, nWarm), ...keystrokes(text, nEdits)]) {
    text = typed(text, key);
    parsing.time(() => parse(text));
    whole.time(() => {
      const analysis = analyse(uri, text, files);
      return [...analysis.findings, ...resultFindings(analysis, new Map(), new Map())];
    });
  }
  return { nLines: text.split('\n').length, parse: parsing.after(nWarm), check: whole.after(nWarm) };
}

/** The same through a server of its own: from the change until its diagnostics are here. Then hover and completion, on a text that is known. */
export async function throughServer() {
  const client = new LspClient({ settings: { evaluate: { automatic: 'off' } } });
  try {
    await client.initialize({ capabilities: vscodeLike, initializationOptions: { trusted: true, client: 'vscode', theme: 'dark' } });
    await client.notify('initialized', {});
    let text = longSpec();
    await client.open(uri, text);
    const trips: number[] = [];
    for (const key of [...keystrokes(text, nWarm), ...keystrokes(text, nEdits)]) {
      const range = { start: positionAt(text, key.at), end: positionAt(text, key.at + key.remove) };
      text = typed(text, key);
      trips.push(
        await timed(async () => {
          await client.change(uri, { range, text: key.insert });
          await client.pulled(uri);
        }),
      );
    }
    const ask = async (method: string, piece: string, offset: number) => {
      const places = [...text.matchAll(new RegExp(piece, 'g'))].map(({ index }) => positionAt(text, index + offset)).slice(0, 50);
      const durations: number[] = [];
      for (let round = 0; round < 4; round++)
        for (const position of places) durations.push(await timed(() => client.request(method, { textDocument: { uri }, position })));
      return timing(durations.slice(places.length));
    };
    return {
      trip: timing(trips.slice(nWarm)),
      hover: await ask('textDocument/hover', 'format Student', 8),
      completion: await ask('textDocument/completion', 'formats = \\[', 11),
    };
  } finally {
    client.connection.dispose();
    client.process.kill();
  }
}
