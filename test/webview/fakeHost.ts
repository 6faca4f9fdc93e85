/** A fake host for the store's tests: generates responses, records requests, and can delay responses. */
import { Failure } from '../../src/core/base/failure.ts';
import { Peer } from '../../src/core/base/rpc.ts';
import type { HostContract, PanelState, ViewContract } from '../../src/core/protocol/panel.ts';
import {
  type CallDetail,
  type CallRow,
  type ItemRow,
  type RowFilter,
  type RowStatus,
  noFilter,
} from '../../src/core/protocol/rows.ts';
import type { Memento } from '../../webview/link.ts';
import { openStore, type PanelStore } from '../../webview/store.ts';
import { portPair } from '../support/portPair.ts';

const none = { secrecy: [], integrity: [] };

export function callRow(index: number, status: RowStatus = 'allowed'): CallRow {
  return {
    index,
    time: '',
    server: 'github',
    agent: 'default',
    tool: `tool_${index % 3}`,
    args: '{}',
    status,
    operation: 'read',
    headline: '',
    items: null,
    gained: none,
    lost: none,
    durationMs: 1,
    memoryBytes: 65_536,
    backendCalls: 0,
    logLines: 0,
    logLevel: null,
    problems: 0,
    differs: false,
    marks: [],
  };
}

function itemRow(index: number, allowed: boolean): ItemRow {
  const texts = { description: `item ${index}`, reason: '', why: '', preview: '' };
  return { index, path: `/${index}`, origin: 'path', ...none, allowed, decision: allowed ? 'allow' : 'deny', ...texts };
}

/** The state of the host; tests change it and announce the change. */
export class FakeHost {
  calls = 1000;
  decided = 1000;
  revision = 1;
  running = false;
  items = 0;
  live: PanelState['live'] = null;
  readonly asked: { readonly method: string; readonly input: unknown }[] = [];
  /** If set, requests fail with this message. */
  failing = '';
  #held: (() => void)[] | null = null;
  #everything: readonly number[] = [];
  readonly #peer: Peer<HostContract, ViewContract>;
  readonly store: PanelStore;

