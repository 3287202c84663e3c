import { visible } from '../weights/visibleName.ts';

/** Text of unknown origin as it may stand in Markdown: shown letter by letter, never read as markup, a link, an address or HTML. */
export const escaped = (text: string): string =>
  visible(text)
    .replace(/[\\`*_{}[\]|~#!@]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/:\/\//g, '\\://')
    .replace(/(www)\./gi, '$1\\.');

/** Text of unknown origin as code. */
export const code = (text: string): string => {
  const shown = visible(text).replaceAll('|', '¦');
  return shown.includes('`') ? `\`\` ${shown.replaceAll('``', "''")} \`\`` : `\`${shown}\``;
};

/** A table; the first column is text, the others are numbers. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? ':--' : '--:'))), ...rows.map(line)].join('\n');
}

/** A drawing as an image in Markdown. The text of the SVG may have letters beyond Latin-1, which btoa does not take. */
export const image = (svg: string, alternative: string): string =>
  `![${alternative}](data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(svg)))})`;
