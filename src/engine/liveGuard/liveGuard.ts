/** The guard of a live session: loaded from its file, reloaded when the file or the choice changes, and brought to the session's state. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { failedCallText, fatalCall } from '../../core/difc/account/guardDeath.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import { initialSessionState, type SessionState } from '../../core/replay/sessionState.ts';
import type { TapMode } from '../recording/format/liveFile.ts';
import { decide, type GatewaySession, type LiveAnswers } from '../replay/gatewaySession.ts';
import { type GuardServices, openGuard } from '../guard/openGuard.ts';
import { readInput } from '../guard/readInput.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import { ControlFile } from './controlFile.ts';
import { type LiveCall, LiveHistory } from './liveHistory.ts';

/** Inputs of a live session's guard; `enforcement`, `trustedBots` and `deadlineMs` as in a replay. */
export interface LiveGuardOptions {
  readonly server: string;
  /** Path of the guard; `noop` for the gateway's guard without rules. */
  readonly guard: string;
  readonly policy: string | null;
  readonly mode: TapMode;
  readonly enforcement: EnforcementMode;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
  readonly services: GuardServices;
  /** Path of the capture, which the control file is named after. */
  readonly capture: string;
  /** Called after every change of mode, guard, policy or status. */
  readonly onChange: (state: LiveGuardState) => void;
}

/** State of a live session's guard. */
export interface LiveGuardState {
  readonly mode: TapMode;
  readonly guard: string;
  readonly policy: string | null;
  /** Of the guard's file; null when it could not be read. */
  readonly sha256: string | null;
  readonly status: 'ready' | 'failed' | 'off';
  /** What happened now: why it failed, or a warning; empty otherwise. */
  readonly message: string;
  /** Why no call can be decided until the guard is loaded again: it could not be loaded, or it died; empty while it can. */
  readonly failure: string;
}

/** A loaded guard with the state of its session. */
interface LoadedSession {
  readonly session: GatewaySession;
  readonly state: SessionState;
}

/** The guard in use, or why there is none. */
type InUse = (LoadedSession & { readonly failure: null }) | { readonly session: null; readonly failure: string };

/** Calls must not overlap. */
export class LiveGuard {
  readonly #options: LiveGuardOptions;
  readonly #control: ControlFile;
  readonly #history = new LiveHistory();
  /** Identity of the guard and policy files that were loaded last; null before the first load. */
  #stamp: string | null = null;
  readonly #closing = new AbortController();
  #mode: TapMode;
  #sha256: string | null = null;
  /** See `LiveGuardState.failure`. */
  #failure = '';
  #inUse: InUse = { session: null, failure: 'the guard has not been loaded' };

  constructor(options: LiveGuardOptions) {
    this.#options = options;
    this.#mode = options.mode;
    this.#control = new ControlFile(options.capture);
  }

  /** The current mode, from the control file. Cheap enough for every message. */
  mode(): TapMode {
    const { control, problem } = this.#control.look();
    const mode = control.mode ?? this.#options.mode;
    if (mode !== this.#mode || problem !== null) {
      this.#mode = mode;
      this.#report(problem ?? '');
    }
    return mode;
  }

