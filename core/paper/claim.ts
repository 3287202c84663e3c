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

/** Of an order of some ten formats: exchanges of neighbours alone leave it above this. The bound that areas are held to as well. */
export const SAME_ORDER = 0.9;

/** Below, chance alone makes such an order in one of twenty cases or more: of eleven formats the one-sided 5 % point of Spearman's rank is 0.54. */
const NEAR_ORDER = 0.5;

/** Whether two orders agree, by their rank correlation. `same` is what counts as the same order. */
export const orderVerdict = (correlation: number, same: number = SAME_ORDER): Verdict =>
  Number.isNaN(correlation) ? 'not measured' : correlation > same ? 'agrees' : correlation > NEAR_ORDER ? 'agrees in part' : 'differs';

/** NaN of no values. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
