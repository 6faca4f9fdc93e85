/** What changed from one run to another: the calls that are decided differently, and how many of each kind. */
import type { JsonValue } from '../base/json.ts';
import type { DecisionRecord, Outcome } from '../difc/record/decision.ts';
import { compareDecisions, type DecisionChange } from './compareDecisions.ts';
import { type SlowerCall, slowerText } from './slowerCalls.ts';
import { type ChangeKind, changeKinds } from '../difc/record/changeKind.ts';

/** A call that is decided differently, or that one run does not have. */
export interface ChangedCall {
  /** Index of the call in each run; null where the run does not have it. */
  readonly before: number | null;
  readonly after: number | null;
  readonly server: string;
  readonly agent: string;
  readonly tool: string;
  readonly args: JsonValue;
  /** By weight; empty for a call that one run does not have. */
  readonly changes: readonly DecisionChange[];
}

/** Counts of a comparison. */
export interface DiffCounts {
  /** Calls that both runs have. */
  readonly compared: number;
  /** Those of them that are decided differently. */
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** Calls of which the recorded session does not say how they were decided. */
  readonly uncompared: number;
  /** Changed calls by kind; a call may count for several. */
  readonly kinds: ReadonlyMap<ChangeKind, number>;
  /** Changed calls by what became of their outcome, such as `allowed → denied`, the most frequent first. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** Compares the calls of two runs one after the other, and counts. */
export class RunDiff {
  #compared = 0;
  #changed = 0;
  #added = 0;
  #removed = 0;
  #uncompared = 0;
  readonly #kinds = new Map<ChangeKind, number>();
  readonly #outcomes = new Map<string, number>();

  /** The difference of a call; null when it is decided as before, and takes no longer. One of the records must be there. */
  compare(
    before: DecisionRecord | undefined,
    after: DecisionRecord | undefined,
    slower?: SlowerCall,
  ): ChangedCall | null {
    const shown = after ?? before;
    if (shown === undefined) return null;
    const { server, agent, tool, args } = shown;
    if (before === undefined || after === undefined) {
      if (before === undefined) this.#added++;
      else this.#removed++;
      const places = { before: before?.index ?? null, after: after?.index ?? null };
      return { ...places, server, agent, tool, args, changes: [] };
    }
    const changes = compareDecisions(before, after);
    const all = slower === undefined ? changes : withSlower(changes, slower);
    const changed = this.count(before.outcome, after, all);
    return changed === null ? null : { ...changed, before: before.index };
  }

  /** Counts a call of both runs that was compared already. `was`: its outcome in the first run. Null when nothing changed. */
  count(was: Outcome, after: DecisionRecord, changes: readonly DecisionChange[]): ChangedCall | null {
    this.#compared++;
    if (changes.length === 0) return null;
    this.#changed++;
    for (const { kind } of changes) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    if (changes.some(({ kind }) => kind === 'outcome') && was !== after.outcome) {
      const flip = `${was} → ${after.outcome}`;
      this.#outcomes.set(flip, (this.#outcomes.get(flip) ?? 0) + 1);
    }
    const { index, server, agent, tool, args } = after;
    return { before: index, after: index, server, agent, tool, args, changes };
  }

  /** Counts a call that cannot be compared. */
  pass(): null {
    this.#uncompared++;
    return null;
  }

  get counts(): DiffCounts {
    const byCount = [...this.#outcomes].sort(([, one], [, other]) => other - one);
    return {
      compared: this.#compared,
      changed: this.#changed,
      added: this.#added,
      removed: this.#removed,
      uncompared: this.#uncompared,
      kinds: new Map(this.#kinds),
      outcomes: new Map(byCount),
    };
  }
}

/** The changes with that of the time, by weight. */
function withSlower(changes: readonly DecisionChange[], slower: SlowerCall): readonly DecisionChange[] {
  const { before, after } = slower;
  const change: DecisionChange = { kind: 'time', pointer: '/guardCalls', before, after, text: slowerText(slower) };
  return [...changes, change].sort((a, b) => changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind));
}
