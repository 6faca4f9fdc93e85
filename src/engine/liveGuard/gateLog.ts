/** What a gate records of its connection: the messages of both sides, the guard's calls, and what the client got in place of an answer. */
import { jsonText } from '../../core/base/jsonText.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import type { MessageId } from '../../core/mcp/message.ts';
import type { GatePorts } from '../tap/gate/gate.ts';
import type { RecordingSink } from '../recording/tapSide/recordingSink.ts';

/** Members that mark every line of a connection. */
interface Marks {
  readonly session?: string;
  readonly exchange?: number;
}

export class GateLog {
  readonly #recording: RecordingSink;
  readonly #connection: Pick<GatePorts, 'session' | 'agentOf'>;
  /** What waits for the name of the connection. */
  #held: (() => void)[] = [];

  constructor(recording: RecordingSink, connection: Pick<GatePorts, 'session' | 'agentOf'>) {
    this.#recording = recording;
    this.#connection = connection;
  }

  /** The connection has got its name. */
  named(): void {
    for (const write of this.#held.splice(0)) write();
  }

  message(dir: 'client' | 'server', bytes: Uint8Array, exchange: number): void {
    const agent = dir === 'client' ? (this.#connection.agentOf?.(exchange) ?? '') : '';
    const asked = agent === '' ? {} : { agent };
    this.#write(() => this.#recording.message(dir, bytes, { ...this.#marks(exchange), ...asked }));
  }

  /** A message that the gate made or got itself. `madeFor`: id of the client's request; null when there is none. */
  own(dir: 'client' | 'server', bytes: Uint8Array, exchange: number, madeFor: MessageId | null): void {
    const about = madeFor === null ? {} : { for: madeFor };
    this.#write(() => this.#recording.message(dir, bytes, { ...this.#marks(exchange), by: 'guard', ...about }));
  }

  /** The calls of the guard for a request of the client. */
  guardCalls(madeFor: MessageId, exchange: number, calls: readonly GuardCallRecord[]): void {
    this.#write(() => this.#recording.line(jsonText({ ...this.#marks(exchange), for: madeFor, guard: calls })));
  }

  /** The message that the client got in place of the server's answer, as JSON text. */
  client(madeFor: MessageId | null, exchange: number, outcome: string, message: string): void {
    this.#write(() => {
      const line = JSON.stringify({ ...this.#marks(exchange), for: madeFor, mode: 'enforce', outcome });
      this.#recording.line(`${line.slice(0, -1)},"client":${message}}`);
    });
  }

  /** Something that happened to a message: it was not passed on. */
  event(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.#write(() => this.#recording.event(name, { ...this.#marks(0), ...fields }));
  }

  #write(write: () => void): void {
    if (this.#connection.session === null) this.#held.push(write);
    else write();
  }

  #marks(exchange: number): Marks {
    const session = this.#connection.session ?? '';
    return { ...(session === '' ? {} : { session }), ...(exchange === 0 ? {} : { exchange }) };
  }
}
