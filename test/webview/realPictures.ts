import { pathToFileURL } from 'node:url';
import type { EvaluateResult, Results } from '../../protocol/messages.ts';
import type { PictureAnswer, PictureName, PictureWish } from '../../protocol/pictures.ts';
import { LspClient, vscodeLike } from '../support/lspClient.ts';

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
