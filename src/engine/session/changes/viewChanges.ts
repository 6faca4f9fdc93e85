/** What a user changed of the calls of a view, to see how they and the calls behind them are decided then. */
import { Failure } from '../../../core/base/failure.ts';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import { alignCalls, callKey } from '../../../core/diff/alignCalls.ts';
import type { DecisionRecord, EnforcementMode } from '../../../core/difc/record/decision.ts';
import type { WhatIfState } from '../../../core/protocol/panel.ts';
import type { Trace, TraceCall } from '../../../core/trace/model/traceModel.ts';
import { applyChanges } from '../../../core/whatIf/applyChanges.ts';
import type { CallChanges, EditedCall, UnusableChanges } from '../../../core/whatIf/callChanges.ts';
import { changesIn, describeChanges, editableCall, type EditedBase } from '../../../core/whatIf/editedCall.ts';
import { EditHistory, type EditedEntry } from '../../../core/whatIf/editHistory.ts';
import { writtenChanges } from '../../../core/whatIf/writtenChanges.ts';
import type { Comparison } from '../comparison.ts';
import { Renewal } from '../renewal.ts';
import type { Deciding } from '../whatIf.ts';

/** The view that is changed. */
interface ChangedView {
  readonly trace: Trace;
  readonly comparison: Comparison;
  record(index: number): DecisionRecord | undefined;
}

/** Most descriptions of one call, and of all that are sent to the panel. */
const mostOfCall = 20;
const mostShown = 50;

export class ViewChanges {
  readonly #view: ChangedView;
  readonly #again: Omit<Deciding, 'saved'>;
  readonly #history = new EditHistory();
  #dropped: readonly Problem[] = [];
  /** The descriptions of the last state: a response may be large, and the state is asked for many times a second. */
  #described: { readonly of: readonly EditedEntry[]; readonly lines: WhatIfState['changes'] } = { of: [], lines: [] };

  constructor(view: ChangedView, again: Omit<Deciding, 'saved'>) {
    this.#view = view;
    this.#again = again;
  }

  /** The changes in force, for a run. */
  get edited(): readonly EditedCall[] {
    return this.#history.now.map(({ base: { call }, changes }) => ({ call: call.index, tool: call.tool, changes }));
  }

  get state(): WhatIfState {
    const { now, canUndo, canRedo } = this.#history;
    if (this.#described.of !== now) this.#described = { of: now, lines: describedLines(now) };
    const { lines } = this.#described;
    return { changes: lines.slice(0, mostShown), total: lines.length, mode: this.#mode, canUndo, canRedo };
  }

  /** Changes that another trace has no call for. */
  get problems(): readonly Problem[] {
    return this.#dropped;
  }

  /** What a user edits of a call; throws `changes/not-decided` for one without a decision. */
  editable(index: number): JsonObject {
    const base = this.#baseOf(index);
    return editableCall(base, this.#entryOf(index)?.changes ?? {});
  }

  /** Decides with an edited text of a call. Returns why it cannot be used; then the decisions stay. Throws `changes/not-decided`. */
  async set(index: number, text: JsonValue, at: number): Promise<UnusableChanges | null> {
    await this.#again.caughtUp();
    const base = this.#baseOf(index);
    const changes = changesIn(text, base);
    if (!changes.ok) return changes;
    await this.#change(at, () => this.#history.set(base, changes.value));
    return null;
  }

  /** Decides all calls in this mode, whatever the guards answer; null: in theirs. Throws `changes/not-decided`. */
  async setMode(mode: EnforcementMode | null, at: number): Promise<void> {
    await this.#again.caughtUp();
    const [call] = this.#view.trace.calls;
    if (call === undefined) throw notDecided(0);
    const base = this.#entryOf(0)?.base ?? baseWith(call, this.#view.record(0));
    const { mode: _mode, ...others } = this.#entryOf(0)?.changes ?? {};
    const changes: CallChanges = mode === null ? others : { ...others, mode };
    await this.#change(at, () => this.#history.set(base, changes));
  }

  async undo(at: number): Promise<void> {
    await this.#change(at, () => this.#history.undo());
  }

  async redo(at: number): Promise<void> {
    await this.#change(at, () => this.#history.redo());
  }

  async dropAll(at: number): Promise<void> {
    await this.#change(at, () => this.#history.clear());
  }

  /** The changes as a file for `replay --changes`. */
  written(): JsonObject {
    return writtenChanges(this.#history.now);
  }

  /** Keeps the changes of calls that another trace has too, which is not a longer reading of this one. The caller decides anew. */
  moveTo(before: Trace, after: Trace): void {
    const { now } = this.#history;
    if (now.length === 0) return;
    const places = new Map<number, number>();
    for (const { before: was, after: is } of alignCalls(before.calls.map(callKey), after.calls.map(callKey))) {
      if (was !== null && is !== null) places.set(was, is);
    }
    const movedTo = ({ base }: EditedEntry): TraceCall | undefined => after.calls[places.get(base.call.index) ?? -1];
    const isKept = (entry: EditedEntry): boolean => {
      const call = movedTo(entry);
      return call !== undefined && applyChanges(call, entry.changes).ok;
    };
    this.#dropped = now.filter((entry) => !isKept(entry)).map(droppedProblem);
    this.#history.move((entry) => {
      const call = movedTo(entry);
      return call === undefined || !isKept(entry) ? null : { ...entry, base: { ...entry.base, call } };
    });
    if (this.#history.now.length === 0) this.#view.comparison.release(this);
  }

  get #mode(): EnforcementMode | null {
    return this.#entryOf(0)?.changes.mode ?? null;
  }

  async #change(at: number, change: () => void): Promise<void> {
    const before = this.#history.now;
    const was = JSON.stringify(this.edited);
    change();
    this.#dropped = [];
    if (before.length === 0 && this.#history.now.length > 0)
      this.#view.comparison.hold(this, 'the session without your changes');
    if (was !== JSON.stringify(this.edited)) await this.#again.renew(new Renewal('', at, 'edited'));
    if (this.#history.now.length === 0) this.#view.comparison.release(this);
  }

  #entryOf(index: number): EditedEntry | undefined {
    return this.#history.now.find(({ base }) => base.call.index === index);
  }

  /** A call that is changed already keeps the labels and the mode that it had before. */
  #baseOf(index: number): EditedBase {
    const call = this.#view.trace.calls[index];
    const record = this.#view.record(index);
    const known = this.#entryOf(index);
    if (call === undefined || (record === undefined && known === undefined)) throw notDecided(index);
    return known === undefined ? baseWith(call, record) : { ...known.base, call };
  }
}

function baseWith(call: TraceCall, record: DecisionRecord | undefined): EditedBase {
  return { call, labels: record?.agentBefore ?? null, mode: record?.mode ?? null };
}

function describedLines(entries: readonly EditedEntry[]): WhatIfState['changes'] {
  return entries.flatMap(({ base, changes }) =>
    describeChanges(base, changes, mostOfCall).map((text) => ({ call: base.call.index, text })),
  );
}

function notDecided(index: number): Failure {
  const message = `Call ${index + 1} has no decision, so there is nothing that a change of it could be compared with`;
  return new Failure('changes/not-decided', message, 'Replay the trace with a guard for its server first');
}

function droppedProblem({ base: { call } }: EditedEntry): Problem {
  return {
    severity: 'warning',
    code: 'changes/dropped',
    message: `Your change of call ${call.index + 1} (${call.tool}) is dropped: the trace was captured anew and does not have this call`,
    hint: 'Change the call that is in its place',
  };
}
