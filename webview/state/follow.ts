/** Whether the list keeps the newest call in view while the trace is being written: until the user looks elsewhere, as in a terminal. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LiveState, PanelState } from '../../src/core/protocol/panel.ts';
import type { SelectionStore } from './selection.ts';

export class FollowStore {
  /** Who writes the trace; null when nobody does. */
  readonly live = signal<LiveState | null>(null);
  /** Whether the newest call is kept in view right now. */
  readonly isOn: ReadonlySignal<boolean> = computed(() => this.live.value !== null && this.#wanted.value);

  readonly #wanted = signal(true);
  readonly #selection: SelectionStore;
  readonly #total: ReadonlySignal<number>;
  readonly #remember: (follow: boolean) => void;

  /** `total`: rows under the filter. `remember` is told when the user turns it on or off. */
  constructor(selection: SelectionStore, total: ReadonlySignal<number>, remember: (follow: boolean) => void) {
    this.#selection = selection;
    this.#total = total;
    this.#remember = remember;
    total.subscribe(() => this.#goAlong());
  }

  /** The session changed: what the host says counts when the panel opens; afterwards the user's word does. */
  changed({ live }: PanelState): void {
    if (this.live.peek() === null && live !== null) this.#wanted.value = live.follow;
    this.live.value = live;
  }

  /** The button. */
  set(follow: boolean): void {
    if (this.#wanted.peek() === follow) return;
    this.#wanted.value = follow;
    this.#remember(follow);
    this.#goAlong();
  }

  /** The user scrolled: to the end means that they want to see what comes. */
  scrolled(atEnd: boolean): void {
    if (this.live.peek() !== null) this.set(atEnd);
  }

  /** The user chose a row, by a key or (null) by a click, which is about this very call. `End` means the newest, whichever that will be. */
  chose(position: number, key: string | null): void {
    if (this.live.peek() === null) return;
    const isNewest = position === this.#total.peek() - 1;
    if (key === 'End') this.set(true);
    else if (key === null || !isNewest) this.set(false);
  }

  /** The host wants another call to be seen. */
  left(): void {
    if (this.isOn.peek()) this.set(false);
  }

  /** A selection moves along with the newest call; where there is none, the list only scrolls. */
  #goAlong(): void {
    const newest = this.#total.peek() - 1;
    if (!this.isOn.peek() || newest < 0 || this.#selection.index.peek() === null) return;
    if (this.#selection.position.peek() !== newest) void this.#selection.moveTo(newest);
  }
}
