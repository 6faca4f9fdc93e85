/** The state of the panel as signals, and its actions. Views only read signals and call methods. */
import { batch, computed, signal } from '@preact/signals';
import { toFailure } from '../src/core/base/failure.ts';
import { Peer, type Port } from '../src/core/base/rpc.ts';
import type { HostContract, PanelCommand, PanelState, TextName, ViewContract } from '../src/core/protocol/panel.ts';
import { type ChipId, noFilter, type TextBlock } from '../src/core/protocol/rows.ts';
import type { Host, Memento } from './link.ts';
import { isEmptyFilter, type NameKind, parseQuery, sameFilter, toggleStatus, withName } from './models/filter.ts';
import { ClausesStore } from './state/clauses.ts';
import { DetailStore } from './state/detail.ts';
import { FollowStore } from './state/follow.ts';
import { ItemsStore } from './state/items.ts';
import { MemoryStore } from './state/memory.ts';
import { RowsStore } from './state/rows.ts';
import { readSaved, type SavedState } from './state/saved.ts';
import { SelectionStore } from './state/selection.ts';

/** Milliseconds without typing after which the filter is applied. */
const typingPauseMs = 120;

export class PanelStore {
  readonly session = signal<PanelState | null>(null);
  /** The message of the last failed command or of a failed start; empty without a failure. */
  readonly failure = signal('');
  /** The text of the filter box. */
  readonly query = signal('');
  /** The selected outcome chips. */
  readonly chips = signal<readonly ChipId[]>([]);
  readonly tab = signal('decision');
  /** Share of the list in the split view, 0 to 1. */
  readonly split = signal(0.42);

  readonly #settledQuery = signal('');
  /** The applied filter: the query after typing pauses, and the chips. */
  readonly filter = computed(() => parseQuery(this.#settledQuery.value, this.chips.value));

  readonly rows: RowsStore;
  readonly selection: SelectionStore;
  readonly follow: FollowStore;
  readonly detail: DetailStore;
  readonly clauses: ClausesStore;
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
    this.clauses = new ClausesStore(host);
    this.items = new ItemsStore(host);
    this.memory = new MemoryStore(host, revision);
    this.#restore(readSaved(memento.read()));
    this.selection.index.subscribe((index) => {
      this.detail.show(index);
      this.#save();
    });
    this.detail.value.subscribe((detail) => this.items.show(detail));
  }

  /** Requests the session and shows it; a failure sets `failure`. */
  async start(): Promise<void> {
    try {
      this.changed(await this.#host.ask('hello', {}));
      await this.selection.locate(true);
    } catch (thrown) {
      this.failure.value = toFailure(thrown).message;
    }
  }

  /** Applies a state announced by the host. A state older than the current one is ignored. */
  changed(next: PanelState): void {
    const before = this.session.peek();
    if (before !== null && next.revision < before.revision) return;
    this.session.value = next;
    this.follow.changed(next);
    if (before?.revision === next.revision) return;
    this.rows.refresh();
    this.memory.refresh();
    this.clauses.refresh();
    if (before === null) return;
    // The trace was replaced by another file that does not have the selected call.
    if ((this.selection.index.peek() ?? -1) >= next.trace.calls) void this.selection.select(null);
    if (this.#detailMayDiffer(before, next)) this.detail.refresh();
    if (!isEmptyFilter(this.filter.peek())) void this.selection.locate(false);
  }

  /** Selects a call for the host, and clears the filter if it hides the call. */
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

  /** Shows only the calls of a server or an agent; null shows those of all. The filter box shows the choice. */
  chooseName(kind: NameKind, name: string | null): void {
    this.applyQuery(withName(this.query.peek(), kind, name));
  }

  /** Filters by a query at once, as after a click: nothing more is typed. */
  applyQuery(query: string): void {
    clearTimeout(this.#typing);
    this.#refilter(() => {
      this.query.value = query;
      this.#settledQuery.value = query;
    });
  }

  toggleChip(id: ChipId): void {
    this.#refilter(() => void (this.chips.value = toggleStatus(this.chips.peek(), id)));
  }

  clearFilter(): void {
    this.showQuery('');
  }

  /** Filters by a query of the host, in place of all filters. */
  showQuery(query: string): void {
    clearTimeout(this.#typing);
    this.#refilter(() => {
      this.query.value = query;
      this.#settledQuery.value = query;
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

  /** Runs a command in the host; a failure sets `failure`. */
  async command(command: PanelCommand): Promise<void> {
    try {
      this.failure.value = '';
      await this.#host.ask('command', command);
    } catch (thrown) {
      this.failure.value = toFailure(thrown).message;
    }
  }

  /** The complete text of a truncated block; rejects with a `Failure` when the text is no longer available. */
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

  /** Whether the detail may be outdated. A decided call does not change while a run progresses; anything else may. */
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
      filter: { ...noFilter, text: this.query.peek(), statuses: this.chips.peek() },
      tab: this.tab.peek(),
      split: this.split.peek(),
    } satisfies SavedState);
  }
}

/** Creates a store on a port and connects it to the host's announcements. */
export function openStore(port: Port, memento: Memento): PanelStore {
  const peer: Peer<ViewContract, HostContract> = new Peer<ViewContract, HostContract>(port, {
    changed: (state) => {
      store.changed(state);
      return null;
    },
    showQuery: ({ query }) => {
      store.showQuery(query);
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
