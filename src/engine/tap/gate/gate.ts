/** The contract between a transport and a guard in its way: the transport shows every message to a gate, and sends what the gate sends. */

/** How a gate reaches both sides. A message is the bytes of one JSON-RPC message, without a line feed. */
export interface GatePorts {
  /** Sends a message of the gate (a look-up of the guard), or a message of the client that the gate held. */
  toServer(message: Uint8Array): void;
  /** Sends an answer in place of the server's, or a message of the server that the gate held. */
  toClient(message: Uint8Array): void;
}

/** One for each connection (a process on stdio, a session on HTTP). No method throws. A gate records the messages that it sees. */
export interface Gate {
  /** A message of the client. True: the transport passes it on at once. False: the gate took it, and sends what belongs in its place. */
  fromClient(message: Uint8Array): boolean;
  /** A message of the server. False also for answers to requests of the gate, which the client must never see. */
  fromServer(message: Uint8Array): boolean;
  /** Whether a message may pass that is too long for the gate to check. */
  passesUnseen(): boolean;
  /** Resolves when every call so far is decided. */
  settled(): Promise<void>;
  /** Resolves when every held message is dealt with, and the guard is unloaded. */
  close(): Promise<void>;
}

/** Makes the gate of a new connection. `session` is its name in the capture (empty where there is only one). */
export type GateFactory = (wire: GatePorts, session: string) => Gate;
