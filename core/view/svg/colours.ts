/** The colours of a picture. Text has a contrast of 4.5 to the ground, marks one of 3. */
export interface ChartColours {
  readonly ground: string;
  readonly text: string;
  readonly muted: string;
  readonly axis: string;
  readonly grid: string;
  readonly bar: string;
  /** What a format has: levels, the front. */
  readonly mark: string;
  readonly threshold: string;
  readonly error: string;
  readonly studentT: string;
  readonly normal: string;
  /** Of series, in order; then they begin again. */
  readonly series: readonly [string, ...string[]];
  /** Of a cell of a heat strip, from the best to the worst; text stands on all. */
  readonly heat: readonly [string, ...string[]];
}

export type ChartTheme = 'light' | 'dark' | 'print';

const light: ChartColours = {
  ground: '#ffffff',
  text: '#1b1f24',
  muted: '#57606a',
  axis: '#6e7781',
  grid: '#e4e8ed',
  bar: '#bcccdf',
  mark: '#0b5cad',
  threshold: '#7a838d',
  error: '#b5401f',
  studentT: '#b5401f',
  normal: '#3f4750',
  series: ['#0b5cad', '#b5401f', '#1a7f37', '#8250df', '#8a6100', '#0a7a83', '#bf3989', '#57606a'],
  heat: ['#8ec5a5', '#c5e1cd', '#eef2f5', '#f6dfc8', '#eeb98f'],
};

const dark: ChartColours = {
  ground: '#14181d',
  text: '#e6edf3',
  muted: '#9aa5b1',
  axis: '#7d8791',
  grid: '#272e37',
  bar: '#3a4d66',
  mark: '#6cb6ff',
  threshold: '#838d97',
  error: '#f69d50',
  studentT: '#f69d50',
  normal: '#c3ccd5',
  series: ['#6cb6ff', '#f69d50', '#6bc46d', '#dcbdfb', '#daaa3f', '#56d4dd', '#ff9bce', '#9aa5b1'],
  heat: ['#1f6b45', '#1d4a36', '#20262d', '#4a3420', '#6d4318'],
};

/** For paper: series differ in lightness as well, so that they are told apart in grey. */
const print: ChartColours = {
  ...light,
  text: '#000000',
  muted: '#404040',
  axis: '#404040',
  grid: '#dddddd',
  bar: '#c8c8c8',
  mark: '#000000',
  threshold: '#707070',
  error: '#8c2d04',
  studentT: '#8c2d04',
  normal: '#000000',
  series: ['#000000', '#b34a00', '#0b6e99', '#6b6b6b', '#5e3c99', '#1b7837', '#a3195b', '#404040'],
  heat: ['#a8a8a8', '#c9c9c9', '#e4e4e4', '#f2f2f2', '#ffffff'],
};

export const chartColours: Readonly<Record<ChartTheme, ChartColours>> = { light, dark, print };

/** The colour of a series by its place. */
export const seriesColour = ({ series }: ChartColours, i: number): string => series[i % series.length]!;
