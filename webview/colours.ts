import { type ChartColours, chartColours } from '../core/view/svg/colours.ts';
import { type Colour, hexColour, mixed, parsedColour, readable } from './contrast.ts';

/** The colours and the font of pictures, as the editor's theme has them now. */
export interface Colours extends ChartColours {
  readonly best: string;
  readonly hover: { readonly background: string; readonly text: string; readonly border: string };
  readonly font: { readonly family: string; readonly size: number };
}

/** What marks must have to the ground, and text. WCAG 2.2, 1.4.11 and 1.4.3. */
const LEAST = { mark: 3, text: 4.5 } as const;

/**
 * A theme says its colours in variables. Whatever it says, text and marks can be told from the ground: one that is too faint is moved toward the
 * colour of text.
 */
export function colours(): Colours {
  const style = getComputedStyle(document.body);
  const kind = document.body.classList;
  const isHighContrast = kind.contains('vscode-high-contrast') || kind.contains('vscode-high-contrast-light');
  const isDark = kind.contains('vscode-dark') || (kind.contains('vscode-high-contrast') && !kind.contains('vscode-high-contrast-light'));
  const own = isDark ? chartColours.dark : chartColours.light;
  const variable = (name: string, fallback: string): string => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const colour = (name: string, fallback: string): Colour =>
    parsedColour(variable(name, fallback)) ?? parsedColour(fallback) ?? [0, 0, 0, 1];
  const ground = mixed(colour('editor-background', own.ground), [255, 255, 255, 1], 1);
  const text = readable(colour('foreground', own.text), ground, isDark ? [255, 255, 255, 1] : [0, 0, 0, 1], LEAST.text);
  const mark = (name: string, fallback: string): string => hexColour(readable(colour(name, fallback), ground, text, LEAST.mark));
  const blue = mark('charts-blue', own.mark);
  const red = mark('charts-red', own.error);
  return {
    ground: hexColour(ground),
    text: hexColour(text),
    muted: hexColour(readable(colour('descriptionForeground', own.muted), ground, text, LEAST.text)),
    axis: hexColour(mixed(text, ground, isHighContrast ? 1 : 0.6)),
    grid: hexColour(mixed(text, ground, isHighContrast ? 0.3 : 0.12)),
    bar: hexColour(mixed(parsedColour(blue)!, ground, 0.4)),
    mark: blue,
    threshold: hexColour(mixed(text, ground, 0.65)),
    error: red,
    studentT: red,
    normal: hexColour(text),
    series: [
      blue,
      mark('charts-orange', own.series[1]!),
      mark('charts-green', own.series[2]!),
      mark('charts-purple', own.series[3]!),
      red,
      mark('charts-yellow', own.series[4]!),
      hexColour(mixed(text, ground, 0.75)),
    ],
    heat: own.heat,
    best: mark('charts-green', own.series[2]!),
    hover: {
      background: variable('editorHoverWidget-background', hexColour(ground)),
      text: variable('editorHoverWidget-foreground', hexColour(text)),
      border: variable('editorHoverWidget-border', hexColour(text)),
    },
    font: { family: style.fontFamily, size: Number.parseFloat(style.fontSize) || 13 },
  };
}

/** Calls back when the theme changes. VS Code then changes the class of the body and the variables on the root element. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}

/** Whether things are to stay still: as the system says, or the editor. */
export const isStill = (): boolean =>
  matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
