/** The chart of linear memory over the calls of a run, drawn by uPlot in theme colours. */
import 'uplot/dist/uPlot.min.css';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { MemoryPoint } from '../../src/core/protocol/rows.ts';
import { byteScale, byteTicks, chartColumns, pointOfCall } from '../models/chart.ts';
import { formatBytes, formatCount } from '../models/format.ts';
import { useSize } from './size.ts';

export interface MemoryChartProps {
  readonly points: readonly MemoryPoint[];
  readonly limit: number;
  /** Whether the byte axis is scaled to the data instead of the limit. */
  readonly fit: boolean;
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  /** Called with the point under the pointer, or null without one. */
  readonly onHover: (point: MemoryPoint | null) => void;
}

/** The current properties and colours, which the drawing hooks read so that a change does not need a new chart. */
interface Live {
  props: MemoryChartProps;
  colors: Colors;
}

interface Colors {
  readonly line: string;
  readonly area: string;
  readonly peak: string;
  readonly limit: string;
  readonly text: string;
  readonly grid: string;
  readonly mark: string;
  readonly font: string;
}

export function MemoryChart(props: MemoryChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const live = useRef<Live>({ props, colors: themeColors() });
  const chart = useRef<uPlot | null>(null);
  const size = useSize(box);
  live.current.props = props;

  useEffect(() => {
    const element = box.current;
    if (element === null || size.width === 0) return undefined;
    const plot = new uPlot(options(live.current, size), chartColumns(live.current.props.points), element);
    chart.current = plot;
    const themed = new MutationObserver(() => {
      live.current.colors = themeColors();
      plot.redraw(false, true);
    });
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    themed.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => {
      themed.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [size.width === 0]);
  useEffect(() => {
    if (size.width > 0 && size.height > 0) chart.current?.setSize(size);
  }, [size]);
  useEffect(() => chart.current?.setData(chartColumns(props.points)), [props.points, props.fit, props.limit]);
  useEffect(() => chart.current?.redraw(false), [props.selected]);

  return <div class="memory-chart" ref={box} data-testid="memory-chart" />;
}

function options(live: Live, { width, height }: { width: number; height: number }): uPlot.Options {
  const stroke = (of: keyof Colors) => (): string => live.colors[of];
  const axis = {
    stroke: stroke('text'),
    grid: { stroke: stroke('grid'), width: 1 },
    ticks: { show: false },
    font: live.colors.font,
  };
  return {
    width,
    height: Math.max(120, height),
    padding: [12, 28, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
      y: { range: () => [...byteScale(live.props.points, live.props.limit, live.props.fit)] },
    },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_plot, splits) => splits.map((at) => (Number.isInteger(at) ? formatCount(at) : '')),
      },
      {
        ...axis,
        size: 64,
        splits: (_plot, _axis, _min, max) => [...byteTicks(max, 6)],
        values: (_plot, splits) => splits.map((at) => formatBytes(at)),
      },
    ],
    series: [
      {},
      { label: 'after', stroke: stroke('line'), fill: stroke('area'), width: 1.5, points: { show: false } },
      { label: 'peak', stroke: stroke('peak'), width: 1, dash: [3, 3], points: { show: false } },
    ],
    cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
    hooks: {
      draw: [(plot) => drawMarks(plot, live)],
      setCursor: [(plot) => live.props.onHover(pointAt(plot, live))],
      ready: [
        (plot) => {
          plot.over.addEventListener('click', () => {
            const point = pointAt(plot, live);
            if (point !== null) live.props.onSelect(point.index);
          });
          plot.over.addEventListener('mouseleave', () => live.props.onHover(null));
        },
      ],
    },
  };
}

/** Draws the line of the limit and the mark of the selected call. */
function drawMarks(plot: uPlot, { props, colors }: Live): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = ratio;
  const limitY = Math.round(plot.valToPos(props.limit, 'y', true));
  if (limitY >= bbox.top) {
    ctx.strokeStyle = colors.limit;
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    line(ctx, [bbox.left, limitY], [bbox.left + bbox.width, limitY]);
    ctx.fillStyle = colors.limit;
    ctx.font = colors.font.replace(/([\d.]+)px/, (_all, px: string) => `${Number(px) * ratio}px`);
    ctx.textAlign = 'right';
    ctx.textBaseline = 'bottom';
    ctx.fillText(`limit ${formatBytes(props.limit)}`, bbox.left + bbox.width - 4 * ratio, limitY - 2 * ratio);
  }
  const point = props.selected === null ? undefined : props.points[pointOfCall(props.points, props.selected)];
  if (point !== undefined && props.selected !== null) {
    const x = Math.round(plot.valToPos(props.selected + 1, 'x', true));
    ctx.strokeStyle = colors.mark;
    ctx.setLineDash([]);
    if (x >= bbox.left && x <= bbox.left + bbox.width) line(ctx, [x, bbox.top], [x, bbox.top + bbox.height]);
    ctx.fillStyle = colors.mark;
    ctx.beginPath();
    ctx.arc(
      plot.valToPos(point.index + 1, 'x', true),
      plot.valToPos(point.after, 'y', true),
      3.5 * ratio,
      0,
      2 * Math.PI,
    );
    ctx.fill();
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, from: readonly [number, number], to: readonly [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

function pointAt(plot: uPlot, { props }: Live): MemoryPoint | null {
  const at = plot.cursor.idx;
  return at === null || at === undefined ? null : (props.points[at] ?? null);
}

/** The computed theme colours, because a canvas does not support CSS variables. */
function themeColors(): Colors {
  const style = getComputedStyle(document.body);
  const color = (...names: readonly string[]): string =>
    names.map((name) => style.getPropertyValue(name).trim()).find((value) => value !== '') ?? style.color;
  return {
    line: color('--vscode-charts-blue'),
    area: color('--guardscope-chart-area'),
    peak: color('--guardscope-chart-peak'),
    limit: color('--vscode-charts-red', '--vscode-errorForeground'),
    text: color('--vscode-descriptionForeground', '--vscode-foreground'),
    grid: color('--guardscope-chart-grid'),
    mark: color('--vscode-foreground'),
    font: `11px ${color('--vscode-font-family')}`,
  };
}
