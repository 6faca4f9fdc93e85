/** The contract between a transport and a guard in its way: the transport shows every message to a gate, and sends what the gate sends. */

/**
 * How a gate reaches both sides. A message is the bytes of one JSON-RPC message, without a line feed. `exchange` is the HTTP request that
 * the message belongs to; 0 where the transport has none (stdio).
 */
export interface GatePorts {
  /** Name of the connection in the capture; empty where there is only one, null while the server has not named it yet. */
  readonly session: string | null;
  /** The token of the agent that sent this exchange, for the capture; empty without one. Absent: the transport has no credentials. */
  readonly agentOf?: (exchange: number) => string;
  /** Sends a message of the gate, such as a look-up of the guard, or a call of the client that the guard allowed. */
  toServer(message: Uint8Array, exchange: number): void;
  /** Sends an answer in place of the server's, or a message of the server that the gate held. */
  toClient(message: Uint8Array, exchange: number): void;
}

/** One for each connection (a process on stdio, a session on HTTP). No method throws. A gate records the messages that it sees. */
export interface Gate {
  /**
   * A message of the client. Returns the bytes that the transport passes on at once: those of the client, or what the gate wrote in their
   * place. null: the gate took the message, and sends what belongs in its place.
   */
  fromClient(message: Uint8Array, exchange: number): Uint8Array | null;
  /** A message of the server, which came in this exchange. null also for answers to requests of the gate, which the client must never see. */
  fromServer(message: Uint8Array, exchange: number): Uint8Array | null;
  /** Whether a message may pass that is too long for the gate to check; never while a guard enforces. */
  passesUnseen(): boolean;
  /** A message of the client was too long to check and did not pass; the gate answers it. */
  tooLong(exchange: number): void;
  /** The headers that repeat arguments of the call in a message of the gate (`KnownTools.paramHeaders`), for a transport that has headers. */
  paramHeaders(message: Uint8Array): readonly (readonly [name: string, value: string])[];
  /** The connection has got its name, so what was recorded of it so far can be written. */
  named(): void;
  /** Resolves when every call so far is decided. */
  settled(): Promise<void>;
  /** Number of calls that the guard has not decided. */
  undecided(): number;
  /** Resolves when every held message is dealt with, and the guard is unloaded. `hurry`: from then on, a guard that makes no progress is stopped. */
  close(hurry?: AbortSignal): Promise<void>;
}

/** Makes the gates of a tap. */
export interface Gates {
  /** Makes the gate of a new connection. */
  make(wire: GatePorts): Gate;
  /** Whether the guard's decisions are enforced now. */
  enforces(): boolean;
}
