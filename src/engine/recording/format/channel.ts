/** Where the bytes of a recorded session come from, and what a transport knows about a message beside its bytes. */

/** A side of the connection, or what the server writes to its standard error. */
export type Channel = 'client' | 'server' | 'stderr';

/** What a transport knows about a message; it stands in the line before `msg`. */
export interface FrameMarks {
  /** Session of the connection, where one capture holds several. */
  readonly session?: string;
  /** Number of the HTTP request that carried it; absent on stdio. Clients without sessions may use one id at once. */
  readonly exchange?: number;
  /** A token of the credential of the client that sent the request; absent without one. */
  readonly agent?: string;
  /** The guard made this message (a look-up), not the client; or the message answers such a one. */
  readonly by?: 'guard';
  /** With `by`: the id of the client's request that it was made for. */
  readonly for?: string | number;
}
