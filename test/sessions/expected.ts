/** The differences between recorded sessions and their replays that are known, with their reasons. */

/** Differences of a session that have one reason. */
export interface Expected {
  readonly reason: string;
  /** As `Difference.what` names them. */
  readonly differences: readonly string[];
}

const reasons = {
  code: 'The log does not have the code of a JSON-RPC error of the backend; the record says so.',
  destroyed: "The log's sanitiser destroyed the arguments, so a replay cannot decide the call; its record says so.",
  lost: "The log's sanitiser destroyed the answer, so a replay cannot know it.",
  redacted: 'The log has [REDACTED] in place of what the client received.',
} as const;

/** By session. An entry goes when the replay gives what the client received; the test says which. */
export const expected: Readonly<Record<string, readonly Expected[]>> = {
  'destroyed-requests': [
    {
      reason: reasons.destroyed,
      differences: ['0 files write_file: client', '6 memory create_entities: client', '8 files write_file: client'],
    },
    { reason: reasons.lost, differences: ['2 files read_text_file: client', '9 memory search_nodes: client'] },
    { reason: reasons.redacted, differences: ['3 safeoutputs add_comment: client', '7 safeoutputs list_sent: client'] },
  ],
  'destroyed-write': [
    { reason: reasons.destroyed, differences: ['0 files write_file: client'] },
    { reason: reasons.lost, differences: ['1 files read_text_file: client'] },
  ],
  'http-backend': [{ reason: reasons.code, differences: ['2 files read_text_file: client'] }],
  'jq-unguarded': [{ reason: reasons.code, differences: ['12 plain add_note: client'] }],
  'odd-answers': [
    { reason: reasons.code, differences: ['20 files read_text_file: client', '21 plain list_notes: client'] },
    { reason: reasons.redacted, differences: ['22 files read_text_file: client', '23 plain list_notes: client'] },
  ],
  'unknown-tools': [
    {
      reason: reasons.code,
      differences: ['14 plain list_notes: client', '15 plain list_notes: client', '17 files read_text_file: client'],
    },
  ],
};
