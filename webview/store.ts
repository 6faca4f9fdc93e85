/** Everything the panel knows, as signals, and everything it can do; the views read and call, nothing else. */
import { batch, computed, signal } from '@preact/signals';
import { toFailure } from '../src/core/base/failure.ts';
import { Peer, type Port } from '../src/core/base/rpc.ts';
import type { HostContract, PanelCommand, PanelState, TextName, ViewContract } from '../src/core/protocol/panel.ts';
import type { RowStatus, TextBlock } from '../src/core/protocol/rows.ts';
import type { Host, Memento } from './link.ts';
import { parseQuery, sameFilter, toggleStatus } from './models/filter.ts';
import { DetailStore } from './state/detail.ts';
import { FollowStore } from './state/follow.ts';
import { ItemsStore } from './state/items.ts';
import { MemoryStore } from './state/memory.ts';
import { RowsStore } from './state/rows.ts';
import { readSaved, type SavedState } from './state/saved.ts';
import { SelectionStore } from './state/selection.ts';

/** How long typing has to pause before the filter is asked for. */
const typingPauseMs = 120;

export class PanelStore {
  readonly session = signal<PanelState | null>(null);
  /** What went wrong with the last command or the link itself; empty when nothing did. */
  readonly failure = signal('');
  /** The filter box, as it is typed. */
  readonly query = signal('');
  /** The outcome chips that are pressed. */
  readonly chips = signal<readonly RowStatus[]>([]);
  readonly tab = signal('decision');
  /** Share of the list in the split, 0 to 1. */
  readonly split = signal(0.42);

  readonly #settledQuery = signal('');
  /** The filter in force: what the box says once typing pauses, and the chips. */
  readonly filter = computed(() => parseQuery(this.#settledQuery.value, this.chips.value));

  readonly rows: RowsStore;
  readonly selection: SelectionStore;
  readonly follow: FollowStore;
  readonly detail: DetailStore;
  readonly items: ItemsStore;
  readonly memory: MemoryStore;

  readonly #host: Host;
  readonly #memento: Memento;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, memento: Memento) {
    this.#host = host;
    this.#memento = memento;
    const revision = (): number => this.session.peek()?.revision ?? -1;
    this.rows = new RowsStore(host, { filter: this.filter, revision });
    this.selection = new SelectionStore(host, this.rows, this.filter);
    this.follow = new FollowStore(this.selection, this.rows.total, (follow) => {
      void this.command({ run: 'setFollow', follow });
    });
    this.detail = new DetailStore(host);
    this.items = new ItemsStore(host);
    this.memory = new MemoryStore(host, revision);
    this.#restore(readSaved(memento.read()));
    this.selection.index.subscribe((index) => {
      this.detail.show(index);
      this.#save();
    });
    this.detail.value.subscribe((detail) => this.items.show(detail));
  }

  /** Asks for the session and fills the view; a failure shows as such. */
  async start(): Promise<void> {
    try {
      this.changed(await this.#host.ask('hello', {}));
      await this.selection.locate(true);
    } catch (thrown) {
      this.failure.value = toFailure(thrown).message;
    }
  }

  /** The session changed, as the host announces. An announcement that is older than what is known is passed over. */
  changed(next: PanelState): void {
    const before = this.session.peek();
    if (before !== null && next.revision < before.revision) return;
    this.session.value = next;
    this.follow.changed(next);
    if (before?.revision === next.revision) return;
    this.rows.refresh();
    this.memory.refresh();
    if (before === null) return;
    // Another file has taken the place of the trace, and the call is none of its.
    if ((this.selection.index.peek() ?? -1) >= next.trace.calls) void this.selection.select(null);
    if (this.#detailMayDiffer(before, next)) this.detail.refresh();
    if (this.filter.peek().text !== '' || this.filter.peek().statuses.length > 0) void this.selection.locate(false);
  }

  /** The host wants a call to be seen: the filter gives way when it hides it. */
  async reveal(index: number): Promise<void> {
    this.follow.left();
    await this.selection.select(index);
    if (this.selection.position.peek() >= 0) return;
    this.clearFilter();
    await this.selection.locate(true);
  }

  setQuery(query: string): void {
    this.query.value = query;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#refilter(() => void (this.#settledQuery.value = query)), typingPauseMs);
  }

  toggleChip(status: RowStatus): void {
    this.#refilter(() => void (this.chips.value = toggleStatus(this.chips.peek(), status)));
  }

  clearFilter(): void {
    clearTimeout(this.#typing);
    this.#refilter(() => {
      this.query.value = '';
      this.#settledQuery.value = '';
      this.chips.value = [];
    });
  }

  setTab(tab: string): void {
    this.tab.value = tab;
    this.#save();
  }

  setSplit(split: number): void {
    this.split.value = split;
    this.#save();
  }

  /** Lets the host do something; what fails is shown. */
  async command(command: PanelCommand): Promise<void> {
    try {
      this.failure.value = '';
      await this.#host.ask('command', command);
    } catch (thrown) {
      this.failure.value = toFailure(thrown).message;
    }
  }

  /** A long text whole; rejects with a `Failure` when it is gone. */
  text(name: TextName): Promise<TextBlock> {
    return this.#host.ask('text', name);
  }

  #refilter(change: () => void): void {
    const before = this.filter.peek();
    batch(change);
    this.#save();
    if (sameFilter(before, this.filter.peek())) return;
    this.rows.refilter();
    void this.selection.locate(true);
  }

  /** A call that was decided stays as it is while the run goes on; anything else may have changed what the detail says. */
  #detailMayDiffer(before: PanelState, next: PanelState): boolean {
    const status = this.detail.value.peek()?.row.status;
    const runs = next.run.status === 'running' && before.run.status === 'running' && next.run.done >= before.run.done;
    return !runs || status === undefined || status === 'pending';
  }

  #restore({ selected, filter, tab, split }: SavedState): void {
    this.query.value = filter.text;
    this.#settledQuery.value = filter.text;
    this.chips.value = filter.statuses;
    this.tab.value = tab;
    this.split.value = split;
    this.selection.index.value = selected;
  }

  #save(): void {
    this.#memento.write({
      selected: this.selection.index.peek(),
      filter: { text: this.query.peek(), statuses: this.chips.peek() },
      tab: this.tab.peek(),
      split: this.split.peek(),
    } satisfies SavedState);
  }
}

/** A store at the end of a link; it answers the host's announcements. */
export function openStore(port: Port, memento: Memento): PanelStore {
  const peer: Peer<ViewContract, HostContract> = new Peer<ViewContract, HostContract>(port, {
    changed: (state) => {
      store.changed(state);
      return null;
    },
    select: ({ index }) => {
      void store.reveal(index);
      return null;
    },
  });
  const store = new PanelStore(peer, memento);
  return store;
}
