/** The toolbar's state of a live session, and the button that follows its newest call. */
import type { JSX } from 'preact';
import { liveLook } from '../models/live.ts';
import { Icon } from '../widgets/icon.tsx';
import { useStore } from './context.ts';

/** null when the trace is not being written. */
export function LiveChip(): JSX.Element | null {
  const { follow } = useStore();
  const live = follow.live.value;
  if (live === null) return null;
  const { word, meaning } = liveLook(live);
  const isOn = follow.isOn.value;
  return (
    <span class="live" data-testid="live">
      <span class={`live-mode live-${live.mode}`} role="status" title={meaning} data-testid="live-mode">
        <span class="live-dot" aria-hidden="true" />
        {word}
      </span>
      <button
        type="button"
        class="chip"
        aria-pressed={isOn}
        title={isOn ? 'The list follows the newest call. Click to stop following' : 'Follow the newest call'}
        onClick={() => follow.set(!isOn)}
        data-testid="live-follow"
      >
        <Icon name="follow" />
        Follow
      </button>
    </span>
  );
}
