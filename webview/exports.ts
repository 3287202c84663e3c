import { csv, type DataTable } from '../core/view/dataTable.ts';
import { chartColours } from '../core/view/svg/colours.ts';
import type { Drawing } from '../core/view/svg/plot.ts';
import type { SaveExport } from '../protocol/panel.ts';
import { button, element, write } from './dom.ts';

/** A picture that can be kept: what its file is called, its drawing and its table. Null where there is nothing yet. */
export interface Exportable {
  readonly name: string;
  readonly draw: (drawing: Drawing) => string;
  readonly table: DataTable;
}

/** Another table of the same picture, with a button of its own; null where there is none yet. */
export interface OtherTable {
  readonly label: string;
  readonly table: () => DataTable | null;
}

/** What an export asks of the client. */
export type Keep = Pick<SaveExport, 'to' | 'type' | 'name' | 'content'>;

/** Of a drawing in a file, in pixels: two columns of a paper. */
const WIDTH = 760;

/** Pixels of a PNG for each of the drawing, so that it is sharp in print. */
const SCALE = 2;

/** Buttons that keep a picture as SVG, PNG and CSV, and copy it. What they did is said beside them. */
export class ExportBar {
  readonly root: HTMLElement;
  readonly #said = element('span', 'said');
  readonly #exportable: () => Exportable | null;
  readonly #keep: (what: Keep) => void;

  constructor(exportable: () => Exportable | null, keep: (what: Keep) => void, others: readonly OtherTable[] = []) {
    this.#exportable = exportable;
    this.#keep = keep;
    this.#said.role = 'status';
    this.root = element(
      'div',
      'exports',
      this.#said,
      this.#button('SVG', 'Save as SVG', (one) => this.#save(one, 'svg', svgOf(one))),
      this.#button('PNG', 'Save as PNG', async (one) => this.#save(one, 'png', await base64(await pngOf(one)))),
      this.#button('CSV', 'Save the table as CSV', (one) => this.#save(one, 'csv', csv(one.table))),
      ...others.map(({ label, table }) =>
        this.#button(`CSV of ${label}`, `Save CSV of ${label}`, (one) => {
          const other = table();
          if (other) this.#save({ ...one, name: `${one.name}-${label}` }, 'csv', csv(other));
        }),
      ),
      this.#button('Copy', 'Copy the picture', (one) => this.#copy(one)),
      this.#button('Copy table', 'Copy table as CSV', (one) => {
        this.#keep({ to: 'clipboard', type: 'csv', name: one.name, content: csv(one.table) });
        write(this.#said, 'Table copied');
      }),
    );
    this.root.role = 'group';
    this.root.ariaLabel = 'Export';
  }

  #button(label: string, spoken: string, work: (one: Exportable) => void | Promise<void>): HTMLButtonElement {
    return button('', label, spoken, () => {
      const one = this.#exportable();
      if (one === null) {
        write(this.#said, 'There is no picture yet');
        return;
      }
      write(this.#said, '');
      // Within the chain, so that what is thrown at once is said too.
      Promise.resolve(one)
        .then(work)
        .catch((error: unknown) => write(this.#said, `Not exported: ${String(error)}`));
    });
  }

  #save({ name }: Exportable, type: Keep['type'], content: string): void {
    this.#keep({ to: 'file', type, name: `${name}.${type}`, content });
  }

  /** As an image where the webview may, else as the text of the SVG, which drawing programs take. */
  async #copy(one: Exportable): Promise<void> {
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': pngOf(one) })]);
      write(this.#said, 'Picture copied');
    } catch {
      // Refused: by the browser, by its policy, or as the page has no focus. The client may always write text.
      this.#keep({ to: 'clipboard', type: 'svg', name: one.name, content: svgOf(one) });
      write(this.#said, 'Copied as SVG text');
    }
  }
}

/** On white, whatever the theme: files go into documents. */
const svgOf = ({ draw }: Exportable): string => draw({ width: WIDTH, colours: chartColours.light, id: 'nibble' });

async function pngOf(one: Exportable): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(one))}`;
  await image.decode();
  const canvas = element('canvas', '');
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('the picture is too large for this browser');
  return blob;
}

function base64(blob: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener('error', () => failed(reader.error));
    reader.addEventListener('load', () => done(String(reader.result).replace(/^[^,]*,/, '')));
    reader.readAsDataURL(blob);
  });
}

/** A name for a file, of what the picture is and of what: letters, digits, dots and hyphens. */
export const fileName = (...parts: readonly string[]): string =>
  parts
    .map((part) =>
      part
        .replace(/\.nibble$/, '')
        .replace(/[^\p{L}\p{N}.]+/gu, '-')
        .replace(/^[-.]+|[-.]+$/g, ''),
    )
    .filter((part) => part !== '')
    .join('-')
    .slice(0, 120);
