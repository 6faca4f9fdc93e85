/** Holds back the records of calls that may turn out to be look-ups, and carries over what must survive a dropped record. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord, LabelPair } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import { lintCall } from '../lint/lintCall.ts';
import { marksOf } from '../lint/strictFindings.ts';
import { maxLookups } from './lookupMatching.ts';
import { replayWideCodes } from './replayProblems.ts';

/**
 * Most records that wait, over all servers. A look-up is close to its call, so a record that waits longer is that of an agent's call: one
 * silent server does not hold back a busy one.
 */
const mostHeld = 4 * maxLookups;

interface Held {
  readonly record: DecisionRecord;
  /** Whether a later call of the record's server may still claim it. */
  isOpen: boolean;
}

/** Records of all servers, in order, from the first that a later call may still claim as its look-up. */
export class HeldRecords {
  #held: Held[] = [];

  /** Adds the next record and returns those that can no longer be claimed. `isOpen`: whether the added one itself may be claimed. */
  add(record: DecisionRecord, isOpen: boolean): readonly DecisionRecord[] {
    if (!isOpen && this.#held.length === 0) return [record];
    this.#held.push({ record, isOpen });
    const open = this.#held.filter((each) => each.isOpen && each.record.server === record.server);
    if (!isOpen) for (const each of open) each.isOpen = false;
    else if (open.length > maxLookups && open[0] !== undefined) open[0].isOpen = false;
    const [first] = this.#held;
    if (this.#held.length > mostHeld && first !== undefined) first.isOpen = false;
    const end = this.#held.findIndex((each) => each.isOpen);
    return this.#held.splice(0, end < 0 ? this.#held.length : end).map((each) => each.record);
  }

  get all(): readonly DecisionRecord[] {
    return this.#held.map(({ record }) => record);
  }

  /** Whether the record with an index waits, because a later call may claim it. */
  isOpen(index: number): boolean {
    return this.#held.some(({ record, isOpen }) => isOpen && record.index === index);
  }

  /** Removes and returns all records. */
  release(): readonly DecisionRecord[] {
    return this.#held.splice(0).map(({ record }) => record);
  }

  /** Removes and returns the record with an index, whose call is a look-up. */
  take(index: number): readonly DecisionRecord[] {
    const taken = this.#held.filter(({ record }) => record.index === index);
    this.#held = this.#held.filter(({ record }) => record.index !== index);
    return taken.map(({ record }) => record);
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
  if (carryOvers.every((carryOver) => carryOver === noCarryOver)) return record;
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

/** Records in order of their calls. */
export function inCallOrder(records: readonly DecisionRecord[]): readonly DecisionRecord[] {
  return records.toSorted((a, b) => a.index - b.index);
}
