import type { SaveExport } from '../protocol/panel.ts';

/** The first bytes of every PNG file (ISO/IEC 15948, 5.2). */
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The bytes of a file; undefined of an image that is none. */
export function bytesOf(type: SaveExport['type'], content: string): Uint8Array | undefined {
  if (type !== 'png') return new TextEncoder().encode(content);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(content)) return undefined;
  const bytes = new Uint8Array(Buffer.from(content, 'base64'));
  return pngSignature.every((byte, i) => bytes[i] === byte) ? bytes : undefined;
}

/** Names that are no files on Windows. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A name for a file: letters, digits and a few signs, no path, not hidden, with the ending of its type. */
export function safeName(name: string, type: SaveExport['type']): string {
  const stem = name
    .normalize('NFC')
    .replace(/\.(svg|png|csv)$/i, '')
    .replace(/[^\p{L}\p{N}._() -]+/gu, '-')
    .replace(/^[.\s-]+/, '')
    .slice(0, 100)
    .replace(/[.\s-]+$/, '');
  const safe = stem === '' || reserved.test(stem) ? `nibble${stem === '' ? '' : `-${stem}`}` : stem;
  return `${safe}.${type}`;
}

/** What an exported file may have, in UTF-16 units: a chart of a thousand points, or a table of 10 000 tensors by 50 formats, has less. */
const MOST_CONTENT = 64 * 2 ** 20;

/** Why a content is not kept; undefined where it is not too large. */
export function tooLarge(kind: string, content: string): string | undefined {
  if (content.length <= MOST_CONTENT) return undefined;
  return `An export has at most 64 MB; this ${kind} has ${(content.length / 2 ** 20).toFixed(1)} MB, so it was not kept`;
}
