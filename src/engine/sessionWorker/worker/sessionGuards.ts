/** The guards of a session in its thread, and the answers to the questions of a decision from them. */
import type { JsonValue } from '../../../core/base/json.ts';
import { type BuiltInAnswers } from '../../../core/guard/builtInAnswers.ts';
import type { GuardAnswer } from '../../../core/guard/guard.ts';
import {
  answerOfCall,
  askLabelAgent,
  askLabelResource,
  askLabelResponse,
  type GuardRequest,
} from '../../../core/guard/guardRequest.ts';
import { noopAnswers } from '../../../core/guard/noopGuard.ts';
import { writeSinkAnswers } from '../../../core/guard/writeSinkGuard.ts';
import { recordedReply } from '../../../core/replay/recordedReply.ts';
import type { DirectHandlers } from '../../../core/session/answerDirectly.ts';
import { defaultToolTimeoutMs, type ServerRules } from '../../../core/session/sessionRules.ts';
import type { CassetteData } from '../../../core/trace/model/cassette.ts';
import type { TraceCall } from '../../../core/trace/model/traceModel.ts';
import type { GuardLoad, ServerSpec } from '../shared/sessionContract.ts';
import type { HostAnswer } from '../../runtime/worker/hostLink.ts';
import type { GuardThread } from './guardThread.ts';
import { type ThreadCallOptions, ThreadGuard } from './threadGuard.ts';
import type { GuardSnapshot, NoSnapshot } from '../snapshots/guardSnapshot.ts';
import type { PageStore } from '../snapshots/pageStore.ts';
import { LazyPlayer, type PlayerPosition } from './threadLookups.ts';

/** A loaded guard with the rules of its server. */
interface ServerGuard {
  readonly rules: ServerRules;
  readonly guard: ThreadGuard | BuiltInAnswers;
  player: LazyPlayer | null;
}

/** The guards of all servers at one moment; built-in guards have no state. */
export type GuardsSnapshot = ReadonlyMap<string, ServerSnapshot>;

interface ServerSnapshot {
  readonly guard: GuardSnapshot;
  readonly player: PlayerPosition | null;
}

/** The gateway always has capabilities, and their encoding is empty. */
const capabilities = true;

/** Asks the host for the answer to a look-up of a server's guard, while the thread sleeps. */
export type AskHost = (server: string, tool: string, args: JsonValue) => HostAnswer;

/** The guards of all servers, one instance each. */
export class SessionGuards {
  readonly #servers = new Map<string, ServerGuard>();
  readonly #usesTrace: boolean;
  readonly #askHost: AskHost | null;

  /** `askHost`: answers look-ups that were not recorded; null: they are misses. */
  constructor({ usesTrace }: { readonly usesTrace: boolean }, askHost: AskHost | null) {
    this.#usesTrace = usesTrace;
    this.#askHost = askHost;
  }

  /** Loads the guard of a server; null for a built-in guard. A server whose guard fails to load is not part of the session. */
  load({ server, rules, guard }: ServerSpec, thread: GuardThread): GuardLoad | null {
    if (guard.kind !== 'wasm') {
      const answers = guard.kind === 'noop' ? noopAnswers() : writeSinkAnswers(guard.policy);
      this.#servers.set(server, { rules, guard: answers, player: null });
      return null;
    }
    const { deadlineMs = defaultToolTimeoutMs } = rules;
    const loaded = ThreadGuard.load(guard.name, thread, guard.module, deadlineMs ?? undefined);
    if (!loaded.ok) {
      const { error, trace, stack, record } = loaded;
      return { server, record, failure: { error, trace, stack } };
    }
    this.#servers.set(server, { rules, guard: loaded.guard, player: null });
    return { server, record: loaded.record, failure: null };
  }

