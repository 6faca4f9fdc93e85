/** What may stand in the way of the messages of one connection: a guard that watches or enforces. Transports call it and carry out what it sends. */

/** How a gate reaches both sides. Messages are the bytes of one JSON-RPC message, without a line feed. */
export interface GatePorts {
  /** Sends a message of the gate's own (a look-up of the guard), or one of the client's that it had held. */
  toServer(message: Uint8Array): void;
  /** Sends an answer in place of the server's, or one of the server's that it had held. */
  toClient(message: Uint8Array): void;
}

/** One for each connection (a process on stdio, a session on HTTP). Nothing here throws; it records what it sees. */
export interface Gate {
  /** A message of the client. True: the transport passes it on at once; false: the gate took it and sends what belongs. */
  fromClient(message: Uint8Array): boolean;
  /** A message of the server. False also for answers to the gate's own requests, which the client must never see. */
  fromServer(message: Uint8Array): boolean;
  /** Whether a message of the client that is too long to be looked at may pass. */
  passesUnseen(): boolean;
  /** Resolves when every call so far is decided. */
  settled(): Promise<void>;
  /** Resolves when everything that was held has been dealt with, and the guard is gone. */
  close(): Promise<void>;
}

/** Makes the gate of a new connection; `session` names it in the capture (empty where there is only one). */
export type GateFactory = (wire: GatePorts, session: string) => Gate;
