import { unseen, visible } from '../../weights/visibleName.ts';

/** A piece of SVG or HTML in which every text is escaped. Made by {@link tag} and {@link text} alone. */
export interface Markup {
  readonly markup: string;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element. Numbers are written with at most two decimals; an attribute that is undefined is left out. */
export function tag(name: string, attributes: Attributes, ...children: readonly (Markup | readonly Markup[] | undefined)[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? decimal(value) : value!)}"`)
    .join('');
  const inner = children
    .flat()
    .map((child) => child?.markup ?? '')
    .join('');
  return { markup: inner === '' && standsAlone.has(name) ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>` };
}

/** HTML waits for the end of all others, whatever slash their start has. */
const standsAlone: ReadonlySet<string> = new Set(['meta', 'line', 'rect', 'circle', 'path']);

/** Text of any origin: control and bidi characters shown as their codes, over-long texts shortened, nothing read as markup. */
export const text = (content: string): Markup => ({ markup: escaped(visible(content)) });

/** A sentence, which may be longer than a name and quote one: characters that are not seen become a sign that is. */
export const sentence = (content: string): Markup => ({ markup: escaped(content.replace(unseen, '\ufffd')) });

/** Pieces one after the other. */
export const all = (pieces: readonly Markup[]): Markup => ({ markup: pieces.map(({ markup }) => markup).join('') });

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

const decimal = (x: number): string => String(Number(x.toFixed(2)) + 0);
