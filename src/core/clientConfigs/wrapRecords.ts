/** Records of wrapped servers: the text of an entry before and after, so that unwrapping restores it byte for byte. */

/** One wrapped server. */
export interface WrapRecord {
  /** The configuration file. */
  readonly file: string;
  /** Keys from the root of the file to the entry. */
  readonly path: readonly string[];
  /** The text of the entry before wrapping. */
  readonly original: string;
  /** The text of the entry after wrapping. */
  readonly wrapped: string;
  /** Path of the copy of the whole file before wrapping. */
  readonly backup: string;
  /** ISO 8601. */
  readonly time: string;
  /** The server's address, which the tap's replaced; absent for a command. */
  readonly url?: string;
  /** Names of the variables that wrapping added. */
  readonly env?: readonly string[];
}

/** The record of an entry, or null. */
export function findRecord(records: readonly WrapRecord[], file: string, path: readonly string[]): WrapRecord | null {
  return records.find((record) => isRecordOf(record, file, path)) ?? null;
}

/** Whether a record is about this entry. */
export function isRecordOf(record: WrapRecord, file: string, path: readonly string[]): boolean {
  return record.file === file && record.path.length === path.length && record.path.every((key, at) => key === path[at]);
}
