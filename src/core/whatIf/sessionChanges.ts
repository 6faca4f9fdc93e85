/** The changes of the calls of a session, as a replay applies them. */
import { Failure } from '../base/failure.ts';
import type { EditedPart, EnforcementMode, LabelPair } from '../difc/record/decision.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import { applyChanges, editedParts } from './applyChanges.ts';
import type { EditedCall } from './callChanges.ts';

/** What a call has in the recording, and with its changes. */
interface Applied {
  readonly from: Pick<TraceCall, 'args' | 'answer'>;
  readonly to: Pick<TraceCall, 'args' | 'answer'>;
}

export class SessionChanges {
  readonly #changed: readonly EditedCall[];
  readonly #byCall: ReadonlyMap<number, EditedCall>;
  /** By call: a growing trace is read again, and values that are the same must stay the same objects. */
  readonly #applied = new Map<number, Applied>();

  constructor(changed: readonly EditedCall[]) {
    this.#changed = changed.toSorted((a, b) => a.call - b.call);
    this.#byCall = new Map(changed.map((each) => [each.call, each]));
  }

  /** Index of the first changed call; Infinity without changes. */
  get first(): number {
    return this.#changed[0]?.call ?? Infinity;
  }

  /** The calls with their changes. Throws `changes/unusable` when one cannot be applied, and `changes/other-call` when it is of another tool. */
  applyTo(calls: readonly TraceCall[]): readonly TraceCall[] {
    if (this.#changed.length === 0) return calls;
    return calls.map((call) => {
      const changed = this.#byCall.get(call.index);
      return changed === undefined ? call : this.#applyTo(call, changed);
    });
  }

  /** The labels and the mode that a call is decided with in place of its own. */
  optionsAt(index: number): { readonly labels?: LabelPair; readonly mode?: EnforcementMode } {
    const labels = this.#byCall.get(index)?.changes.labels;
    const mode = this.#changed.findLast(({ call, changes }) => call <= index && changes.mode !== undefined)?.changes
      .mode;
    return { ...(labels === undefined ? {} : { labels }), ...(mode === undefined || mode === null ? {} : { mode }) };
  }

  /** What a record says of the changes: what was changed at the call, or only before it. Nothing for a call before the first changed one. */
  noteAt(index: number): { readonly hypothetical?: readonly EditedPart[] } {
    if (index < this.first) return {};
    const changed = this.#byCall.get(index);
    return { hypothetical: changed === undefined ? [] : editedParts(changed.changes) };
  }

  #applyTo(call: TraceCall, changed: EditedCall): TraceCall {
    const known = this.#applied.get(call.index);
    const isKnown = known !== undefined && known.from.args === call.args && known.from.answer === call.answer;
    const { args, answer } = isKnown ? known.to : changedValues(call, changed);
    this.#applied.set(call.index, { from: call, to: { args, answer } });
    const { argsLost, ...rest } = call;
    return { ...rest, args, answer, ...(argsLost === undefined || args !== call.args ? {} : { argsLost }) };
  }
}

function changedValues(call: TraceCall, { tool, changes }: EditedCall): Applied['to'] {
  if (tool !== undefined && tool !== call.tool) throw otherTool(call, tool);
  const applied = applyChanges(call, changes);
  if (applied.ok) return applied;
  const message = `The changes of call ${call.index + 1} (${call.tool}) cannot be used: ${applied.reason}`;
  throw new Failure('changes/unusable', message, 'Correct the changes of this call');
}

function otherTool({ index, tool }: TraceCall, expected: string): Failure {
  const message = `Call ${index + 1} is of "${tool}", and its changes are for "${expected}"`;
  return new Failure(
    'changes/other-call',
    message,
    'The trace has other calls than when the changes were made; correct their numbers',
  );
}
