import { fitted, textWidth } from './svg/measureText.ts';
import { SIZE } from './svg/plot.ts';

/** Names without what all begin and end with, where they have no room in full; then it is said what was left out. */
export function shortNames(names: readonly string[], room: number): { readonly labels: readonly string[]; readonly note: string } {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0 || names.every((name) => textWidth(name, SIZE.small) <= room))
    return { labels: names, note: '' };
  const all = first.split('.');
  const same = (part: (parts: readonly string[]) => string | undefined, own: string | undefined): boolean =>
    own !== undefined && others.every((name) => part(name.split('.')) === own);
  const shortest = Math.min(...names.map((name) => name.split('.').length)) - 1;
  let nStart = 0;
  while (nStart < shortest && same((parts) => parts[nStart], all[nStart])) nStart++;
  let nEnd = 0;
  while (nStart + nEnd < shortest && same((parts) => parts.at(-1 - nEnd), all.at(-1 - nEnd))) nEnd++;
  const labels = names.map((name) => {
    const parts = name.split('.');
    return parts.slice(nStart, parts.length - nEnd).join('.');
  });
  const start = nStart > 0 ? [`${all.slice(0, nStart).join('.')}.`] : [];
  const end = nEnd > 0 ? [`.${all.slice(all.length - nEnd).join('.')}`] : [];
  return {
    labels,
    note: nStart + nEnd === 0 ? '' : `Names are without ${[...start, ...end].map((part) => fitted(part, SIZE.small, 200)).join(' and ')}`,
  };
}
