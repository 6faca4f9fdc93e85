/** The contract between the thread of a session and its host: requests, reports, and what a replay in the thread gives. */
import type { Problem } from '../../../core/base/parsed.ts';
import type { WriteSinkPolicy } from '../../../core/policy/policy.ts';
import type { EditedCall } from '../../../core/whatIf/callChanges.ts';
import type { ServerRules } from '../../../core/session/sessionRules.ts';
import type { SourceMapText } from '../../../core/symbols/sourceMap.ts';
import type { ServerCounts } from '../../../core/trace/model/busiestServer.ts';
import type { LookupFixture } from '../../../core/trace/model/lookupFixtures.ts';
import type { EntryOutcome } from '../../runtime/shared/guardCallRecord.ts';
import type { JournalContent } from '../../runtime/shared/journalContent.ts';
import type { LoadFailure, LoadRecord } from '../../runtime/shared/loadRecord.ts';
import type { ReadyModule } from '../../runtime/shared/moduleFacts.ts';

/** A module that is ready for V8, with what its stack traces need. */
export interface ThreadModule {
  readonly ready: ReadyModule;
  /** The guard's file, unchanged. */
  readonly bytes: Uint8Array;
  /** Its source map; absent or null when it names none. */
  readonly sourceMap?: SourceMapText | null;
}

/** The guard of a server. */
export type GuardSpec =
  | { readonly kind: 'wasm'; readonly name: string; readonly module: ThreadModule }
  | { readonly kind: 'noop' }
  | { readonly kind: 'write-sink'; readonly policy: Pick<WriteSinkPolicy, 'accept' | 'sinkVisibility'> };

/** A server of the session. */
export interface ServerSpec {
  readonly server: string;
  readonly rules: ServerRules;
  readonly guard: GuardSpec;
}

/** What a replay in the thread does. */
export interface ReplaySpec {
  readonly servers: readonly ServerSpec[];
  /** Whether the trace answers the guards' look-ups. */
  readonly usesTrace: boolean;
  /** Answers to look-ups that the trace does not have. */
  readonly fixtures: readonly LookupFixture[];
  /** Whether the host answers look-ups that neither the trace nor a fixture answers. */
  readonly asksHost: boolean;
  /** Whether the mistakes of the guards' authors are reported. */
  readonly lint: boolean;
  /** Whether whole records are given, or their digests only. */
  readonly gives: 'records' | 'digests';
  /** Whether records come when all calls are decided, as far as the thread can keep them until then; default false. Without effect on digests. */
  readonly recordsLast?: boolean;
  /** Whether the digests have what another run is compared by; default false. */
  readonly prints?: boolean;
  /** Calls that a thread before this one was stopped in. They are not entered again: their guards get this end. */
  readonly interrupted: readonly InterruptedCall[];
  /** Number of items that the host has from the threads before. */
  readonly skip: number;
  /**
   * Index of the last call that is decided; absent: all calls. The session is kept as it was before that call, so that `fork` can go on from
   * there with the calls of the whole trace.
   */
  readonly until?: number;
  /** What a user changed of the calls; default nothing. */
  readonly changes?: readonly EditedCall[];
}

/** A fork of the session that the thread has replayed. */
export interface ForkSpec extends Pick<ReplaySpec, 'gives' | 'skip' | 'interrupted'> {
  /** Index of the call; that of `until`, or one behind it. */
  readonly call: number;
  /** The changes of that call and of calls behind it. */
  readonly changes: readonly EditedCall[];
}

/** A guard call in which a thread was stopped, or ended by itself. */
export interface InterruptedCall {
  /** Number of the call among all entries into guests of the session, from 1. */
  readonly number: number;
  /** Number of its guard, in the order in which the guards are loaded. */
  readonly guard: number;
  /** Set when the function that it was in was looked for already, or is not needed any more. */
  readonly isProbed?: true;
  readonly outcome: EntryOutcome;
  /** What the guest was doing: one of `phases`. */
  readonly phase: number;
  readonly content: JournalContent;
  readonly elapsedMs: number;
}

/** Requests of the host. */
export type SessionRequest =
  /** Reads the traces of one session; answered by `trace` or `failed`. */
  | { readonly kind: 'read'; readonly paths: readonly string[] }
  /** Replays the trace; answered by `loaded`, then `batch` reports, then `done` or `failed`. */
  | { readonly kind: 'replay'; readonly spec: ReplaySpec }
  /** Decides a call of the replayed session again, and all calls behind it; answered by `batch` reports, then `done` or `failed`. */
  | { readonly kind: 'fork'; readonly spec: ForkSpec };

/** Reports of the thread. */
export type SessionReport =
  | { readonly kind: 'trace'; readonly outline: TraceOutline }
  | { readonly kind: 'loaded'; readonly guards: readonly GuardLoad[] }
  /** Finished items, see `BatchWriter`. */
  | { readonly kind: 'batch'; readonly bytes: Uint8Array; readonly items: number }
  /** All calls are decided, and records follow; only with `recordsLast`. */
  | { readonly kind: 'decided'; readonly findings: readonly Problem[] }
  /** Records that were left out of the batches: `BatchWriter` with the index of the call in place of the digest. */
  | { readonly kind: 'records'; readonly bytes: Uint8Array }
  /** A part of the journal of the running guard call. */
  | { readonly kind: 'journal'; readonly call: number; readonly bytes: Uint8Array }
  /** A guard call has begun whose time is over before the host looks again. */
  | { readonly kind: 'hurry' }
  | { readonly kind: 'done'; readonly findings: readonly Problem[]; readonly healthy: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly hint: string };

/** What the host learns of a trace that the thread has read. */
export interface TraceOutline {
  readonly calls: ServerCounts;
  /** Number of agents that made calls; calls without an agent count as those of one. */
  readonly agents: number;
  /** See `traceFingerprint`. */
  readonly fingerprint: string;
  readonly problems: readonly Problem[];
  /** See `publicRepositoryOf`. */
  readonly publicRepository: string | null;
  /** See `ReadSession.sameClient`. */
  readonly sameClient: Problem | null;
}

/** How the guard of a server loaded. */
export interface GuardLoad {
  readonly server: string;
  readonly record: LoadRecord;
  readonly failure: LoadFailure | null;
}

/** Most kibibytes of items that the thread is ahead of the host. */
export const aheadKibibytes = 8 * 1024;

/** How often the host looks at the running call at most, in ms. */
export const watchMs = 250;
