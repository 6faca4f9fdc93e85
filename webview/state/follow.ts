/** Follows the newest call of a live trace until the user scrolls or selects elsewhere, like a terminal. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LiveState, PanelState } from '../../src/core/protocol/panel.ts';
import type { SelectionStore } from './selection.ts';

export class FollowStore {
  /** The live session that writes the trace; null when the trace is not being written. */
  readonly live = signal<LiveState | null>(null);
  /** Whether the list currently follows the newest call. */
  readonly isOn: ReadonlySignal<boolean> = computed(() => this.live.value !== null && this.#wanted.value);

  readonly #wanted = signal(true);
  readonly #selection: SelectionStore;
  readonly #total: ReadonlySignal<number>;
  readonly #remember: (follow: boolean) => void;

  /** `total` is the number of rows that match the filter. `remember` is called when the user turns following on or off. */
  constructor(selection: SelectionStore, total: ReadonlySignal<number>, remember: (follow: boolean) => void) {
    this.#selection = selection;
    this.#total = total;
    this.#remember = remember;
    total.subscribe(() => this.#goAlong());
  }

  /** Applies a changed session. The host's setting applies when a live trace appears; afterwards the user's choice applies. */
  changed({ live }: PanelState): void {
    if (this.live.peek() === null && live !== null) this.#wanted.value = live.follow;
    this.live.value = live;
  }

  /** Turns following on or off. */
  set(follow: boolean): void {
    if (this.#wanted.peek() === follow) return;
    this.#wanted.value = follow;
    this.#remember(follow);
    this.#goAlong();
  }

  /** Handles a scroll by the user: scrolling to the end turns following on, any other position turns it off. */
  scrolled(atEnd: boolean): void {
    if (this.live.peek() !== null) this.set(atEnd);
  }

  /** Handles a selection by key, or by click (`key` null). `End` turns following on; a click, or a key that selects an older row, turns it off. */
  chose(position: number, key: string | null): void {
    if (this.live.peek() === null) return;
    const isNewest = position === this.#total.peek() - 1;
    if (key === 'End') this.set(true);
    else if (key === null || !isNewest) this.set(false);
  }

  /** Turns following off because the host reveals another call. */
  left(): void {
    if (this.isOn.peek()) this.set(false);
  }

  /** Moves the selection to the newest call. Without a selection the list only scrolls. */
  #goAlong(): void {
    const newest = this.#total.peek() - 1;
    if (!this.isOn.peek() || newest < 0 || this.#selection.index.peek() === null) return;
    if (this.#selection.position.peek() !== newest) void this.#selection.moveTo(newest);
  }
}
