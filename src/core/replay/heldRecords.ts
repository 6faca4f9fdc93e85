/** Holds back the records of calls that may turn out to be look-ups, and passes on what of a dropped record must not be lost. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord, LabelPair } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { maxClaimed } from './lookupMatching.ts';
import { aboutReplay } from './replayProblems.ts';

/** Records of calls that a later call may still claim, in order. */
export class HeldRecords {
  #records: DecisionRecord[] = [];

  /** Takes the next record; gives those that nobody can claim any more. */
  add(record: DecisionRecord, isOpen: boolean): readonly DecisionRecord[] {
    this.#records.push(record);
    if (!isOpen) return this.release();
    return this.#records.length > maxClaimed ? this.#records.splice(0, 1) : [];
  }

  get all(): readonly DecisionRecord[] {
    return this.#records;
  }

  release(): readonly DecisionRecord[] {
    return this.#records.splice(0);
  }

  /** Removes the record of a call that is none. */
  take(index: number): readonly DecisionRecord[] {
    const taken = this.#records.filter((record) => record.index === index);
    this.#records = this.#records.filter((record) => record.index !== index);
    return taken;
  }
}

/** What a dropped record leaves: problems of the whole replay, and the run of `label_agent` when it was in that call. */
export interface Legacy {
  readonly problems: readonly Problem[];
  readonly agentStart: LabelPair | null;
  readonly guardCalls: readonly GuardCallRecord[];
}

export const nothing: Legacy = { problems: [], agentStart: null, guardCalls: [] };

export function legacyOf(record: DecisionRecord): Legacy {
  return {
    problems: record.problems.filter(({ code }) => lasting.has(code)),
    agentStart: record.agentStart ?? null,
    guardCalls: record.guardCalls.filter((call) => call.function === 'label_agent'),
  };
}

/** The record of a call that was taken for a look-up, without the note that says so. */
export function asCall(record: DecisionRecord): DecisionRecord {
  return { ...record, problems: record.problems.filter(({ code }) => code !== 'replay/reclassified') };
}

/** The record with everything that others left, as if it had been the first. */
export function inherit(record: DecisionRecord, legacies: readonly Legacy[]): DecisionRecord {
  const agentStart = legacies.find((legacy) => legacy.agentStart !== null)?.agentStart ?? null;
  return {
    ...record,
    ...(agentStart === null ? {} : { agentStart }),
    guardCalls: [...legacies.flatMap(({ guardCalls }) => guardCalls), ...record.guardCalls],
    problems: [...legacies.flatMap(({ problems }) => problems), ...record.problems],
  };
}

/** Problems that are not about the one call. */
const lasting: ReadonlySet<string> = new Set([...aboutReplay, 'replay/reclassified']);