  constructor(memento: Memento = keep()) {
    const [hostPort, viewPort] = portPair();
    this.#peer = new Peer<HostContract, ViewContract>(hostPort, {
      hello: () => this.#answer('hello', {}, () => this.state()),
      rows: (input) =>
        this.#answer('rows', input, () => {
          const under = this.#under(input.filter);
          const rows = under.slice(input.from, input.from + input.count).map((index) => this.#row(index));
          return { from: input.from, total: under.length, rows, revision: this.revision };
        }),
      locate: (input) => this.#answer('locate', input, () => this.#under(input.filter).indexOf(input.index)),
      detail: (input) => this.#answer('detail', input, () => this.#detail(input.index)),
      items: (input) => this.#answer('items', input, () => this.#items(input.from, input.count)),
      memory: (input) => this.#answer('memory', input, () => ({ points: [], limit: 512 * 65_536 })),
      clauses: (input) => this.#answer('clauses', input, () => ({ state: 'none', message: '', rows: [] })),
      text: (input) => this.#answer('text', input, () => ({ text: 'whole', bytes: 5, truncated: false, json: false })),
      command: (input) => this.#answer('command', input, () => null),
    });
    this.store = openStore(viewPort, memento);
  }

  state(): PanelState {
    const input = { title: 'x', path: 'x', status: 'ready', message: '', hint: '', unreadable: false } as const;
    const counts = { allowed: this.decided, filtered: 0, denied: 0, blocked: 0, error: 0 };
    const status = this.running ? 'running' : 'done';
    return {
      revision: this.revision,
      trace: { title: 't', path: 't', format: 'gateway log', calls: this.calls },
      config: { ...input, title: null, path: null, status: 'none' },
      guard: input,
      policy: input,
      replaced: null,
      mode: 'filter',
      guardMode: null,
      servers: [{ id: 'github', calls: this.calls, undecided: null, configured: true }],
      agents: [{ id: 'default', calls: this.calls }],
      agentsTotal: 1,
      run: {
        status,
        done: this.decided,
        total: this.calls,
        durationMs: 1,
        counts,
        marks: { unlabeled: 0, unrecorded: 0, lint: 0, edited: 0, changed: 0 },
        missedLookups: 0,
        message: '',
        renewed: '',
      },
      comparison: { label: '', pinned: false, kinds: {}, uncompared: 0, unstable: null },
      whatIf: { changes: [], total: 0, mode: null, canUndo: false, canRedo: false },
      live: this.live,
      problems: [],
      problemsTotal: 0,
      restricted: false,
    };
  }

  /** Announces a changed state to the view. */
  async announce(): Promise<void> {
    this.revision++;
    await this.#peer.ask('changed', this.state());
    await settle();
  }

  async showQuery(query: string): Promise<void> {
    await this.#peer.ask('showQuery', { query });
    await settle();
  }

  async select(index: number): Promise<void> {
    await this.#peer.ask('select', { index });
    await settle();
  }

  /** Delays every response until `release`. */
  hold(): void {
    this.#held = [];
  }

  /** Sends the delayed responses, in reverse order with `reversed`. */
  async release(reversed = false): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    for (const give of reversed ? held.toReversed() : held) {
      give();
      await settle();
    }
  }

  /** The requests of one kind since the last call. */
  take(method: keyof HostContract): readonly unknown[] {
    const taken = this.asked.filter((question) => question.method === method).map(({ input }) => input);
    const rest = this.asked.filter((question) => question.method !== method);
    this.asked.splice(0, Infinity, ...rest);
    return taken;
  }

  async #answer<T>(method: string, input: unknown, make: () => T): Promise<T> {
    this.asked.push({ method, input });
    if (this.failing !== '') throw new Failure('test/refused', this.failing);
    const answer = make();
    const held = this.#held;
    if (held !== null) await new Promise<void>((resolve) => void held.push(resolve));
    return answer;
  }

  #row(index: number): CallRow {
    return callRow(index, index < this.decided ? (index % 5 === 4 ? 'denied' : 'allowed') : 'pending');
  }

  #under({ text, statuses }: RowFilter): readonly number[] {
    this.#everything =
      this.#everything.length === this.calls ? this.#everything : Array.from({ length: this.calls }, (_, at) => at);
    if (text === '' && statuses.length === 0) return this.#everything;
    return this.#everything.filter((index) => {
      const row = this.#row(index);
      return (statuses.length === 0 || statuses.includes(row.status)) && row.tool.includes(text);
    });
  }

  #items(from: number, count: number): readonly ItemRow[] {
    const length = Math.max(0, Math.min(count, this.items - from));
    return Array.from({ length }, (_, at) => itemRow(from + at, (from + at) % 100 !== 99));
  }

  #detail(index: number): CallDetail {
    if (index >= this.calls) throw new Failure('test/no-call', `There is no call ${index}`);
    return {
      row: this.#row(index),
      mode: 'filter',
      headline: `call ${index} at ${this.revision}`,
      phases: [],
      remedies: [],
      resource: null,
      coarse: null,
      agentBefore: none,
      agentAfter: none,
      origins: [],
      items: this.#items(0, 200),
      itemsTotal: this.items,
      itemsAllowed: this.items - Math.floor(this.items / 100),
      guardCalls: [],
      backendCalls: [],
      log: [],
      problems: [],
      args: { text: '{}', bytes: 2, truncated: false, json: true },
      backendResult: null,
      client: null,
      clientIsError: false,
      changes: [],
      clientUnknown: [],
      line: index + 1,
    };
  }
}

/** A memento in memory. */
export function keep(state?: unknown): Memento & { state: unknown } {
  return {
    state,
    read() {
      return this.state;
    },
    write(next) {
      this.state = next;
    },
  };
}

/** Waits until all pending requests and responses have arrived. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/** The request for a page of rows. */
export function page(from: number, filter: unknown = noFilter): unknown {
  return { from, count: 100, filter };
}

/** A host whose view has completed its initial requests. */
export async function started(host = new FakeHost()): Promise<FakeHost> {
  await host.store.start();
  await settle();
  host.asked.length = 0;
  return host;
}
