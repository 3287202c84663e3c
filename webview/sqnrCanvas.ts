import {
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { Dot, DotChart } from '../core/view/sqnrChart.ts';
import { type Colours, colours } from './colours.ts';
import { element, write } from './dom.ts';

Chart.register(LineController, LineElement, PointElement, CategoryScale, LinearScale, Tooltip);

/** Lines of text from dot to dot, and above and below all of them. */
const lineHeights = { dot: 1.9, around: 2.2 };

/** The SQNR of a section as dots on a canvas: the axis need not begin at 0, which bars would have to. A click on one asks for its format. */
export class SqnrCanvas {
  readonly root: HTMLElement;
  readonly #canvas = element('canvas', '');
  /** As tall as the canvas is to be, which takes its size from it. */
  readonly #frame = element('div', 'chart', this.#canvas);
  /** Below the canvas and not on it, so that it can take two lines. */
  readonly #axisTitle = element('p', 'axis');
  readonly #reveal: (format: string) => void;
  #chart: Chart<'line', (number | null)[], string> | undefined;
  #shown: DotChart | null = null;

  constructor(reveal: (format: string) => void) {
    this.#reveal = reveal;
    this.#canvas.role = 'img';
    this.root = element('div', '', this.#frame, this.#axisTitle);
  }

  show(chart: DotChart | null): void {
    this.#shown = chart;
    this.root.hidden = chart === null;
    this.#draw();
  }

  recolour(): void {
    this.#draw();
  }

  dispose(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  /** A chart anew each time: it is drawn in a millisecond, and no setting of the one before can stay behind. */
  #draw(): void {
    this.dispose();
    if (this.#shown === null) return;
    const theme = colours();
    this.#canvas.ariaLabel = this.#shown.spoken;
    write(this.#axisTitle, this.#shown.axisTitle);
    this.#frame.style.height = `${Math.ceil((this.#shown.dots.length * lineHeights.dot + lineHeights.around) * theme.font.size)}px`;
    this.#chart = new Chart(this.#canvas, configuration(this.#shown, theme, this.#reveal));
  }
}

function configuration(
  { dots, axis }: DotChart,
  theme: Colours,
  reveal: (format: string) => void,
): ChartConfiguration<'line', (number | null)[], string> {
  const plain = { ...theme.font, weight: 'normal' as const };
  const strong = { ...theme.font, weight: 'bold' as const };
  const bold = (i: number) => (dots[i]?.isBest ? strong : plain);
  return {
    type: 'line',
    data: {
      labels: dots.map(({ label }) => label),
      datasets: [
        {
          data: dots.map(({ at }) => at),
          showLine: false,
          pointStyle: dots.map(({ isBest }) => (isBest ? 'rectRot' : 'circle')),
          pointRadius: dots.map(({ isBest }) => (isBest ? 6 : 4.5)),
          pointHoverRadius: 7,
          backgroundColor: dots.map(({ isBest }) => (isBest ? theme.best : theme.mark)),
          borderColor: theme.ground,
          borderWidth: 1,
          clip: false,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      // Nothing moves, so there is nothing for reduced motion to take away.
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', axis: 'y', intersect: false },
      layout: { padding: { right: widestValue(dots, theme) } },
      scales: {
        x: {
          min: axis.min,
          max: axis.max,
          ticks: { stepSize: axis.step, color: theme.muted, font: plain, maxRotation: 0 },
          grid: { color: theme.grid, tickColor: theme.axis },
          border: { color: theme.axis },
        },
        y: {
          offset: true,
          ticks: {
            color: theme.text,
            font: ({ index }) => bold(index),
            autoSkip: false,
            callback(_value, i) {
              return shortened(dots[i]?.label ?? '', (0.3 * this.chart.width) / letterWidth(theme));
            },
          },
          // A line to each dot leads the eye from its name.
          grid: { color: theme.grid, drawTicks: false, offset: false },
          border: { color: theme.axis },
        },
      },
      plugins: {
        tooltip: {
          displayColors: false,
          backgroundColor: theme.hover.background,
          titleColor: theme.hover.text,
          bodyColor: theme.hover.text,
          borderColor: theme.hover.border,
          borderWidth: 1,
          titleFont: strong,
          bodyFont: plain,
          callbacks: { label: ({ dataIndex }) => [...(dots[dataIndex]?.figures ?? [])] },
        },
      },
      onClick: (_event, [hit]) => {
        const dot = hit && dots[hit.index];
        if (dot) reveal(dot.format);
      },
      onHover: ({ native }, hits) => {
        if (native?.target instanceof HTMLElement) native.target.style.cursor = hits.length > 0 ? 'pointer' : 'default';
      },
    },
    plugins: [valuesBehind(dots, theme, bold)],
  };
}

/** What is written behind a dot: the best says so in words too. */
const valueText = ({ value, isBest }: Dot): string => (isBest ? `${value} best` : value);

/** Room for what is written behind the dots. */
const widestValue = (dots: readonly Dot[], theme: Colours): number =>
  Math.max(...dots.map((dot) => valueText(dot).length)) * letterWidth(theme) + 14;

/** A letter is a bit more than half as wide as it is high. */
const letterWidth = ({ font }: Colours): number => 0.6 * font.size;

/** A name in so much room. What is left out is in the middle, because names of a family begin alike and end in what tells them apart. */
function shortened(name: string, nLetters: number): string {
  const half = Math.max(2, Math.floor((nLetters - 1) / 2));
  return name.length > 2 * half + 1 ? `${name.slice(0, half)}…${name.slice(-half)}` : name;
}

/** Writes each value behind its dot, so that nobody has to measure by eye. */
const valuesBehind = (
  dots: readonly Dot[],
  theme: Colours,
  fontOf: (i: number) => Colours['font'] & { readonly weight: string },
): Plugin<'line'> => ({
  id: 'values',
  afterDatasetsDraw({ ctx, chartArea, scales }) {
    ctx.save();
    ctx.fillStyle = theme.text;
    ctx.textBaseline = 'middle';
    for (const [i, dot] of dots.entries()) {
      const { weight, size, family } = fontOf(i);
      ctx.font = `${weight} ${size}px ${family}`;
      const x = dot.at === null ? chartArea.left : scales['x']!.getPixelForValue(dot.at);
      ctx.fillText(valueText(dot), x + 10, scales['y']!.getPixelForValue(i));
    }
    ctx.restore();
  },
});
