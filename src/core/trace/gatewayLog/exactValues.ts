/** What the reader of `rpc-messages.jsonl` asks of a log that holds the exact values which the gateway's sanitiser replaced. */
import type { CallDraft } from '../model/draft.ts';
import type { SanitizedPayload } from './sanitizer.ts';

/** What was recovered from one file. */
export interface RecoveredCounts {
  readonly file: string;
  readonly args: number;
  readonly results: number;
  /** Redacted calls that the file mentions without saying which of its values belong to them. */
  readonly ambiguous: number;
}

/** A source of exact values; the debug log is the only one (`core/trace/debugLog/debugLogRecovery.ts`). */
export interface ExactValues {
  /** The tool of a request whose name was destroyed; null when the source does not know it, or knows several. */
  toolOf(payload: SanitizedPayload): string | null;
  /** Takes a request of the log; requests come in order. */
  request(draft: CallDraft, payload: SanitizedPayload): void;
  /** Replaces redacted values in the drafts that were taken, where the match is certain; called once the drafts have their answers. */
  recover(): readonly RecoveredCounts[];
}
