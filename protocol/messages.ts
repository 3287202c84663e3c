// What client and server say to each other beyond LSP: types only, plain data only.
import type { ResultRow } from '../core/view/resultsView.ts';
import type { PictureAnswer, PictureWish } from './pictures.ts';

/** What the client tells the server when it starts it. */
export interface InitializationOptions {
  /** False in Restricted Mode: then only weight files inside the workspace folders may be read. */
  readonly trusted: boolean;
  /** Who asks: our own client registers the commands of lenses itself. */
  readonly client: 'vscode';
  readonly theme: ThemeChange['theme'];
}

/** The requests the client may send, by method. */
export interface Requests {
  'nibble/evaluate': { readonly params: EvaluateParams; readonly result: EvaluateResult };
  'nibble/libraryText': { readonly params: LibraryTextParams; readonly result: LibraryText };
  'nibble/currentResults': { readonly params: DocumentParams; readonly result: Results | null };
  'nibble/evaluateOnModel': { readonly params: EvaluateOnModelParams; readonly result: EvaluateResult };
  'nibble/measureSensitivity': { readonly params: MeasureSensitivityParams; readonly result: EvaluateResult };
  'nibble/synthesise': { readonly params: SynthesiseParams; readonly result: SynthesiseResult };
  'nibble/verilog': { readonly params: VerilogParams; readonly result: Verilog };
  'nibble/formatPlace': { readonly params: FormatPlaceParams; readonly result: Place | null };
  'nibble/picture': { readonly params: PictureParams; readonly result: PictureAnswer | 'unchanged' | null };
  'nibble/formatAt': { readonly params: FormatAtParams; readonly result: FormatAt | null };
  'nibble/levelEdit': { readonly params: LevelEditParams; readonly result: LevelEdit | null };
}

/** The notifications the client sends, by method. */
export interface ClientNotifications {
  'nibble/trust': Trust;
  'nibble/theme': ThemeChange;
  /** No picture of the document is wanted any more: nothing is measured or read for one, and its changes are not told. */
  'nibble/unwatchPictures': DocumentParams;
}

/** The notifications the server sends, by method. */
export interface ServerNotifications {
  'nibble/results': Results;
  'nibble/status': Status;
  'nibble/picturesChanged': PicturesChanged;
}

/** Asks for a full evaluation, whatever the settings say of automatic ones. Cancellable. */
export interface EvaluateParams {
  readonly uri: string;
  /** Only this format, by name. */
  readonly format?: string;
  /** Only the format at this place; ignored where `format` is given. */
  readonly position?: Position;
  /** The token on which the server reports work-done progress, as in LSP. */
  readonly workDoneToken?: string;
}

/** What an evaluation did; the numbers themselves go out as `nibble/results`. */
export interface EvaluateResult {
  /** How many formats were evaluated. */
  readonly nFormats: number;
  /** Why there is nothing to evaluate, or what could not be; shown to the user as it is. */
  readonly problem?: string;
}

/** Asks for an evaluation on the language models of a document: of all formats that it compares, or of one. Cancellable, and then resumed by the next. */
export interface EvaluateOnModelParams {
  readonly uri: string;
  /** Only this format, by name. */
  readonly format?: string;
  /** Only the format at this place; ignored where `format` is given. */
  readonly position?: Position;
  /** The token on which the server reports work-done progress, as in LSP. */
  readonly workDoneToken?: string;
}

/**
 * Asks what quantizing single tensors does to the language models of a document: in the format at a place, or in all formats that it evaluates on
 * models. Cancellable, and then resumed by the next. What is found shows in the picture of the tensors.
 */
export interface MeasureSensitivityParams {
  readonly uri: string;
  /** Only this format, by name. */
  readonly format?: string;
  /** Only the format at this place, if there is one; ignored where `format` is given. */
  readonly position?: Position;
  /** The token on which the server reports work-done progress, as in LSP. */
  readonly workDoneToken?: string;
}

