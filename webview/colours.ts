/** The colours and the font of a chart, as the editor's theme has them now. */
export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly bar: string;
  readonly best: string;
  /** Around bars, in high contrast; elsewhere transparent. */
  readonly outline: string;
  readonly hover: { readonly background: string; readonly text: string; readonly border: string };
  readonly font: { readonly family: string; readonly size: number };
}

export function colours(): Colours {
  const style = getComputedStyle(document.body);
  const own = style.color;
  const variable = (name: string, fallback: string): string => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const text = variable('foreground', own);
  const outline = variable('contrastBorder', 'transparent');
  return {
    text,
    faint: variable('descriptionForeground', text),
    grid: variable('charts-lines', text),
    bar: variable('charts-blue', text),
    best: variable('charts-green', text),
    outline,
    hover: {
      background: variable('editorHoverWidget-background', variable('editor-background', 'Canvas')),
      text: variable('editorHoverWidget-foreground', text),
      border: variable('editorHoverWidget-border', outline),
    },
    font: { family: style.fontFamily, size: Number.parseFloat(style.fontSize) },
  };
}

/** Calls back when the theme changes. VS Code then changes the class of the body and the variables on the root element. */
export function onThemeChange(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
}
