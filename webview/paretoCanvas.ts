import { Chart, type ChartConfiguration, LinearScale, type Point, PointElement, ScatterController, Tooltip } from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { pointAxis } from '../core/view/axis.ts';
import { axisKinds, designAxis } from '../core/view/designAxes.ts';
import type { ParetoPoint, ParetoView } from '../core/view/pareto.ts';
import { visible } from '../core/weights/visibleName.ts';
import type { Extent, Zoom } from './choices.ts';
import { type Colours, colours, isStill } from './colours.ts';
import { element } from './dom.ts';
import { type MarksOf, paretoMarks } from './paretoMarks.ts';
import { pointGroups, spansOf } from './paretoPoints.ts';

Chart.register(ScatterController, PointElement, LinearScale, Tooltip, zoomPlugin);

/** What the user can do on the canvas. */
export interface CanvasActions {
  reveal(point: ParetoPoint): void;
  zoom(zoom: Zoom | null): void;
}

/** How long points take to where they belong, in milliseconds. More than so many are not followed by any eye, and cost what makes zooming slow. */
const MOVE = 300;
const MOST_MOVING = 500;

const animationOf = (points: readonly ParetoPoint[]) => (isStill() || points.length > MOST_MOVING ? false : ({ duration: MOVE } as const));

/** Designs as points on a canvas. One that has a place already moves to its new one. */
export class ParetoCanvas {
  readonly root: HTMLElement;
  readonly #canvas = element('canvas', '');
  readonly #actions: CanvasActions;
  #chart: Chart<'scatter'> | undefined;
  #marks: MarksOf | undefined;
  /** What is seen while somebody zooms or pans: nobody else knows of it until that ends, and what comes meanwhile must not undo it. */
  #gesture: Zoom | undefined;

