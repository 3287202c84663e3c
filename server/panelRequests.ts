import type { Connection } from 'vscode-languageserver';
import { formatAt } from '../core/ide/formatAt.ts';
import { levelEdit } from '../core/ide/levelEdit.ts';
import type {
  DocumentParams,
  FormatAt,
  FormatAtParams,
  FormatPlaceParams,
  LevelEdit,
  LevelEditParams,
  PictureParams,
  Place,
} from '../protocol/messages.ts';
import type { PictureAnswer } from '../protocol/pictures.ts';
import { toLocation, toRange } from './convert.ts';
import type { Pictures } from './pictures.ts';
import { placeOfFormat } from './results.ts';
import type { Session } from './session.ts';

/** Answers what a panel asks beyond results: its pictures, and the ways between them and the text. Null of a document that is not open. */
export function answerPanels(connection: Connection, session: Session, pictures: Pictures): void {
  connection.onRequest<PictureAnswer | 'unchanged' | null, void>('nibble/picture', (params: PictureParams, token) =>
    pictures.answer(params, token),
  );
  connection.onNotification('nibble/unwatchPictures', ({ uri }: DocumentParams) => pictures.unwatch(uri));
  connection.onRequest('nibble/formatPlace', ({ uri, format, code, library }: FormatPlaceParams): Place | null => {
    const document = session.document(uri);
    const found = document && placeOfFormat(format, code, library, session.analysis(document));
    return (found && toLocation(session.textOf, found)) ?? null;
  });
  connection.onRequest('nibble/formatAt', ({ uri, position }: FormatAtParams): FormatAt | null => {
    const document = session.document(uri);
    const found = document && formatAt(session.analysis(document), document.offsetAt(position));
    return found ? { format: found.format.name, code: found.code } : null;
  });
  connection.onRequest('nibble/levelEdit', ({ uri, version, format, code, at, level }: LevelEditParams): LevelEdit | null => {
    const document = session.document(uri);
    if (document?.version !== version) return null;
    const edit = levelEdit(format, at === null ? { code } : { at: document.offsetAt(at) }, level, session.analysis(document));
    return edit ? { place: { uri, range: toRange(document, edit) }, version, newText: edit.text } : null;
  });
}
