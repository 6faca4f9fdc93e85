/** The expanded text sections, stored by key so that the next call expands the same ones. */
import { signal } from '@preact/signals';

const opened = signal<ReadonlySet<string>>(new Set(['args', 'client']));

export interface OpenTexts {
  has(key: string): boolean;
  toggle(key: string): void;
}

/** Subscribes the calling view to changes of the expanded sections. */
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
