import { visible } from '../../weights/visibleName.ts';

/** The font of all pictures; widths are reckoned for it, and a little wide for others of its kind. */
export const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, "DejaVu Sans", sans-serif';

/** The width of a text of a size, in pixels: an upper estimate, as nothing is laid out here. */
export const textWidth = (content: string, size: number): number =>
  size * [...content].reduce((width, letter) => width + letterWidth(letter), 0);

/** In ems, those of DejaVu Sans, the widest font of {@link FONT}. */
function letterWidth(letter: string): number {
  if (/[ilj.,:;'|!\u2009]/.test(letter)) return 0.33;
  if (/[ frtI()[\]/\\"-]/.test(letter)) return 0.42;
  if (/[mMW@%]/.test(letter)) return 0.98;
  if (/[A-Zw+<>=~−±×≈]/.test(letter)) return 0.78;
  // Scripts whose letters are square.
  return letter > '\u2fff' ? 1.05 : 0.65;
}

/** A name as it can be shown in so many pixels, shortened in the middle where it is longer. */
export function fitted(content: string, size: number, room: number): string {
  const shown = visible(content);
  if (textWidth(shown, size) <= room) return shown;
  const letters = [...shown];
  let kept = Math.min(letters.length - 1, Math.max(1, Math.floor(room / (0.4 * size))));
  for (; kept > 1; kept--) {
    const short = `${letters.slice(0, Math.ceil(kept / 2)).join('')}…${letters.slice(letters.length - Math.floor(kept / 2)).join('')}`;
    if (textWidth(short, size) <= room) return short;
  }
  return '…';
}

/** Words in lines of at most so many pixels; a word that is longer has a line of its own. */
export function wrapped(content: string, size: number, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of content.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(fitted(word, size, room));
  }
  return lines;
}
