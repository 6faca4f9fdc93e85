/** The Memory tab: linear memory over the calls of the run, with the limit and the selected call. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CallDetail, MemoryPoint } from '../../src/core/protocol/rows.ts';
import { chartSummary } from '../models/chart.ts';
import { formatBytes, formatCount, pageBytes } from '../models/format.ts';
import { Checkbox } from '../widgets/fields.tsx';
import { MemoryChart } from '../widgets/memoryChart.tsx';
import { Empty, ProgressRing } from '../widgets/small.tsx';
import { useStore } from './context.ts';

/** Whether the axis is scaled to the data instead of the limit; kept until the panel is closed. */
const fit = signal(false);

export function MemoryTab({ detail }: { detail: CallDetail }): JSX.Element {
  const store = useStore();
  const { memory } = store;
  const [hovered, setHovered] = useState<MemoryPoint | null>(null);
  useEffect(() => memory.watch(), [memory]);
  const chart = memory.chart.value;
  if (chart === null) {
    return memory.failure.value === '' ? (
      <ProgressRing label="Loading chart" />
    ) : (
      <Empty title="Cannot load the memory chart">{memory.failure.value}</Empty>
    );
  }
  const { points, limit } = chart;
  if (points.length === 0) {
    return (
      <Empty title="No memory data yet">
        Replay the trace to record the size of the guard’s linear memory after each call.
      </Empty>
    );
  }
  const own = detail.row.memoryBytes;
  const sizes =
    hovered === null
      ? own === null
        ? ''
        : `call ${formatCount(detail.row.index + 1)}: ${formatBytes(own)} after`
      : `call ${formatCount(hovered.index + 1)}: ${formatBytes(hovered.after)} after, peak ${formatBytes(hovered.peak)}`;
  return (
    <div class="memory">
      <div class="tab-tools">
        <span class="legend legend-after">after the call</span>
        <span class="legend legend-peak">peak</span>
        <span class="legend legend-limit">limit, {formatCount(limit / pageBytes)} pages</span>
        <Checkbox checked={fit.value} onChange={(checked) => void (fit.value = checked)} testId="memory-fit">
          Scale to data
        </Checkbox>
        <span class="memory-sizes">{sizes}</span>
      </div>
      <div class="memory-box" role="img" aria-label={chartSummary(points, limit)}>
        <MemoryChart
          points={points}
          limit={limit}
          fit={fit.value}
          selected={detail.row.index}
          onSelect={(index) => void store.selection.select(index)}
          onHover={setHovered}
        />
      </div>
      <p class="hint memory-summary">{chartSummary(points, limit)} Click a point to select the call.</p>
    </div>
  );
}
