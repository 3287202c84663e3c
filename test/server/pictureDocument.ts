import type { EvaluateResult } from '../../protocol/messages.ts';
import { type LspClient, vscodeLike } from '../support/lspClient.ts';
import { npyFile } from '../support/npyFile.ts';
import { startClient } from '../support/startClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

/** Three formats on two tensors; one has its levels in the text. */
export const spec = `use std.paper
weights w = ["w.npy", "v.npy"]
scale rows { block = 32, axis = last, anchor = absmax }
format Mine {
  bits = 3
  levels = [-1, -0.6, -0.3, 0, 0.2, 0.4, 0.7, 1]
}
compare few { formats = [INT4, Mine, SF(5)], on = w, scale = rows }
`;

/** A document beside its weights, and clients that have it open. */
export interface PictureDocument {
  readonly folder: TemporaryFolder;
  readonly uri: string;
  opened(text?: string): Promise<LspClient>;
  /** Opened, and evaluated on command. */
  evaluated(text?: string): Promise<LspClient>;
}

/** Writes the weights. The document is only ever open, never on the disk. */
export function pictureDocument(): PictureDocument {
  const folder = temporaryFolder();
  const uri = folder.uri('spec.nibble');
  folder.put(
    'w.npy',
    npyFile(
      Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i) ** 3),
      [32, 128],
    ),
  );
  folder.put(
    'v.npy',
    npyFile(
      Float32Array.from({ length: 512 }, (_, i) => Math.cos(i) / 3),
      [4, 128],
    ),
  );

  async function opened(text = spec): Promise<LspClient> {
    const settings = { evaluate: { automatic: 'off' } };
    const { client } = await startClient({ capabilities: vscodeLike, folders: [folder.uri('')], settings });
    await client.open(uri, text);
    return client;
  }

  async function evaluated(text = spec): Promise<LspClient> {
    const client = await opened(text);
    await client.request<EvaluateResult>('nibble/evaluate', { uri });
    return client;
  }

  return { folder, uri, opened, evaluated };
}
