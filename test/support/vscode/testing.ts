/** The part `tests` of the fake VS Code API: controllers with their items, and runs that remember the state of each item. */
import { fake, strict } from './state.ts';
import type { Position, Range, Uri } from './values.ts';

export class Location {
  readonly uri: Uri;
  readonly range: Range;

  constructor(uri: Uri, range: Range) {
    this.uri = uri;
    this.range = range;
  }
}

export class TestMessage {
  message: string;
  expectedOutput: string | undefined;
  actualOutput: string | undefined;
  location: Location | undefined;
  contextValue: string | undefined;

  constructor(message: string) {
    this.message = message;
  }

  static diff(message: string, expected: string, actual: string): TestMessage {
    return Object.assign(new TestMessage(message), { expectedOutput: expected, actualOutput: actual });
  }
}

export class TestRunRequest {
  readonly include: readonly FakeTestItem[] | undefined;
  readonly exclude: readonly FakeTestItem[] | undefined;
  readonly profile: unknown;
  readonly continuous: boolean;

  constructor(
    include?: readonly FakeTestItem[],
    exclude?: readonly FakeTestItem[],
    profile?: unknown,
    continuous = false,
  ) {
    this.include = include;
    this.exclude = exclude;
    this.profile = profile;
    this.continuous = continuous;
  }
}

export const TestRunProfileKind = { Run: 1, Debug: 2, Coverage: 3 };

/** The children of an item, or the items of a controller. */
class Items {
  readonly #items = new Map<string, FakeTestItem>();
  readonly #parent: FakeTestItem | undefined;

  constructor(parent?: FakeTestItem) {
    this.#parent = parent;
  }

  get size(): number {
    return this.#items.size;
  }

  add(item: FakeTestItem): void {
    item.parent = this.#parent;
    this.#items.set(item.id, item);
  }

  replace(items: readonly FakeTestItem[]): void {
    this.#items.clear();
    for (const item of items) {
      if (this.#items.has(item.id)) throw new Error(`two items have the id ${item.id}`);
      this.add(item);
    }
  }

  delete(id: string): void {
    this.#items.delete(id);
  }

  get(id: string): FakeTestItem | undefined {
    return this.#items.get(id);
  }

  forEach(callback: (item: FakeTestItem) => void): void {
    for (const item of this.#items.values()) callback(item);
  }

  [Symbol.iterator](): IterableIterator<[string, FakeTestItem]> {
    return this.#items.entries();
  }
}

export class FakeTestItem {
  readonly id: string;
  readonly uri: Uri | undefined;
  readonly children = new Items(this);
  parent: FakeTestItem | undefined;
  label: string;
  description: string | undefined;
  sortText: string | undefined;
  range: Range | undefined;
  error: string | undefined;

  constructor(id: string, label: string, uri?: Uri) {
    this.id = id;
    this.label = label;
    this.uri = uri;
  }
}

/** What a run said of an item last. */
export interface FakeState {
  readonly state: 'started' | 'passed' | 'failed' | 'errored';
  readonly messages: readonly TestMessage[];
}

/** A run: the states by label of the item, behind those of its parents. */
export class FakeTestRun {
  readonly states = new Map<string, FakeState>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
  output = '';
  ended = false;

  started(item: FakeTestItem): void {
    this.#set(item, 'started', []);
  }

  passed(item: FakeTestItem): void {
    this.#set(item, 'passed', []);
  }

  failed(item: FakeTestItem, messages: TestMessage | readonly TestMessage[]): void {
    this.#set(item, 'failed', messages);
  }

  errored(item: FakeTestItem, messages: TestMessage | readonly TestMessage[]): void {
    this.#set(item, 'errored', messages);
  }

  appendOutput(text: string): void {
    this.output += text;
  }

  end(): void {
    this.ended = true;
  }

  #set(item: FakeTestItem, state: FakeState['state'], messages: TestMessage | readonly TestMessage[]): void {
    if (this.ended) throw new Error('the run has ended');
    this.states.set(pathOf(item), { state, messages: messages instanceof TestMessage ? [messages] : messages });
  }
}

function pathOf({ parent, label }: FakeTestItem): string {
  return parent === undefined ? label : `${pathOf(parent)} > ${label}`;
}

/** The token of a request that a test cancels. */
export class FakeToken {
  isCancellationRequested = false;
  #listener: (() => void) | undefined;

  onCancellationRequested = (listener: () => void): { dispose(): void } => {
    this.#listener = listener;
    return { dispose: () => (this.#listener = undefined) };
  };

  cancel(): void {
    this.isCancellationRequested = true;
    this.#listener?.();
  }
}

type Handler = (request: TestRunRequest, token: FakeToken) => Promise<void>;

export class FakeTestController {
  readonly id: string;
  readonly items = new Items();
  readonly runs: FakeTestRun[] = [];
  refreshHandler: (() => Promise<void>) | undefined;
  #handler: Handler | undefined;
  isContinuous = false;

  constructor(id: string) {
    this.id = id;
  }

  createTestItem(id: string, label: string, uri?: Uri): FakeTestItem {
    return new FakeTestItem(id, label, uri);
  }

  createRunProfile(
    _label: string,
    _kind: number,
    handler: Handler,
    _isDefault: boolean,
    _tag: unknown,
    continuous: boolean,
  ): void {
    this.#handler = handler;
    this.isContinuous = continuous;
  }

  createTestRun(): FakeTestRun {
    const run = new FakeTestRun();
    this.runs.push(run);
    return run;
  }

  /** The user runs items; without items all. */
  async run(include?: readonly FakeTestItem[], token = new FakeToken(), continuous = false): Promise<void> {
    await this.#handler?.(new TestRunRequest(include, undefined, undefined, continuous), token);
  }

  dispose(): void {
    fake.controllers.delete(this.id);
  }
}

export const tests = strict('tests', {
  createTestController(id: string): FakeTestController {
    const controller = new FakeTestController(id);
    fake.controllers.set(id, controller);
    return controller;
  },
});

/** A place as line and column from 1, as editors show it. */
export function shownPlace({ line, character }: Position): string {
  return `${line + 1}:${character + 1}`;
}