  constructor(actions: CanvasActions) {
    this.#actions = actions;
    this.#canvas.role = 'img';
    this.root = element('div', 'chart plot', this.#canvas);
  }

  show(view: ParetoView, chosen: Zoom | null, selected: string | null): void {
    if (this.#gesture?.axes.x !== view.x || this.#gesture.axes.y !== view.y) this.#gesture = undefined;
    const zoom = this.#gesture ?? chosen;
    const last = this.#marks;
    const chart = this.#chart;
    if (chart && last?.view === view) {
      this.#marks = { ...last, selected };
      this.#see(chart, zoom);
      return;
    }
    const points = inOrder(view.points, last?.points ?? []);
    this.#marks = { view, points, theme: colours(), selected, groups: pointGroups(points, view), spans: spansOf(points) };
    this.#canvas.ariaLabel = view.spoken;
    if (chart) this.#update(chart, zoom, last?.view.x === view.x && last.view.y === view.y);
    else this.#chart = new Chart(this.#canvas, this.#configuration(zoom));
  }

  recolour(zoom: Zoom | null): void {
    if (!this.#marks) return;
    // Options hold colours in many places. A chart anew has them all.
    this.#chart?.destroy();
    this.#gesture = undefined;
    this.#marks = { ...this.#marks, theme: colours() };
    this.#chart = new Chart(this.#canvas, this.#configuration(zoom));
  }

  zoomBy(factor: number): void {
    if (!this.#chart) return;
    this.#chart.zoom(factor, 'none');
    this.#gesture = undefined;
    this.#actions.zoom(this.#seen(this.#chart));
  }

  #update(chart: Chart<'scatter'>, zoom: Zoom | null, isSamePlot: boolean): void {
    const { points } = this.#marks!;
    const { data } = chart.data.datasets[0]!;
    // Points are matched by their place in the list: those that are gone are taken out of it, so that the others stay who they are.
    const keys = new Set(points.map(({ key }) => key));
    for (let i = data.length - 1; i >= 0; i--) if (!keys.has((data[i] as KeyedPoint).key)) data.splice(i, 1);
    points.forEach((point, i) => {
      data[i] = spotOf(point);
    });
    chart.options.animation = animationOf(points);
    chart.options.scales = this.#scales(zoom);
    chart.update(isSamePlot && chart.options.animation ? undefined : 'none');
  }

  /** The same points, of which another part is to be seen, or the same part with another one selected. */
  #see(chart: Chart<'scatter'>, zoom: Zoom | null): void {
    const { view } = this.#marks!;
    const wanted = { x: zoom?.x ?? wholeExtent(view.points, 'x'), y: zoom?.y ?? wholeExtent(view.points, 'y') };
    const isSeen = (['x', 'y'] as const).every((axis) => {
      const { min, max } = chart.scales[axis]!;
      return min === wanted[axis].min && max === wanted[axis].max;
    });
    if (isSeen) {
      chart.draw();
      return;
    }
    chart.options.scales = this.#scales(zoom);
    chart.update('none');
  }

  #scales(zoom: Zoom | null): NonNullable<NonNullable<ChartConfiguration<'scatter'>['options']>['scales']> {
    const { view, theme } = this.#marks!;
    const scale = (axis: 'x' | 'y') => {
      const kind = axisKinds[view[axis]];
      return {
        ...(zoom?.[axis] ?? wholeExtent(view.points, axis)),
        title: { display: true, text: `${kind.title}, ${kind.better} is better`, color: theme.text, font: theme.font },
        ticks: { color: theme.muted, font: theme.font, maxRotation: 0, autoSkip: axis === 'x' },
        grid: { color: theme.grid, tickColor: theme.axis },
        border: { color: theme.axis },
        afterBuildTicks: (built: { min: number; max: number; width: number; ticks: { value: number; label?: string | string[] }[] }) => {
          const nTicks = axis === 'y' ? 6 : Math.max(2, Math.min(8, built.width / 70));
          built.ticks = designAxis(view[axis], built.min, built.max, nTicks).ticks.map((tick) => ({ ...tick }));
        },
      };
    };
    const labelled = { callback: (_value: number | string, i: number, ticks: { label?: string | string[] }[]) => ticks[i]?.label ?? '' };
    const [x, y] = [scale('x'), scale('y')];
    return {
      x: { ...x, type: 'linear', ticks: { ...x.ticks, ...labelled } },
      y: { ...y, type: 'linear', ticks: { ...y.ticks, ...labelled } },
    };
  }

  #configuration(zoom: Zoom | null): ChartConfiguration<'scatter'> {
    const { points, theme } = this.#marks!;
    const moving = ({ chart }: { chart: Chart }): void => {
      this.#gesture = this.#seen(chart);
    };
    const moved = ({ chart }: { chart: Chart }): void => {
      this.#gesture = undefined;
      this.#actions.zoom(this.#seen(chart));
    };
    return {
      type: 'scatter',
      // All points alike, which is what makes thousands of them fast: they are drawn by paretoMarks.ts.
      data: { datasets: [{ data: points.map(spotOf), pointRadius: 0, pointHoverRadius: 0, pointHitRadius: 8 }] },
      options: {
        maintainAspectRatio: false,
        animation: animationOf(points),
        interaction: { mode: 'nearest', intersect: true },
        layout: { padding: { top: 8, right: 16 } },
        scales: this.#scales(zoom),
        plugins: {
          tooltip: this.#tooltip(theme),
          zoom: {
            pan: { enabled: true, mode: 'xy', threshold: 4, onPan: moving, onPanComplete: moved },
            // The wheel alone scrolls the page, as it does elsewhere.
            zoom: {
              wheel: { enabled: true, modifierKey: 'ctrl' },
              pinch: { enabled: true },
              mode: 'xy',
              onZoom: moving,
              onZoomComplete: moved,
            },
          },
        },
        onClick: (_event, [hit]) => {
          const point = hit && this.#marks!.points[hit.index];
          if (point) this.#actions.reveal(point);
        },
        onHover: ({ native }, hits) => {
          if (native?.target instanceof HTMLElement) native.target.style.cursor = hits.length > 0 ? 'pointer' : 'default';
        },
      },
      plugins: [paretoMarks(() => this.#marks!)],
    };
  }

  #seen({ scales }: Chart): Zoom {
    const { x, y } = this.#marks!.view;
    const extent = (axis: 'x' | 'y'): Extent => ({ min: scales[axis]!.min, max: scales[axis]!.max });
    return { axes: { x, y }, x: extent('x'), y: extent('y') };
  }

  #tooltip(theme: Colours): NonNullable<NonNullable<ChartConfiguration<'scatter'>['options']>['plugins']>['tooltip'] & object {
    return {
      displayColors: false,
      backgroundColor: theme.hover.background,
      titleColor: theme.hover.text,
      bodyColor: theme.hover.text,
      borderColor: theme.hover.border,
      borderWidth: 1,
      titleFont: { ...theme.font, weight: 'bold' },
      bodyFont: theme.font,
      callbacks: {
        title: ([item]) => (item ? this.#marks!.points[item.dataIndex]!.label : ''),
        label: ({ dataIndex }) => [...said(this.#marks!.points[dataIndex]!, this.#marks!.view)],
      },
    };
  }
}

interface KeyedPoint extends Point {
  readonly key: string;
}

const spotOf = ({ key, x, y }: ParetoPoint): KeyedPoint => ({ key, x, y });

/** Points that were there before in their old order, so that each moves to its own place; then those that are new. */
function inOrder(points: readonly ParetoPoint[], before: readonly ParetoPoint[]): readonly ParetoPoint[] {
  const now = new Map(points.map((point) => [point.key, point]));
  const old = before.flatMap(({ key }) => {
    const point = now.get(key);
    now.delete(key);
    return point ? [point] : [];
  });
  return [...old, ...now.values()];
}

/** From end to end of all points and their intervals. */
function wholeExtent(points: readonly ParetoPoint[], axis: 'x' | 'y'): Extent {
  const values = points.flatMap((point) => {
    const interval = axis === 'x' ? point.xInterval : point.yInterval;
    return interval ? [point[axis], interval.low, interval.high] : [point[axis]];
  });
  const { low, high } = pointAxis(values, 6);
  return { min: low, max: high };
}

/** What is known of a point, a line each. */
function said({ series, status, x, y, xInterval, yInterval }: ParetoPoint, view: ParetoView): readonly string[] {
  const figure = (axis: 'x' | 'y', value: number, interval: ParetoPoint['xInterval']): string => {
    const { show } = axisKinds[view[axis]];
    return interval ? `${show(value)} (from ${show(interval.low)} to ${show(interval.high)})` : show(value);
  };
  const word = { front: 'on the Pareto front', dominated: 'dominated', published: 'published', backdrop: 'behind' }[status];
  return [`${visible(series)}, ${word}`, figure('y', y, yInterval), figure('x', x, xInterval)];
}
