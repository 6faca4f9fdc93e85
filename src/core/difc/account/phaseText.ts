/** The parts of a phase's account: its status, its sentences and the tags that they name. */
import type { LabelKind } from '../monitor/flowLabels.ts';
import type { PhaseId } from '../record/decision.ts';

/** Result of a phase: `done`, `warning` (done, with a surprising result), `stopped` (the call ended here) or `skipped` (not run or without effect). */
export type PhaseStatus = 'done' | 'stopped' | 'warning' | 'skipped';

/** Tags that a phase names, and the role they play; sorted. */
export interface PhaseTags {
  readonly role: 'agent' | 'resource' | 'missing' | 'gained' | 'lost';
  readonly kind: LabelKind;
  readonly tags: readonly string[];
}

/** One phase of the account. */
export interface PhaseAccount {
  readonly id: PhaseId;
  readonly title: string;
  readonly status: PhaseStatus;
  /** Plain sentences without a full stop, in reading order. */
  readonly sentences: readonly string[];
  /** Only lists that are not empty; absent when the phase names no tags. */
  readonly tags?: readonly PhaseTags[];
}

/** The text of a phase before its status is known. */
export interface PhaseText {
  readonly sentences: readonly string[];
  readonly tags?: readonly PhaseTags[];
  /** The phase had no effect on this call. */
  readonly idle?: boolean;
  /** The call continued, but not as its author would expect. */
  readonly surprising?: boolean;
}