  /** The rules of the servers whose guards are loaded. */
  get rules(): ReadonlyMap<string, ServerRules> {
    return new Map([...this.#servers].map(([server, { rules }]) => [server, rules]));
  }

  /** Whether every guard can still be called. */
  get healthy(): boolean {
    return [...this.#servers.values()].every(({ guard }) => !(guard instanceof ThreadGuard) || guard.healthy);
  }

  /** Sets the recorded answers for the look-ups of a server's guard, or adds to them. */
  useCassette(server: string, cassette: CassetteData): void {
    const of = this.#servers.get(server);
    if (of === undefined) return;
    of.player ??= new LazyPlayer();
    of.player.take(cassette);
  }

  /** Instantiates every guard anew, as a restart of the gateway does. */
  restart(): void {
    for (const { guard } of this.#servers.values()) if (guard instanceof ThreadGuard) guard.restart();
  }

  /** Keeps the state of all guards between two calls; `before`: the snapshot that was taken last. */
  snapshot(pages: PageStore, before: GuardsSnapshot | null): GuardsSnapshot | NoSnapshot {
    const servers = new Map<string, ServerSnapshot>();
    for (const [server, { guard, player }] of this.#servers) {
      if (!(guard instanceof ThreadGuard)) continue;
      const snapshot = guard.snapshot(pages, before?.get(server)?.guard ?? null);
      if ('reason' in snapshot) {
        for (const { memory } of [...servers.values()].map((kept) => kept.guard))
          if (memory !== null) pages.drop(memory);
        return { reason: `${snapshot.reason} (server "${server}")` };
      }
      servers.set(server, { guard: snapshot, player: player?.position ?? null });
    }
    return servers;
  }

  /** Puts all guards back to a snapshot. */
  restore(snapshot: GuardsSnapshot): void {
    for (const [server, { guard, player }] of snapshot) {
      const of = this.#servers.get(server);
      if (of === undefined || !(of.guard instanceof ThreadGuard)) continue;
      of.guard.restore(guard);
      of.player = player === null ? null : LazyPlayer.from(player);
    }
  }

  /** Handlers that answer the questions about one call from its server's guard and from the trace. */
  handlersOf(call: TraceCall): DirectHandlers {
    const of = this.#servers.get(call.server);
    if (of === undefined) throw new TypeError(`the session has no guard for the server "${call.server}"`);
    const { guard } = of;
    const callBackend = (): ReturnType<typeof recordedReply> => recordedReply(call);
    if (!(guard instanceof ThreadGuard)) {
      const { labelAgent, labelResource, labelResponse } = guard;
      return { callBackend, labelAgent, labelResource: ({ tool, args }) => labelResource(tool, args), labelResponse };
    }
    const within = (spentMs: number): ThreadCallOptions => this.#optionsOf(of, call, spentMs);
    return {
      callBackend,
      labelAgent: ({ payload, spentMs }) => {
        const asked = askLabelAgent(payload);
        return 'answer' in asked ? asked.answer : askGuard(guard, asked.request, within(spentMs));
      },
      labelResource: ({ tool, args, spentMs }) => {
        return askGuard(guard, askLabelResource(tool, args, capabilities).request, within(spentMs));
      },
      labelResponse: ({ tool, args, result, spentMs }) => {
        return askGuard(guard, askLabelResponse(tool, args, result, capabilities).request, within(spentMs));
      },
    };
  }

  /** The guard's time counts; a recorded backend takes none. */
  #optionsOf({ rules, player }: ServerGuard, { index, server }: TraceCall, spentMs: number): ThreadCallOptions {
    const { deadlineMs = defaultToolTimeoutMs } = rules;
    const ask = this.#askHost;
    const otherwise = ask === null ? {} : { otherwise: (tool: string, args: JsonValue) => ask(server, tool, args) };
    const lookups: ThreadCallOptions['lookups'] =
      !this.#usesTrace || player === null ? { kind: 'none' } : { kind: 'cassette', player, call: index, ...otherwise };
    return deadlineMs === null ? { lookups } : { lookups, deadlineMs: Math.max(0, deadlineMs - spentMs) };
  }
}

function askGuard<T>(guard: ThreadGuard, request: GuardRequest<T>, options: ThreadCallOptions): GuardAnswer<T> {
  return answerOfCall(request, guard.call(request.function, request.input, options));
}
