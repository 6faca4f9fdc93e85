/** The guard of a live session: loaded from its file, exchanged when the file or the choice changes, and brought to where the session is. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { TapMode } from '../recording/format/liveFile.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { type LiveAnswers, ReplayedSession, type SessionOptions } from '../replay/gatewaySession.ts';
import { type GuardServices, openGuard, readInput, readPolicy, requirePolicy } from '../guard/inputs.ts';
import { ControlFile } from './controlFile.ts';
import { History, type KnownCall } from './liveHistory.ts';

/** With what a live session runs; each as in a replay. */
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
  /** The capture, beside which the control file lies. */
  readonly capture: string;
  /** Told of every change: a line for the capture, and for whoever shows the state of the tap. */
  readonly onChange: (state: LiveGuardState) => void;
}

/** How the guard of a live session stands. */
export interface LiveGuardState {
  readonly mode: TapMode;
  readonly guard: string;
  readonly policy: string | null;
  /** Of the guard's file; null when it could not be read. */
  readonly sha256: string | null;
  readonly status: 'ready' | 'failed' | 'off';
  /** Why it failed, or what else there is to say; empty otherwise. */
  readonly message: string;
}

/** What is in use, or why nothing is. */
type InUse =
  | { readonly session: ReplayedSession; readonly guard: Guard; readonly failure: null }
  | { readonly session: null; readonly guard: null; readonly failure: string };

/** Calls must not overlap. */
export class LiveGuard {
  readonly #options: LiveGuardOptions;
  readonly #control: ControlFile;
  readonly #history = new History();
  #stamp: string | null = null;
  #mode: TapMode;
  #inUse: InUse = { session: null, guard: null, failure: 'the guard is not loaded yet' };

  constructor(options: LiveGuardOptions) {
    this.#options = options;
    this.#mode = options.mode;
    this.#control = new ControlFile(options.capture);
  }

  /** The mode that holds now. Looks at the control file, which is cheap. */
  mode(): TapMode {
    const { control, problem } = this.#control.look();
    const mode = control.mode ?? this.#options.mode;
    if (mode !== this.#mode || problem !== null) {
      this.#mode = mode;
      this.#tell(this.#sha256 ?? null, problem ?? '');
    }
    return mode;
  }

  /**
   * Decides a call with the guard as it is chosen now. A guard that does not load decides nothing: null with the reason. What the call is
   * answered with is remembered for the next guard.
   */
  async decide(known: KnownCall, answers: LiveAnswers): Promise<{ record: DecisionRecord } | { failure: string }> {
    await this.#refresh();
    this.#history.add(known);
    if (this.#inUse.session === null) return { failure: this.#inUse.failure };
    return { record: await this.#inUse.session.decide(known.call, answers) };
  }

  /** Loads the guard before it is needed. */
  prepare(): Promise<void> {
    return this.#refresh();
  }

  /** A call that nobody decides; the next guard lives through it, too. */
  remember(known: KnownCall): void {
    this.#history.add(known);
  }

  /** A remembered call got its answer, of so many bytes. */
  weigh(known: KnownCall, bytes: number): void {
    this.#history.weigh(known, bytes);
  }

  async close(): Promise<void> {
    await this.#inUse.guard?.close();
  }

  #sha256: string | null = null;

  /** Loads the guard when it, its policy, or the choice of both has changed. */
  async #refresh(): Promise<void> {
    const { control } = this.#control.look();
    const guard = control.guard ?? this.#options.guard;
    const policy = control.policy ?? this.#options.policy;
    const stamp = [guard, stampOf(guard), policy ?? '', policy === null ? '' : stampOf(policy)].join('\n');
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const before = this.#inUse;
    try {
      const { problems, ...next } = await this.#load(guard, policy);
      this.#inUse = { ...next, failure: null };
      await before.guard?.close();
      const { dropped } = this.#history;
      const forgotten = dropped > 0 ? [`${dropped} of the first calls are not remembered`] : [];
      const told = problems.map(({ message, hint }) => (hint === undefined ? message : `${message}. ${hint}`));
      this.#tell(this.#sha256, [...told, ...forgotten].join('; '));
    } catch (thrown) {
      const { message } = toFailure(thrown);
      // Who only watches keeps what worked; who enforces must not let an old guard speak for the new one.
      const keeps = this.#mode === 'watch' && before.session !== null;
      if (!keeps) {
        await before.guard?.close();
        this.#inUse = { session: null, guard: null, failure: message };
      }
      this.#tell(this.#sha256, keeps ? `${message}; the guard from before goes on` : message, 'failed');
    }
  }

  /** A new instance, which has lived through the session so far. */
  async #load(
    path: string,
    policyPath: string | null,
  ): Promise<{ readonly session: ReplayedSession; readonly guard: Guard; readonly problems: readonly Problem[] }> {
    const { services, deadlineMs, server, enforcement, trustedBots } = this.#options;
    this.#sha256 =
      path === 'noop'
        ? null
        : createHash('sha256')
            .update(await readInput(path, 'guard'))
            .digest('hex');
    const policy = requirePolicy(await readPolicy(policyPath), policyPath);
    const { guard, problems } = await openGuard(path, policy, { ...services, deadlineMs });
    const options: SessionOptions = { guard, policy: policy?.payload, mode: enforcement, trustedBots, deadlineMs };
    const session = new ReplayedSession(server, options);
    for (const known of this.#history.calls) await session.decide(known.call, known.asAnswers());
    return { session, guard, problems };
  }

  #tell(sha256: string | null, message: string, status?: 'failed'): void {
    const { control } = this.#control.look();
    const usual = this.#mode === 'off' ? 'off' : 'ready';
    this.#options.onChange({
      mode: this.#mode,
      guard: control.guard ?? this.#options.guard,
      policy: control.policy ?? this.#options.policy,
      sha256,
      status: status ?? usual,
      message,
    });
  }
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
