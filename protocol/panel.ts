// What the client and a panel say to each other: types only, plain data only. Both sides check what they get, since a panel that was
// restored may be of another version of the extension than the client is.
import type { Results, Status } from './messages.ts';

/** Grows with every change that an older reader would misread. */
export type PanelProtocol = 1;

/** What the client tells the panel. */
export type ToPanel = ShowDocument | ShowResults | ShowStatus;

/** What the panel tells the client. */
export type FromPanel = PanelReady | RevealFormat | EvaluateAll;

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
}

/** The user wants that document evaluated, whatever it takes. */
export interface EvaluateAll {
  readonly protocol: PanelProtocol;
  readonly kind: 'evaluate';
  readonly uri: string;
}
