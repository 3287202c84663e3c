import { ColorThemeKind, window } from 'vscode';
import type { ThemeChange } from '../protocol/messages.ts';

/** The editor's kind of colours, in the words of the protocol. */
export const theme = (): ThemeChange['theme'] => themes[window.activeColorTheme.kind];

const themes: Record<ColorThemeKind, ThemeChange['theme']> = {
  [ColorThemeKind.Light]: 'light',
  [ColorThemeKind.Dark]: 'dark',
  [ColorThemeKind.HighContrast]: 'high-contrast',
  [ColorThemeKind.HighContrastLight]: 'high-contrast-light',
};
