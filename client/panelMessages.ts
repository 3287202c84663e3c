import type { FromPanel, PanelProtocol, SavedState } from '../protocol/panel.ts';
import type { PictureName, PictureWish } from '../protocol/pictures.ts';

/** The version of the messages that this client reads and writes. */
export const protocol: PanelProtocol = 2;

/** What a name may have. Tensors, formats and addresses have less. */
const MOST_NAME = 4096;

/** A message of the panel; undefined for anything else. What is read is copied, so that nothing comes along that was not asked for. */
export function fromPanel(data: unknown): FromPanel | undefined {
  const message = fields(data);
  const { protocol: version, kind, uri, format, code, library } = message;
  if (version !== protocol) return undefined;
  if (kind === 'ready') return { protocol, kind };
  if (kind === 'pin') return pin(message);
  if (kind === 'export') return saveExport(message);
  if (!isName(uri)) return undefined;
  switch (kind) {
    case 'evaluate':
    case 'undo':
    case 'redo':
      return { protocol, kind, uri };
    case 'reveal':
      if (!isName(format) || !(code === null || isCode(code)) || !(library === null || isName(library))) return undefined;
      return { protocol, kind, uri, format, code, library };
    case 'want': {
      const wish = message['wish'] === null ? null : pictureWish(message['wish']);
      return wish === undefined ? undefined : { protocol, kind, uri, wish };
    }
    case 'drag': {
      const { drag, phase, level } = message;
      if (!isName(format) || !isCode(code) || !Number.isSafeInteger(drag) || !Number.isFinite(level)) return undefined;
      if (phase !== 'move' && phase !== 'end' && phase !== 'cancel') return undefined;
      return { protocol, kind, uri, drag: drag as number, phase, format, code, level: level as number };
    }
    default:
      return undefined;
  }
}

function pin({ isPinned }: Fields): FromPanel | undefined {
  return typeof isPinned === 'boolean' ? { protocol, kind: 'pin', isPinned } : undefined;
}

function saveExport({ to, type, name, content }: Fields): FromPanel | undefined {
  if ((to !== 'file' && to !== 'clipboard') || (type !== 'svg' && type !== 'png' && type !== 'csv')) return undefined;
  if (!isName(name) || typeof content !== 'string') return undefined;
  // An image goes to the clipboard from within the panel.
  return to === 'clipboard' && type === 'png' ? undefined : { protocol, kind: 'export', to, type, name, content };
}

const pictures: readonly PictureName[] = ['pareto', 'distribution', 'formats', 'tensors'];

/** A wish; undefined for what is none. */
export function pictureWish(data: unknown): PictureWish | undefined {
  const { picture: name, group, tensor, backdrop } = fields(data);
  const picture = pictures.find((one) => one === name);
  if (picture === undefined || ![group, tensor, backdrop].every((one) => one === null || isName(one))) return undefined;
  return { picture, group: group as string | null, tensor: tensor as string | null, backdrop: backdrop as string | null };
}

/** The document that a panel showed when its state was saved; undefined where it cannot be told. */
export function documentOfState(state: unknown): string | undefined {
  const { protocol: version, document }: SavedFields = fields(state);
  const { uri }: Fields = fields(document);
  return version === protocol && isName(uri) ? uri : undefined;
}

/** Whether that panel stayed with its document. */
export function isPinnedInState(state: unknown): boolean {
  const { protocol: version, isPinned }: SavedFields = fields(state);
  return version === protocol && isPinned === true;
}

type Fields = Readonly<Record<string, unknown>>;
type SavedFields = { readonly [name in keyof SavedState]?: unknown };

/** The fields of an object; none of what is no object. */
const fields = (data: unknown): Fields => (typeof data === 'object' && data !== null ? (data as Fields) : {});

const isName = (data: unknown): data is string => typeof data === 'string' && data.length <= MOST_NAME;

/** Codes have at most 8 bits. */
const isCode = (data: unknown): data is number => Number.isInteger(data) && (data as number) >= 0 && (data as number) < 256;