  /**
   * Decides a call with the guard that is chosen now, or says why no guard could be loaded. The call and its answers are stored for a
   * guard that is loaded later.
   */
  async decide(
    known: LiveCall,
    live: LiveAnswers,
  ): Promise<{ readonly record: DecisionRecord } | { readonly failure: string }> {
    await this.#refresh();
    this.#history.add(known);
    if (this.#inUse.session === null) return { failure: this.#inUse.failure };
    const { session, state: before } = this.#inUse;
    const { record, state } = await decide(session, before, known.call, { live });
    this.#inUse = { session, state, failure: null };
    this.#watch(record);
    return { record };
  }

  /** Loads the guard before the first call needs it. */
  prepare(): Promise<void> {
    return this.#refresh();
  }

  /** Stores a call that no guard decides, for a guard that is loaded later. */
  remember(call: LiveCall): void {
    this.#history.add(call);
  }

  /** Counts the answer of a stored call, which has this many bytes. */
  weigh(call: LiveCall, bytes: number): void {
    this.#history.weigh(call, bytes);
  }

  /** Unloads the guard, also during a call or while it is loaded: what runs then fails, and so does every later call. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#inUse.session?.guard.close();
  }

  /** Loads the guard when its file, its policy, or the choice of either has changed. */
  async #refresh(): Promise<void> {
    const { guard, policy } = this.#chosen();
    const stamp = [guard, stampOf(guard), policy ?? '', policy === null ? '' : stampOf(policy)].join('\n');
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const before = this.#inUse.session?.guard;
    const failedBefore = this.#failure;
    this.#failure = '';
    try {
      const { problems, session, state } = await this.#load(guard, policy);
      if (this.#closing.signal.aborted) await session.guard.close();
      this.#inUse = { session, state, failure: null };
      await before?.close();
      const { dropped } = this.#history;
      const warnings = problems.map(({ message, hint }) => (hint === undefined ? message : `${message}. ${hint}`));
      if (dropped > 0) warnings.push(`the guard does not know the first ${dropped} calls, which were dropped`);
      this.#report([...warnings, this.#failure].filter((each) => each !== '').join('; '));
    } catch (thrown) {
      const { message } = toFailure(thrown);
      // While it only watches, the guard that worked stays in use; while it enforces, an old guard must not decide for the new one.
      const staysInUse = this.#mode === 'watch' && before !== undefined;
      if (!staysInUse) {
        await before?.close();
        this.#inUse = { session: null, failure: message };
      }
      this.#failure = staysInUse ? failedBefore : message;
      if (!this.#closing.signal.aborted)
        this.#report(staysInUse ? `${message}; the previous guard stays in use` : message, 'failed');
    }
  }

  /** A new instance that has decided the session so far. */
  async #load(
    path: string,
    policyPath: string | null,
  ): Promise<LoadedSession & { readonly problems: readonly Problem[] }> {
    const { services, deadlineMs, server, enforcement, trustedBots } = this.#options;
    this.#sha256 =
      path === 'noop'
        ? null
        : createHash('sha256')
            .update(await readInput(path, 'guard'))
            .digest('hex');
    const policy = requirePolicy(await readPolicy(policyPath), policyPath);
    const { signal } = this.#closing;
    const { guard, problems } = await openGuard(path, policy, { ...services, deadlineMs, signal });
    const session = { server, guard, policy: policy?.payload, mode: enforcement, trustedBots, deadlineMs, signal };
    let state = initialSessionState;
    for (const known of this.#history.calls) {
      const decided = await decide(session, state, known.call, { live: known.asAnswers() });
      ({ state } = decided);
      this.#noticeDeath(decided.record);
    }
    return { session, state, problems };
  }

  /** Reports the decision in which the guard died. */
  #watch(record: DecisionRecord): void {
    if (this.#noticeDeath(record)) this.#report(this.#failure);
  }

  /** Whether the guard died in this decision; it is said once for each guard that was loaded. */
  #noticeDeath({ index, tool, guardCalls }: DecisionRecord): boolean {
    // A guard that the end of the session cancels did not die.
    const lives = this.#failure === '' && !this.#closing.signal.aborted;
    const fatal = lives ? fatalCall(guardCalls) : null;
    if (fatal === null) return false;
    const until = 'every later call fails until its file changes';
    const why = failedCallText(fatal.function, fatal, fatal.error);
    this.#failure = `The guard died in call ${index + 1} (${tool}), and ${until}: ${why}`;
    return true;
  }

  /** Guard and policy of the control file, or those that the tap was started with. */
  #chosen(): { readonly guard: string; readonly policy: string | null } {
    const { control } = this.#control.look();
    return { guard: control.guard ?? this.#options.guard, policy: control.policy ?? this.#options.policy };
  }

  #report(message: string, status?: 'failed'): void {
    const usual = this.#mode === 'off' ? 'off' : this.#failure === '' ? 'ready' : 'failed';
    this.#options.onChange({
      mode: this.#mode,
      ...this.#chosen(),
      sha256: this.#sha256,
      status: status ?? usual,
      message,
      failure: this.#failure,
    });
  }
}

/** Identity of a file's content without reading it; empty when there is no file. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
