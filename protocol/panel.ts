// What the client and a panel say to each other: types only, plain data only. Both sides check what they get, since a panel that was
// restored may be of another version of the extension than the client is.
import type { Results, Status } from './messages.ts';
import type { PictureAnswer, PictureName, PictureWish } from './pictures.ts';

/** Grows with every change that an older reader would misread. */
export type PanelProtocol = 2;

/** What the client tells the panel. */
export type ToPanel = ShowDocument | ShowResults | ShowStatus | ShowPicture | OpenPicture | SelectFormat | SetPinned;

/** What the panel tells the client. */
export type FromPanel = PanelReady | RevealFormat | EvaluateAll | WantPicture | DragLevel | UndoEdit | SaveExport | Pin;

/** The document whose results are due, and each new version of its text. Comes before all that is said of it. */
export interface ShowDocument {
  readonly protocol: PanelProtocol;
  readonly kind: 'document';
  readonly document: PanelDocument;
}

export interface PanelDocument {
  readonly uri: string;
  /** As its tab shows it. */
  readonly name: string;
  readonly version: number;
}

export interface ShowResults {
  readonly protocol: PanelProtocol;
  readonly kind: 'results';
  readonly results: Results;
}

export interface ShowStatus {
  readonly protocol: PanelProtocol;
  readonly kind: 'status';
  readonly status: Status;
}

/** The panel's script runs: it wants to be told all there is. */
export interface PanelReady {
  readonly protocol: PanelProtocol;
  readonly kind: 'ready';
}

/** The user wants to see where a format of that document is declared. */
export interface RevealFormat {
  readonly protocol: PanelProtocol;
  readonly kind: 'reveal';
  readonly uri: string;
  readonly format: string;
  /** One of its levels; null: the format itself. */
  readonly code: number | null;
  /** The library that stands behind, where the format is one of it; null: the document's own, or one that it uses. */
  readonly library: string | null;
}

/** The user wants that document evaluated, whatever it takes. */
export interface EvaluateAll {
  readonly protocol: PanelProtocol;
  readonly kind: 'evaluate';
  readonly uri: string;
}

/** Answers the panel's last {@link WantPicture}; comes again, unasked, whenever what it shows has changed. */
export interface ShowPicture {
  readonly protocol: PanelProtocol;
  readonly kind: 'picture';
  readonly answer: PictureAnswer;
}

/** The user asked the editor for this picture: its tab comes to the front. */
export interface OpenPicture {
  readonly protocol: PanelProtocol;
  readonly kind: 'open';
  readonly picture: PictureName;
}

/** The cursor of the editor is on a format of that document, and perhaps on one of its levels; null: on none. */
export interface SelectFormat {
  readonly protocol: PanelProtocol;
  readonly kind: 'select';
  readonly uri: string;
  readonly format: string | null;
  readonly code: number | null;
}

/** Whether the panel stays with its document when another one becomes active. */
export interface SetPinned {
  readonly protocol: PanelProtocol;
  readonly kind: 'pinned';
  readonly isPinned: boolean;
}

/**
 * What the client reads of the state that a panel saves, which holds more: the document and whether it is pinned to it, so that a panel of a
 * window that is opened again is of the document that it was of.
 */
export interface SavedState {
  readonly protocol: PanelProtocol;
  readonly document: PanelDocument | null;
  readonly isPinned: boolean;
}

/** What the panel shows now. It replaces what it wanted before; null: nothing but the results. */
export interface WantPicture {
  readonly protocol: PanelProtocol;
  readonly kind: 'want';
  readonly uri: string;
  readonly wish: PictureWish | null;
}

/** The user drags a level. All moves of one drag are one step of undo; `cancel` takes them back. */
export interface DragLevel {
  readonly protocol: PanelProtocol;
  readonly kind: 'drag';
  readonly uri: string;
  /** Grows with each drag, so that moves of one are told from those of another. */
  readonly drag: number;
  readonly phase: 'move' | 'end' | 'cancel';
  readonly format: string;
  readonly code: number;
  /** Where the level is to be, in the units of the text. */
  readonly level: number;
}

/** The keys of undo or redo were pressed in the panel: they are meant for the text that a level was dragged in. */
export interface UndoEdit {
  readonly protocol: PanelProtocol;
  readonly kind: 'undo' | 'redo';
  readonly uri: string;
}

/** A chart or a table to be kept in a file that the user chooses, or on the clipboard. */
export interface SaveExport {
  readonly protocol: PanelProtocol;
  readonly kind: 'export';
  /** Where to: a file, or the clipboard as text (an image goes there from within the panel). */
  readonly to: 'file' | 'clipboard';
  readonly type: 'svg' | 'png' | 'csv';
  /** A proposal for its name, without a path; the client checks it. */
  readonly name: string;
  /** Text; of a PNG in base64. */
  readonly content: string;
}

/** The user pins the panel to its document, or lets it go. */
export interface Pin {
  readonly protocol: PanelProtocol;
  readonly kind: 'pin';
  readonly isPinned: boolean;
}