/** Asks for a synthesis with full effort: of all formats that the document shows the area of, or of one. Cancellable. */
export interface SynthesiseParams {
  readonly uri: string;
  /** Only this format, by name. */
  readonly format?: string;
  /** Only the format at this place; ignored where `format` is given. */
  readonly position?: Position;
  /** The token on which the server reports work-done progress, as in LSP. */
  readonly workDoneToken?: string;
}

/** What a synthesis did; the areas themselves show in hovers and lenses. */
export interface SynthesiseResult {
  /** How many formats were synthesised, each on each of its hardware. */
  readonly nFormats: number;
  /** Why there is nothing to synthesise, or why one has no area; shown to the user as it is. */
  readonly problem?: string;
}

/** Asks for the Verilog of a format: by name, or the one declared at a place. */
export interface VerilogParams {
  readonly uri: string;
  readonly format?: string;
  /** Ignored where `format` is given. */
  readonly position?: Position;
}

/** The Verilog of the format of that name, or why there is none; the other of the two is null. */
export interface Verilog {
  readonly format: string;
  readonly text: string | null;
  readonly problem: string | null;
}

/** A place in a document, as in LSP: zero-based, in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A part of a document. */
export interface Place {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

/** Asks about an open document; the answer is null where it is not open. */
export interface DocumentParams {
  readonly uri: string;
}

/** Asks where a format is declared, which may be in a library or in another file; the answer is null where the document has no such row. */
export interface FormatPlaceParams {
  readonly uri: string;
  /** As in {@link ResultRow}: `SF(5)` is asked for by this name. */
  readonly format: string;
  /** The level of this code, where it stands in the text; null: the format itself. */
  readonly code: number | null;
  /** The library whose format it is; null: that of the document, or one that it uses. */
  readonly library: string | null;
}

/** Asks for what a picture is drawn from. Cancellable; a newer wish of the same document replaces an older one. */
export interface PictureParams {
  readonly uri: string;
  readonly wish: PictureWish;
  /** That of the answer that is shown. Where it still holds, the server says `unchanged`. */
  readonly stamp?: number;
}

/** Asks which format a place in an open document belongs to. */
export interface FormatAtParams {
  readonly uri: string;
  readonly position: Position;
}

/** A format by its name, and the code whose level stands at the place; null where it is no level. */
export interface FormatAt {
  readonly format: string;
  readonly code: number | null;
}

/** Asks how the text changes if a level is moved; the answer is null where the level is computed, or not in this document. */
export interface LevelEditParams {
  readonly uri: string;
  /** The version of the text that is seen; another one is refused with null. */
  readonly version: number;
  readonly format: string;
  readonly code: number;
  /** Where its number begins, once that is known: a level that is moved past another one changes its code; null: wherever the code says. */
  readonly at: Position | null;
  /** In the units of the text. */
  readonly level: number;
}

/** One number replaced by another. */
export interface LevelEdit {
  readonly place: Place;
  readonly version: number;
  readonly newText: string;
}

export interface LibraryTextParams {
  /** The document that is asked for, such as `nibble-library:/std/paper.nibble`. */
  readonly uri: string;
}

export interface LibraryText {
  readonly text: string;
}

/** Sent when the user grants trust to the workspace. */
export interface Trust {
  readonly trusted: boolean;
}

/** Sent when the editor's colours change, for the drawings in hovers. */
export interface ThemeChange {
  readonly theme: 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';
}

/** Whatever picture of the document was asked for may have changed; sent at most some times a second. */
export interface PicturesChanged {
  readonly uri: string;
}

/** What the server is doing. */
export interface Status {
  /** The document it is doing it for. */
  readonly uri: string;
  readonly state: 'idle' | 'evaluating' | 'error';
  /** Written for the person: what is evaluated, or what went wrong. */
  readonly message: string;
  /** Work done and in total, in one unit of the server's choice; both 0 where there is none. */
  readonly done: number;
  readonly total: number;
}

/** All results known for one version of a document. A newer notification replaces the older one. */
export interface Results {
  readonly uri: string;
  readonly version: number;
  /** How many rows the document asks for. */
  readonly nRows: number;
  /** Those that have been evaluated. */
  readonly rows: readonly ResultRow[];
}
