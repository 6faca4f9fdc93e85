/**
 * Tabs in the style of VS Code's panels. The toolkit's tabs are not used because they compute the accessible name of a tab once, so
 * that its count becomes stale, and because they keep every panel in the page.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Badge } from './small.tsx';

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Shown next to the title when greater than 0. */
  readonly count?: number;
  readonly alert?: boolean;
}

export interface TabsProps {
  readonly tabs: readonly Tab[];
  readonly active: string;
  readonly label: string;
  readonly onChange: (id: string) => void;
  /** The content of the active tab. */
  readonly children: ComponentChildren;
}

export function Tabs({ tabs, active, label, onChange, children }: TabsProps): JSX.Element {
  const strip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    strip.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = tabByKey(
      event.key,
      tabs.findIndex(({ id }) => id === active),
      tabs.length,
    );
    const tab = to === undefined ? undefined : tabs[to];
    if (tab === undefined) return;
    event.preventDefault();
    onChange(tab.id);
    strip.current?.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  };
  return (
    <div class="tabs">
      <div class="tab-strip" role="tablist" aria-label={label} ref={strip} onKeyDown={onKeyDown}>
        {tabs.map(({ id, title, count = 0, alert = false }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            class={alert ? 'tab tab-alert' : 'tab'}
            aria-selected={id === active}
            aria-controls="tab-panel"
            tabIndex={id === active ? 0 : -1}
            onClick={() => onChange(id)}
            data-testid={`tab-${id}`}
          >
            <span class="tab-title">{title}</span>
            {count > 0 ? <Badge count={count} /> : null}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${active}`} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}

function tabByKey(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
