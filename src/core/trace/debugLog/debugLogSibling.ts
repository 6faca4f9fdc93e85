/** Reads a debug log next to a trace, which provides exact values, policies, and messages of the guard. */
import type { Line } from '../../base/lines.ts';
import type { Problem } from '../../base/parsed.ts';
import { GatewayDebugLogReader } from './debugLog.ts';
import { buildDebugLog, type DebugLog, recordedGuardLog, recordedLabelAgents } from './debugLogCalls.ts';
import { type DeniedDraft, deniedDrafts } from './debugLogDenied.ts';
import type { DebugLogRecovery } from './debugLogRecovery.ts';
import { reportPolicies } from './debugLogTrace.ts';
import { decodeLine } from '../model/storedAnswer.ts';
import type { LineStore } from '../model/payloads.ts';
import { TraceProblems } from '../model/traceProblems.ts';

import type { CallDraft } from '../model/draft.ts';
import type { RecordedGuardLog, RecordedPolicy } from '../model/traceModel.ts';
import type { RecordedLabelAgent } from '../model/witness.ts';

/** What a debug log adds to a trace. */
export interface GatheredDebugLog {
  readonly policies: readonly RecordedPolicy[];
  readonly labelAgents: readonly RecordedLabelAgent[];
  /** Calls that only the debug log has. Call it when the drafts have their exact values. */
  readonly denied: () => readonly DeniedDraft[];
  /** Returns the guard's messages. Call it when the calls have their indexes. */
  readonly guardLog: (indexOf: (draft: CallDraft) => number | null) => readonly RecordedGuardLog[];
  /** Problems of the debug log, if it is not the trace itself. */
  readonly problems: readonly Problem[];
}

/** A debug log next to a trace, and the problems in it. */
export interface SiblingDebugLog {
  readonly log: DebugLog;
  readonly problems: readonly Problem[];
}

/** Reader of a debug log next to a trace. Lines must be passed in order. */
export class SiblingDebugLogReader {
  readonly #file: string;
  readonly #problems: TraceProblems;
  readonly #reader: GatewayDebugLogReader;

  constructor(file: string, store: LineStore) {
    this.#file = file;
    this.#problems = new TraceProblems(file);
    this.#reader = new GatewayDebugLogReader(this.#problems, store);
  }

  /** Whether the file contains a guard input so far. */
  get hasInputs(): boolean {
    return this.#reader.hasInputs;
  }

  line(line: Line): void {
    if (line.bytes !== null) this.#reader.line(line, line.bytes, decodeLine(line.bytes));
    else this.#reader.damaged(line, decodeLine(line.beginning));
  }

  /** Returns the log; null for a file without guard inputs. */
  end(growing = false): SiblingDebugLog | null {
    const problems = this.#problems.copy();
    const content = this.#reader.content(problems, growing);
    if (content.inputs.length === 0) return null;
    const log = buildDebugLog(content, this.#file);
    reportPolicies(log, problems);
    return { log, problems: problems.list() };
  }
}

/** Collects what debug logs add to a trace. `recovery` maps their calls to drafts. */
export function gatherSiblings(siblings: readonly SiblingDebugLog[], recovery: DebugLogRecovery): GatheredDebugLog {
  return {
    policies: siblings.flatMap(({ log }) => log.policies),
    denied: () =>
      siblings.flatMap(({ log }) =>
        deniedDrafts(
          log,
          (call) => recovery.draftOf(call),
          (call) => recovery.isLogged(call),
        ),
      ),
    labelAgents: siblings.flatMap(({ log }) => recordedLabelAgents(log)),
    problems: siblings.flatMap(({ problems }) => problems),
    guardLog: (indexOf) =>
      siblings.flatMap(({ log }) =>
        recordedGuardLog(log, (call) => {
          const draft = recovery.draftOf(call);
          return draft === undefined ? null : indexOf(draft);
        }),
      ),
  };
}
