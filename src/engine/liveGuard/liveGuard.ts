/** The guard of a live session: loaded from its file, reloaded when the file or the choice changes, and brought to the session's state. */
import { createHash } from 'node:crypto';
import { toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { failedCallText, fatalCall } from '../../core/difc/account/guardDeath.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { Guard } from '../../core/guard/guard.ts';
import type { AgentLabels } from '../../core/difc/monitor/agent.ts';
import { agentAfter, type AgentEvent, agentEventsOf } from '../../core/session/agentEvents.ts';
import { defaultAgent } from '../../core/session/sessionRules.ts';
import { type LintCount, LiveLint } from '../../core/lint/liveLint.ts';
import { initialSessionState, type SessionState, withAgent } from '../../core/session/sessionState.ts';
import type { TapMode } from '../recording/format/liveFile.ts';
import { decideLive, type GatewaySession, type LiveAnswers, oneServer } from '../replay/gatewaySession.ts';
import { openGuard } from '../guard/openGuard.ts';
import { fileStamp } from '../files/fileStamp.ts';
import { readInput } from '../guard/readInput.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import { ControlFile } from './controlFile.ts';
import { noteGuardStep } from './hurriedEnd.ts';
import { type LiveCall, LiveHistory } from './liveHistory.ts';
import type { LiveGuardOptions } from './liveGuardOptions.ts';
import { agentFolder, SharedAgent } from './sharedAgent.ts';

/** A loaded guard with the session that it decides. */
interface LoadedSession {
  readonly guard: Guard;
  readonly session: GatewaySession;
  readonly state: SessionState;
}

/** The guard in use, or why there is none. */
type InUse = (LoadedSession & { readonly failure: null }) | { readonly guard: null; readonly failure: string };

/** Calls must not overlap. */
export class LiveGuard {
  readonly #options: LiveGuardOptions;
  readonly #control: ControlFile;
  readonly #history = new LiveHistory();
  /** Undefined until the first call; null for a session with an agent of its own. */
  #shared: SharedAgent | null | undefined;
  /** Identity of the guard and policy files that were loaded last; null before the first load. */
  #stamp: string | null = null;
  readonly #closing = new AbortController();
  #mode: TapMode;
  #sha256: string | null = null;
  /** See `LiveGuardState.failure`. */
  #failure = '';
  /** Of the guard that was loaded last; null before the first one. */
  #lint: LiveLint | null = null;
  #inUse: InUse = { guard: null, failure: 'the guard has not been loaded' };
  #isLoading = false;
  #closed: Promise<void> | null = null;

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
    if (this.#inUse.guard === null) return { failure: this.#inUse.failure };
    const { guard, session, state: before } = this.#inUse;
    try {
      const now = withLabels(before, this.#joined()?.labels());
      // Calls of other taps may have changed the labels while the server worked.
      const stateAtAnswer = (asked: SessionState): SessionState => withLabels(asked, this.#shared?.labels());
      const { record, state } = await decideLive(session, now, known.call, { ...live, stateAtAnswer });
      this.#noteStep();
      this.#inUse = { guard, session, state, failure: null };
      this.#shared?.add(agentEventsOf(record, Date.now()));
      this.#watch(record, known);
      return { record };
    } catch (thrown) {
      // Without the labels that calls of other servers left, a decision could let through what the gateway denies.
      if (this.#shared === null || this.#closing.signal.aborted) throw thrown;
      return { failure: `the labels that the client's taps share cannot be used: ${toFailure(thrown).message}` };
    }
  }

  /** Whether the guard is being read or compiled, so that none of its code runs. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** What lint has found in the answers of the guard that was loaded last. */
  lintCounts(): readonly LintCount[] {
    return this.#lint?.counts() ?? [];
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
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#shared?.leave();
    this.#shared = null;
    await this.#inUse.guard?.close();
  }

  /** Joins the agent before the first call, so that its labels stay while other taps end. The first call reports a failure. */
  #joinEarly(): void {
    if (typeof this.#options.agent !== 'string') return;
    try {
      this.#joined();
    } catch {
      // The call tries again.
    }
  }

  /** The agent whose labels are shared; null for one of the session's own. Throws when they cannot be used. */
  #joined(): SharedAgent | null {
    if (this.#shared !== undefined) return this.#shared;
    const { agent = null, capture, agentFolder: folder = agentFolder(capture) } = this.#options;
    const name = typeof agent === 'function' ? agent() : agent;
    return (this.#shared = name === null ? null : new SharedAgent(folder, name));
  }

  /** Loads the guard when its file, its policy, or the choice of either has changed. */
  async #refresh(): Promise<void> {
    const { guard, policy } = this.#chosen();
    const stamp = [guard, fileStamp(guard), policy ?? '', policy === null ? '' : fileStamp(policy)].join('\n');
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const before = this.#inUse.guard ?? undefined;
    const failedBefore = this.#failure;
    this.#failure = '';
    this.#noteStep(true);
    try {
      const { problems, ...loaded } = await this.#load(guard, policy);
      if (this.#closing.signal.aborted) await loaded.guard.close();
      this.#inUse = { ...loaded, failure: null };
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
        this.#inUse = { guard: null, failure: message };
      }
      this.#failure = staysInUse ? failedBefore : message;
      if (!this.#closing.signal.aborted)
        this.#report(staysInUse ? `${message}; the previous guard stays in use` : message, 'failed');
    } finally {
      this.#noteStep();
    }
  }

  /** Notes progress for the end of the tap. The end of a guard that is stopped is not progress. */
  #noteStep(isLoading = false): void {
    this.#isLoading = isLoading;
    if (!this.#closing.signal.aborted) noteGuardStep();
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
    const onStart = (): void => this.#noteStep();
    const { guard, problems } = await openGuard(path, policy, { ...services, deadlineMs, signal, onStart });
    const rules = { policy: policy?.payload, mode: enforcement, trustedBots, deadlineMs };
    const session = oneServer(server, { guard, signal, ...rules });
    this.#joinEarly();
    this.#lint = new LiveLint(server, policy?.payload);
    let state = initialSessionState;
    const events: AgentEvent[] = [];
    for (const known of this.#history.calls) {
      const at = Date.parse(known.call.time ?? '');
      const others = this.#shared?.eventsOfOthers(at);
      const before = withLabels(state, others === undefined ? undefined : agentAfter([...others, ...events]));
      const decided = await decideLive(session, before, known.call, known.asAnswers());
      ({ state } = decided);
      events.push(...agentEventsOf(decided.record, at));
      this.#noticeDeath(decided.record);
      this.#lintCall(decided.record, known);
    }
    const [first] = this.#history.calls;
    if (first !== undefined) this.#shared?.replace(Date.parse(first.call.time ?? ''), events);
    return { guard, session, state, problems };
  }

  /** Reports what is wrong with a decision: the guard died, or lint found something. */
  #watch(record: DecisionRecord, known: LiveCall): void {
    if (this.#noticeDeath(record)) this.#report(this.#failure);
    this.#lintCall(record, known);
  }

  #lintCall(record: DecisionRecord, { listed }: LiveCall): void {
    // A call that the end of the session cancels says nothing about the guard.
    if (this.#closing.signal.aborted) return;
    for (const finding of this.#lint?.add(record, listed) ?? []) this.#options.onLint(finding);
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

/** The state with labels of the agent that were decided elsewhere; the same state without them. */
function withLabels(state: SessionState, labels: AgentLabels | undefined): SessionState {
  return labels === undefined ? state : withAgent(state, defaultAgent, { labels });
}
