import type { DataTable } from '../view/dataTable.ts';
import type { Drawing } from '../view/svg/plot.ts';

/** How a measurement stands to what was published. */
export type Verdict = 'agrees' | 'agrees in part' | 'differs' | 'not measured';

/** Something that arXiv 2405.03103 says, beside what is measured here. Texts are sentences without their last full stop. */
export interface Claim {
  /** The anchor on the page. */
  readonly id: string;
  readonly title: string;
  /** The table, figure or section. */
  readonly where: string;
  readonly published: string;
  readonly measured: string;
  readonly verdict: Verdict;
  /** Why it does not agree, or what an agreement rests on; empty where there is nothing to say. */
  readonly why: string;
  readonly tables: readonly DataTable[];
  readonly pictures: readonly { readonly title: string; readonly draw: (drawing: Drawing) => string }[];
}
