/** When something was seen, in milliseconds from the click. */
export interface Opening {
  readonly frame: number;
  readonly paint: number;
  /** NaN of a page without a chart. */
  readonly canvas: number;
}

/** The first opening in a window, and those after it. */
export interface Openings {
  readonly first: Opening;
  readonly later: readonly Opening[];
}

/** The panel in a real VS Code, from the click on its button; beside it VS Code's own preview of Markdown. */
export function measureOpenings(): Promise<{ readonly panel: Openings; readonly preview: Openings }>;
