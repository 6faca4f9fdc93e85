/** What the panel shows of the clauses of the policy behind the decision of a call. */

/** A clause of the policy that has to do with the decision of a call. */
export interface ClauseRow {
  readonly id: string;
  /** The clause as it is written, such as `"workspace/docs" in repos`. */
  readonly title: string;
  /** Name of its file. */
  readonly file: string;
  /** Whether it decides the call, changes only the reason or the labels, or is only named by the reason. */
  readonly how: 'decides' | 'reason' | 'labels' | 'named';
  /** The outcome without it, such as `filtered 2/3`; empty when it decides nothing. */
  readonly would: string;
  /** What is put in its place to find out, as the begin of a sentence: `Without it`. */
  readonly without: string;
}

/** The clauses of the policy behind the decision of a call. */
export interface CallClauses {
  /** `none`: no policy with clauses is in use, or the call is not decided. */
  readonly state: 'none' | 'searching' | 'found' | 'long' | 'impossible';
  /** Why they cannot be found, as the end of a sentence, or how long it would take; empty otherwise. */
  readonly message: string;
  readonly rows: readonly ClauseRow[];
}
