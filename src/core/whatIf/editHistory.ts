/** The changes of calls that a user made in a view, with those that were undone: a value of states, each a list in the order of making. */
import type { CallChanges } from './callChanges.ts';
import type { EditedBase } from './editedCall.ts';

/** A call with its changes, and how it was before the first of them. */
export interface EditedEntry {
  readonly base: EditedBase;
  readonly changes: CallChanges;
}

type Entries = readonly EditedEntry[];

/** Most states that are kept for undo. */
const mostStates = 200;

export class EditHistory {
  #now: Entries = [];
  #past: readonly Entries[] = [];
  #future: readonly Entries[] = [];
  /** What the last change was about; a further one about the same is undone together with it, as typing is. */
  #last = '';

  /** The changes in force, one entry a call. */
  get now(): Entries {
    return this.#now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Sets the changes of a call in place of those that it has; none remove it. */
  set(base: EditedBase, changes: CallChanges): void {
    const members = Object.keys(changes).sort();
    const others = this.#now.filter((entry) => entry.base.call.index !== base.call.index);
    if (members.length === 0 && others.length === this.#now.length) return;
    const about = `${base.call.index} ${members.join()}`;
    const isTyping = about === this.#last && members.length > 0;
    this.#put(members.length === 0 ? others : [...others, { base, changes }], isTyping);
    this.#last = about;
  }

  /** Removes all changes. */
  clear(): void {
    if (this.#now.length > 0) this.#put([], false);
    this.#last = '';
  }

  /** Takes the last change back. */
  undo(): void {
    const before = this.#past.at(-1);
    if (before === undefined) return;
    this.#future = [...this.#future, this.#now];
    this.#past = this.#past.slice(0, -1);
    this.#now = before;
    this.#last = '';
  }

  /** Makes the change again that was undone last. */
  redo(): void {
    const next = this.#future.at(-1);
    if (next === undefined) return;
    this.#past = [...this.#past, this.#now];
    this.#future = this.#future.slice(0, -1);
    this.#now = next;
    this.#last = '';
  }

  /** Moves the entries to the calls of another trace; `moved` gives null for one that it does not have. What was before cannot be undone. */
  move(moved: (entry: EditedEntry) => EditedEntry | null): void {
    this.#now = this.#now.flatMap((entry) => moved(entry) ?? []);
    this.#past = [];
    this.#future = [];
    this.#last = '';
  }

  #put(entries: Entries, isTyping: boolean): void {
    if (!isTyping) this.#past = [...this.#past, this.#now].slice(-mostStates);
    this.#now = entries;
    this.#future = [];
  }
}
