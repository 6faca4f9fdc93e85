/** Holds back the records of calls that may turn out to be look-ups, and carries over what must survive a dropped record. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord, LabelPair } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { lintCall } from '../lint/lintCall.ts';
import { marksOf } from '../lint/strictFindings.ts';
import { maxLookups } from './lookupMatching.ts';
import { replayWideCodes } from './replayProblems.ts';

/** Records, in order, of calls that a later call may still claim as its look-ups. */
export class HeldRecords {
  #records: DecisionRecord[] = [];

  /** Adds the next record and returns those that can no longer be claimed. `isOpen`: whether the added one itself may be claimed. */
  add(record: DecisionRecord, isOpen: boolean): readonly DecisionRecord[] {
    this.#records.push(record);
    if (!isOpen) return this.release();
    return this.#records.length > maxLookups ? this.#records.splice(0, 1) : [];
  }

  get all(): readonly DecisionRecord[] {
    return this.#records;
  }

  /** Removes and returns all records. */
  release(): readonly DecisionRecord[] {
    return this.#records.splice(0);
  }

  /** Removes and returns the record with an index, whose call is a look-up. */
  take(index: number): readonly DecisionRecord[] {
    const taken = this.#records.filter((record) => record.index === index);
    this.#records = this.#records.filter((record) => record.index !== index);
    return taken;
  }
}

/** What must move from a dropped record to the next one: problems of the replay as a whole, and the `label_agent` call with its findings. */
export interface CarryOver {
  readonly problems: readonly Problem[];
  readonly agentStart: LabelPair | null;
  readonly guardCalls: readonly GuardCallRecord[];
}

export const noCarryOver: CarryOver = { problems: [], agentStart: null, guardCalls: [] };

export function carryOverOf(record: DecisionRecord): CarryOver {
  const guardCalls = record.guardCalls.filter((call) => call.function === 'label_agent');
  const ofAgent = new Set(lintCall({ ...record, guardCalls }).map(({ message }) => message));
  return {
    problems: record.problems.filter(({ code, message }) => carriedCodes.has(code) || ofAgent.has(message)),
    agentStart: record.agentStart ?? null,
    guardCalls,
  };
}

/** The record of a call that was taken for a look-up, as an agent call: without the note about the look-up. */
export function asAgentCall(record: DecisionRecord): DecisionRecord {
  return { ...record, problems: record.problems.filter(({ code }) => code !== 'replay/reclassified') };
}

/** The record with everything carried over to it, as if its call had been the first. */
export function withCarryOver(record: DecisionRecord, carryOvers: readonly CarryOver[]): DecisionRecord {
  const agentStart = carryOvers.find((carryOver) => carryOver.agentStart !== null)?.agentStart ?? null;
  const problems = [...carryOvers.flatMap((carryOver) => carryOver.problems), ...record.problems];
  return {
    ...record,
    ...(agentStart === null ? {} : { agentStart }),
    guardCalls: [...carryOvers.flatMap(({ guardCalls }) => guardCalls), ...record.guardCalls],
    problems,
    marks: marksOf(record, problems),
  };
}

/** Codes of problems that are not about one call. */
const carriedCodes: ReadonlySet<string> = new Set([...replayWideCodes, 'replay/reclassified']);
