/** Which texts are unfolded: remembered by their place, so that the next call shows the same ones. */
import { signal } from '@preact/signals';

const opened = signal<ReadonlySet<string>>(new Set(['args', 'client']));

export interface OpenTexts {
  has(key: string): boolean;
  toggle(key: string): void;
}

/** Reading it in a view draws the view anew when something is folded or unfolded. */
export function useOpenTexts(): OpenTexts {
  const now = opened.value;
  return {
    has: (key) => now.has(key),
    toggle: (key) => {
      const next = new Set(now);
      if (!next.delete(key)) next.add(key);
      opened.value = next;
    },
  };
}
