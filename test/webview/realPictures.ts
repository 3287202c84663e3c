import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import type { EvaluateResult, Results } from '../../protocol/messages.ts';
import type { PictureAnswer, PictureName, PictureWish } from '../../protocol/pictures.ts';
import { LspClient, vscodeLike } from '../support/lspClient.ts';
import { openPanel, type Panel } from './host.ts';

/** A document with formats of a library and one of its own, under two scales; nothing needs to be there under its name. */
export const uri = pathToFileURL('examples/panel.nibble').href;

export const spec = `use std.paper
weights tiny = "tiny-lm/tiny.safetensors" { include = ["*layers.0.*_proj.weight"] }
scale block32 { block = 32, axis = last, anchor = max_level, type = fp32 }
scale block128 extends block32 { block = 128 }
format Mine {
  bits = 3
  levels = [-1, -0.6, -0.3, 0, 0.2, 0.4, 0.7, 1]
}
compare four { formats = [INT4, E2M1, NF4, Mine], on = tiny, scale = [block32, block128] }
`;

/** What a server says of a document: its results, and each picture that is wished for. */
export interface RealPictures {
  readonly results: Results;
  readonly pictures: readonly PictureAnswer[];
}

export const wishFor = (picture: PictureName, more: Partial<PictureWish> = {}): PictureWish => ({
  picture,
  group: null,
  tensor: null,
  backdrop: null,
  ...more,
});

/**
 * The document evaluated by a server of its own, and then its pictures.
 * @param uri In a folder from which its weights can be read; nothing needs to be there under its name.
 */
export async function realPictures(uri: string, text: string, wishes: readonly PictureWish[]): Promise<RealPictures> {
  const client = new LspClient({ settings: { evaluate: { automatic: 'off' } } });
  try {
    await client.initialize({ capabilities: vscodeLike, folders: [pathToFileURL(process.cwd()).href] });
    await client.notify('initialized', {});
    await client.open(uri, text);
    const { problem } = await client.request<EvaluateResult>('nibble/evaluate', { uri });
    if (problem !== undefined) throw new Error(problem);
    const results = await client.results.until(({ rows, nRows }) => nRows > 0 && rows.length === nRows);
    const pictures: PictureAnswer[] = [];
    for (const wish of wishes) pictures.push(await client.request<PictureAnswer>('nibble/picture', { uri, wish }));
    return { results, pictures };
  } finally {
    client.process.kill('SIGKILL');
    await client.exited;
  }
}

export const picture = (answer: PictureAnswer) => ({ protocol: 2, kind: 'picture', answer });

export const document = ({ results: { version } }: RealPictures) => ({
  protocol: 2,
  kind: 'document',
  document: { uri, name: 'panel.nibble', version },
});

/** A panel that knows the document, its results and its pictures; it must have made no trouble in the end. */
export async function withRealPanel(
  browser: Browser,
  real: RealPictures,
  options: Parameters<typeof openPanel>[1],
  work: (panel: Panel) => Promise<void>,
): Promise<void> {
  const panel = await openPanel(browser, options);
  try {
    await panel.tell(document(real));
    await panel.tell({ protocol: 2, kind: 'results', results: real.results });
    for (const answer of real.pictures) await panel.tell(picture(answer));
    await work(panel);
    expect(panel.troubles).toEqual([]);
  } finally {
    await panel.page.context().close();
  }
}
