/** The icons of the panel: 16-pixel SVG strokes in the current text colour. */
import type { JSX } from 'preact';

const strokes = {
  check: 'M3 8.5l3.2 3.2L13 4.8',
  filter: 'M2.5 3.5h11L9.5 8.3v4.2l-3-1.5V8.3z',
  deny: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM3.9 3.9l8.2 8.2',
  block: 'M5.6 2.2h4.8l3.4 3.4v4.8l-3.4 3.4H5.6l-3.4-3.4V5.6zM5 8h6',
  error: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  pending: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z',
  running: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  skip: 'M4 8h8',
  warning: 'M8 2.4l6 11H2zM8 6.4v3.4M8 11.5v.6',
  info: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 7.2v3.8M8 4.9v.6',
  bug: 'M5.2 6.5a2.8 2.8 0 0 1 5.6 0v3.2a2.8 2.8 0 0 1-5.6 0zM8 6.5v6M5.2 8H2.6M13.4 8h-2.6M5.2 5.4L3.4 3.8M10.8 5.4l1.8-1.6M5.3 10.6l-1.9 1.6M10.7 10.6l1.9 1.6',
  lock: 'M4 7.2h8v6H4zM5.6 7.2V5a2.4 2.4 0 0 1 4.8 0v2.2',
  shield: 'M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4z',
  servers: 'M2.5 2.8h11v4.4h-11zM2.5 8.8h11v4.4h-11zM5 5h.01M5 11h.01M8 5h3M8 11h3',
  policy: 'M3.5 2.5h9v11h-9zM5.5 5.4h5M5.5 8h5M5.5 10.6h3',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M6.8 2.6a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM10 10l3.6 3.6',
  play: 'M4.5 2.8v10.4L13 8z',
  stop: 'M4 4h8v8H4z',
  folder: 'M2 4h4.2l1.4 1.6H14v7.2H2z',
  export: 'M8 2.5v7M5.2 5.2L8 2.4l2.8 2.8M3 9.5v4h10v-4',
  open: 'M6.5 3.5h-3v9h9v-3M9 3.5h3.5V7M12.3 3.7L7.5 8.5',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  down: 'M3.5 6l4.5 4.5L12.5 6',
  right: 'M6 3.5l4.5 4.5L6 12.5',
  follow: 'M8 2.5v8M4.8 7.4L8 10.6l3.2-3.2M3.5 13.5h9',
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.4 4.4l2.2 2.2',
  differs: 'M3 6h10M3 10h10M10.5 3l-5 10',
} as const;

export type IconName = keyof typeof strokes;

const filled = new Set<IconName>(['play', 'stop']);

/** An icon. Without `label` it is decorative and hidden from screen readers. */
export function Icon({ name, label, slot }: { name: IconName; label?: string; slot?: string }): JSX.Element {
  return (
    <svg
      class={`icon icon-${name}${filled.has(name) ? ' icon-filled' : ''}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      {...(slot === undefined ? {} : { slot })}
      {...(label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label })}
    >
      <path d={strokes[name]} />
    </svg>
  );
}
