/** A guard that is a WASM module: encodes the inputs, calls the worker, decodes the outputs (gateway `internal/guard/wasm_labels.go`). */
import type { JsonValue } from '../../core/base/json.ts';
import type { GuardCallRecord, GuardFunction } from '../../core/difc/record/guardCall.ts';
import type { LabeledCollection } from '../../core/difc/monitor/resource.ts';
import { buildStrictLabelAgentPayload, normalizePolicyPayload } from '../../core/policy/payload.ts';
import type { CassetteData } from '../../core/trace/model/cassette.ts';
import type { BackendSource } from '../../core/guard/backend.ts';
import { decodeLabelAgent } from '../../core/guard/decodeLabelAgent.ts';
import { decodeLabelResource } from '../../core/guard/decodeLabelResource.ts';
import { decodeLabelResponse } from '../../core/guard/decodeLabelResponse.ts';
import type { Decoded } from '../../core/guard/decoded.ts';
import { encodeLabelAgentInput, encodeLabelResourceInput, encodeLabelResponseInput } from '../../core/guard/encode.ts';
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
    const normalized = normalizePolicyPayload(policy);
    if (!normalized.ok) return { value: null, error: normalized.error, calls: [] };
    const payload = buildStrictLabelAgentPayload(normalized.value);
    if (!payload.ok) return { value: null, error: payload.error, calls: [] };
    return this.#ask('label_agent', encodeLabelAgentInput(payload.value), context, decodeLabelAgent);
  }

  labelResource(tool: string, args: JsonValue, context: GuardCallContext): Promise<GuardAnswer<LabelResourceResult>> {
    const input = encodeLabelResourceInput(tool, args, context.capabilities ?? true);
    return this.#ask('label_resource', input, context, decodeLabelResource);
  }

  labelResponse(
    tool: string,
    args: JsonValue,
    result: JsonValue,
    context: GuardCallContext,
  ): Promise<GuardAnswer<LabeledCollection | null>> {
    const input = encodeLabelResponseInput(tool, args, result, context.capabilities ?? true);
    return this.#ask('label_response', input, context, (output) => decodeLabelResponse(output, result));
  }

  useCassette(cassette: CassetteData): void {
    this.#worker.setCassette(cassette);
  }

  /** One guard call with any input; neither encodes nor decodes. */
  raw(name: GuardFunction, input: string, context: GuardCallContext): Promise<GuardCallRecord> {
    return this.#worker.call(name, input, context);
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  async #ask<T>(
    name: GuardFunction,
    input: string,
    context: GuardCallContext,
    decode: (output: string) => Decoded<T>,
  ): Promise<GuardAnswer<T>> {
    const record = await this.raw(name, input, context);
    if (record.output === null) return { value: null, error: record.error, calls: [record] };
    const decoded = decode(record.escapedOutput ?? record.output);
    if (decoded.ok) return { value: decoded.value, error: null, calls: [record] };
    return { value: null, error: decoded.error, calls: [record] };
  }
}
