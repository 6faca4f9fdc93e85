/** The bar between list and detail, moved by pointer or arrow keys and reset by a double click. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

export interface SplitterProps {
  /** `columns` for a bar between left and right, `rows` for a bar between top and bottom. */
  readonly between: 'columns' | 'rows';
  /** Share of the first part, 0 to 1. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}

const smallest = 0.15;
const largest = 0.85;
const step = 0.04;

export function Splitter({ between, value, onChange }: SplitterProps): JSX.Element {
  const dragging = useRef(false);
  const set = (share: number): void => onChange(Math.min(largest, Math.max(smallest, share)));
  const onPointerMove = (event: PointerEvent): void => {
    const whole = (event.currentTarget as HTMLElement).parentElement?.getBoundingClientRect();
    if (!dragging.current || whole === undefined) return;
    set(
      between === 'columns' ? (event.clientX - whole.left) / whole.width : (event.clientY - whole.top) / whole.height,
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const [less, more] = between === 'columns' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    set(value + (event.key === more ? step : -step));
  };
  return (
    <div
      class={`splitter splitter-${between}`}
      role="separator"
      tabIndex={0}
      aria-label="Resize list and details"
      aria-orientation={between === 'columns' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(value * 100)}
      aria-valuemin={smallest * 100}
      aria-valuemax={largest * 100}
      onPointerDown={(event) => {
        dragging.current = true;
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      }}
      onPointerUp={() => void (dragging.current = false)}
      onPointerMove={onPointerMove}
      onDblClick={() => set(0.42)}
      onKeyDown={onKeyDown}
      data-testid="splitter"
    />
  );
}
