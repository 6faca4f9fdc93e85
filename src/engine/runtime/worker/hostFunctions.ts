/** The host functions of the gateway itself: `env.call_backend` and `env.host_log` (gateway spec 1.10 and 1.11). */
import { decodeGoJson } from '../../../core/go/goJson.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import type { BackendCallEnd } from '../../../core/difc/record/guardCall.ts';
import { failedCode, maxBackendCalls, tooSmallCode } from '../shared/abi.ts';
import type { Lookups } from './lookupResponder.ts';
import type { Guest } from './guest.ts';
import type { GuestMemory } from './memory.ts';
import { answerFlags } from '../shared/journal.ts';
import type { EntryJournal } from './entryJournal.ts';
import { guestText } from '../shared/guestText.ts';
import type { HostFunction } from '../shared/webAssembly.ts';

/** The parts of a guard instance that the functions use. */
export interface InstanceParts {
  readonly guest: Guest;
  readonly memory: GuestMemory;
  readonly journal: EntryJournal;
  readonly responder: Lookups;
}

/** How a look-up ended, for the guest and for the record. */
interface Outcome {
  readonly code: number;
  readonly end: BackendCallEnd;
  readonly reached: boolean;
  readonly text?: { readonly kind: 'result' | 'error'; readonly bytes: Uint8Array };
}

/** The functions of the module `env` for one guard instance. */
export class EnvFunctions {
  readonly #parts: InstanceParts;
  #calls = 0;

  constructor(parts: InstanceParts) {
    this.#parts = parts;
  }

  /** Starts a guard call: its look-ups are counted from 0, over all attempts (gateway spec 1.9). */
  begin(): void {
    this.#calls = 0;
    this.#parts.responder.begin();
  }

  readonly functions: Readonly<Record<string, HostFunction>> = {
    call_backend: (
      tool: number,
      toolLength: number,
      args: number,
      argsLength: number,
      result: number,
      capacity: number,
    ) =>
      this.#callBackend(
        { offset: tool >>> 0, length: toolLength >>> 0 },
        { offset: args >>> 0, length: argsLength >>> 0 },
        { offset: result >>> 0, length: capacity >>> 0 },
      ),
    host_log: (level: number, message: number, length: number) => this.#hostLog(level, message >>> 0, length >>> 0),
  };

  /** Ignores a message outside the memory, as the gateway does. */
  #hostLog(level: number, offset: number, length: number): void {
    const { memory, journal } = this.#parts;
    journal.watchMemory('guest');
    if (memory.holds(offset, length)) journal.log(level, offset, length);
  }

  #callBackend(tool: Range, args: Range, result: Range): number {
    const { guest, memory, journal } = this.#parts;
    journal.watchMemory('guest');
    const begun = journal.now();
    const toolBytes = memory.read(tool.offset, tool.length);
    const argsBytes = memory.read(args.offset, args.length);
    const listed = journal.ask(result.length, toolBytes ?? noBytes, argsBytes ?? noBytes);
    const { code, end, reached, text } = this.#answer(toolBytes, argsBytes, result);
    guest.closeIfContextEnded();
    if (listed) {
      const textFlag = text === undefined ? 0 : text.kind === 'result' ? answerFlags.resultText : answerFlags.errorText;
      const flags = (reached ? answerFlags.reached : 0) | textFlag;
      journal.answer(journal.now() - begun, code, end, flags, text?.bytes ?? noBytes);
    }
    return code;
  }

  /** Checks the look-up in the gateway's order and answers it. */
  #answer(toolBytes: Uint8Array | null, argsBytes: Uint8Array | null, result: Range): Outcome {
    this.#calls++;
    if (this.#calls > maxBackendCalls) return refused('over-limit');
    if (toolBytes === null) return refused('bad-tool-range');
    if (argsBytes === null) return refused('bad-args-range');
    const tool = guestText(toolBytes);
    let args: JsonValue = null;
    if (argsBytes.length > 0) {
      const decoded = decodeGoJson(guestText(argsBytes));
      if (!decoded.ok)
        return { ...refused('args-not-json'), text: { kind: 'error', bytes: Buffer.from(decoded.error) } };
      args = decoded.value;
    }
    const answer = this.#parts.responder.answer(tool, args);
    switch (answer.kind) {
      case 'deadline':
        return { code: failedCode, end: 'deadline', reached: true };
      case 'miss':
        return failed('no-recorded-answer', answer.bytes);
      case 'error':
        return failed('error', answer.bytes);
      case 'result':
        return this.#deliver(answer.bytes, result);
    }
  }

  /** Writes the result into the guest's buffer, or the result's length when the buffer is too small. */
  #deliver(bytes: Uint8Array, { offset, length: capacity }: Range): Outcome {
    const { memory } = this.#parts;
    const text = { kind: 'result', bytes } as const;
    if (bytes.length > capacity) {
      if (capacity >= 4) memory.writeU32(offset, bytes.length);
      return { code: tooSmallCode, end: 'too-small', reached: true, text };
    }
    return memory.write(offset, bytes)
      ? { code: bytes.length, end: 'answered', reached: true, text }
      : { code: failedCode, end: 'bad-result-range', reached: true, text };
  }
}

/** A range of the guest's memory in bytes. */
interface Range {
  readonly offset: number;
  readonly length: number;
}

const noBytes = new Uint8Array(0);

function refused(end: BackendCallEnd): Outcome {
  return { code: failedCode, end, reached: false };
}

function failed(end: BackendCallEnd, bytes: Uint8Array): Outcome {
  return { code: failedCode, end, reached: true, text: { kind: 'error', bytes } };
}
