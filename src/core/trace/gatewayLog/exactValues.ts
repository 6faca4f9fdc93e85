/** Interface to a log with the exact values that the gateway's sanitiser replaced in `rpc-messages.jsonl`. */
import type { CallDraft } from '../model/draft.ts';
import type { SanitizedPayload } from './sanitizer.ts';

/** What was recovered from one file. */
export interface RecoveredCounts {
  readonly file: string;
  readonly args: number;
  readonly results: number;
  /** Redacted calls for which the file has several possible values. */
  readonly ambiguous: number;
}

/** A source of exact values; the debug log is the only one (`core/trace/debugLog/debugLogRecovery.ts`). */
export interface ExactValues {
  /** Returns the tool of a request whose tool name was destroyed; null when unknown or ambiguous. */
  toolOf(payload: SanitizedPayload): string | null;
  /** Adds a request of the log. Requests must be added in order. */
  request(draft: CallDraft, payload: SanitizedPayload): void;
  /** Replaces redacted values in the added drafts where the match is certain. Call it when the drafts have their answers. */
  recover(): readonly RecoveredCounts[];
}
