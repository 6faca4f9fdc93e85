/** The progress bar of a replay, below the toolbar. */
import type { JSX } from 'preact';
import type { RunState } from '../../src/core/protocol/panel.ts';

export function Progress({ run }: { run: RunState }): JSX.Element {
  const share = run.total === 0 ? 0 : run.done / run.total;
  const running = run.status === 'running';
  return (
    <div
      class={running ? 'progress progress-on' : 'progress'}
      role="progressbar"
      aria-label="Replay progress"
      aria-valuemin={0}
      aria-valuemax={run.total}
      aria-valuenow={run.done}
      hidden={!running}
    >
      <div class="progress-bar" style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
