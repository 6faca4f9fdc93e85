/** A guard that is a WASM module: encodes the inputs, calls the worker, decodes the outputs (gateway `internal/guard/wasm_labels.go`). */
import type { JsonValue } from '../../core/base/json.ts';
import type { GuardCallRecord, GuardFunction } from '../../core/difc/record/guardCall.ts';
import type { LabeledCollection } from '../../core/difc/monitor/resource.ts';
import type { CassetteData } from '../../core/trace/model/cassette.ts';
import type { BackendSource } from '../../core/guard/backend.ts';
import {
  answerOfCall,
  askLabelAgent,
  askLabelResource,
  askLabelResponse,
  type GuardRequest,
} from '../../core/guard/guardRequest.ts';
import type {
  Guard,
  GuardAnswer,
  GuardCallContext,
  LabelAgentResult,
  LabelResourceResult,
} from '../../core/guard/guard.ts';

/** The worker that runs a guard's module, as the guard uses it. */
export interface GuardWorker {
  call(
    name: GuardFunction,
    input: string,
    options: { readonly backend: BackendSource; readonly deadlineMs?: number; readonly signal?: AbortSignal },
  ): Promise<GuardCallRecord>;
  setCassette(cassette: CassetteData): void;
  restart(): void;
  readonly healthy: boolean;
  /** Size of the linear memory in bytes; null for a module without memory. */
  readonly memoryBytes: number | null;
  close(): Promise<void>;
}

/** Uses a worker whose module has been loaded and validated. */
export class WasmGuard implements Guard {
  readonly name: string;
  readonly kind = 'wasm';
  readonly #worker: GuardWorker;

  constructor(name: string, worker: GuardWorker) {
    this.name = name;
    this.#worker = worker;
  }

  get healthy(): boolean {
    return this.#worker.healthy;
  }

  get memoryBytes(): number | null {
    return this.#worker.memoryBytes;
  }

  async labelAgent(policy: JsonValue | undefined, context: GuardCallContext): Promise<GuardAnswer<LabelAgentResult>> {
    const asked = askLabelAgent(policy);
    return 'answer' in asked ? asked.answer : this.#ask(asked.request, context);
  }

  labelResource(tool: string, args: JsonValue, context: GuardCallContext): Promise<GuardAnswer<LabelResourceResult>> {
    return this.#ask(askLabelResource(tool, args, context.capabilities ?? true).request, context);
  }

  labelResponse(
    tool: string,
    args: JsonValue,
    result: JsonValue,
    context: GuardCallContext,
  ): Promise<GuardAnswer<LabeledCollection | null>> {
    return this.#ask(askLabelResponse(tool, args, result, context.capabilities ?? true).request, context);
  }

  useCassette(cassette: CassetteData): void {
    this.#worker.setCassette(cassette);
  }

  restart(): void {
    this.#worker.restart();
  }

  /** One guard call with any input; neither encodes nor decodes. */
  raw(name: GuardFunction, input: string, context: GuardCallContext): Promise<GuardCallRecord> {
    return this.#worker.call(name, input, context);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  async #ask<T>(request: GuardRequest<T>, context: GuardCallContext): Promise<GuardAnswer<T>> {
    return answerOfCall(request, await this.raw(request.function, request.input, context));
  }
}
