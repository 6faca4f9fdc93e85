/** The flags that give a tap a guard, and the gates that run the guard. */
import { join, resolve } from 'node:path';
import { visible } from '../../core/base/visible.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { closingBoth } from '../../engine/tap/gate/closingBoth.ts';
import type { GatePorts, Gates } from '../../engine/tap/gate/gate.ts';
import type { LiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import { undecidedText } from '../../engine/recording/tapSide/endTexts.ts';
import type { SingleGateFactory } from '../../engine/tap/stdio/stdioTap.ts';
import { LintAccount } from './lintAccount.ts';
import { GuardGate } from '../../engine/liveGuard/guardGate.ts';
import { ControlFile } from '../../engine/liveGuard/controlFile.ts';
import { LiveGuard } from '../../engine/liveGuard/liveGuard.ts';
import type { LiveGuardOptions, LiveGuardState } from '../../engine/liveGuard/liveGuardOptions.ts';
import { agentOfParent } from '../../engine/liveGuard/sharedAgent.ts';
import { SpareWorkers } from '../../engine/runtime/host/spareWorkers.ts';
import { type Arguments, type ArgumentTable, usage } from './args.ts';
import { cliEngine, defaultDeadlineMs } from './engine.ts';

export const guardFlags: ArgumentTable['flags'] = {
  guard: {
    kind: 'value',
    value: 'FILE',
    help: 'The guard (.wasm) that watches every tool call; its look-ups are sent to the server',
  },
  policy: { kind: 'value', value: 'FILE', help: 'With --guard: the guard policy (JSON)' },
  enforce: {
    kind: 'switch',
    help: 'With --guard: enforce its decisions; if the guard cannot run, every tool call is refused',
  },
  controlled: {
    kind: 'switch',
    help: 'Accept a guard while the session runs, from the file CAPTURE.control.json that the editor writes',
  },
  mode: {
    kind: 'value',
    value: 'MODE',
    help: 'Enforcement mode if the guard does not set one: strict, filter or propagate (default: strict)',
  },
  agent: {
    kind: 'value',
    value: 'NAME',
    help: "Taps with the same name share the agent's labels, as servers of one gateway do (default: the taps that the same client process started; with --http: sessions with the same credential)",
  },
  'trusted-bots': { kind: 'value', value: 'NAMES', help: "Values of the gateway's trusted_bots, separated by commas" },
  deadline: {
    kind: 'value',
    value: 'MS',
    help: 'Maximum duration of a tool call with its guard calls, in milliseconds (default: 60000)',
  },
};

/** The guard of a tap and how it runs. */
export interface GuardOptions extends Pick<
  LiveGuardOptions,
  'guard' | 'policy' | 'mode' | 'enforcement' | 'trustedBots' | 'deadlineMs'
> {
  /** Name of the agent whose labels the taps of one client share; null: that of each session's credential. */
  readonly agent: string | null;
}

/** The gateway's guard without rules, until the control file names another one. */
const noGuard = 'noop';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** null without `--guard` and `--controlled`. With only `--controlled`, the mode is `off` until the control file names a guard. */
export function readGuardOptions(args: Arguments): GuardOptions | null {
  const guard = args.value('guard') ?? (args.has('controlled') ? noGuard : undefined);
  if (args.value('guard') === undefined && (args.has('enforce') || args.value('policy') !== undefined)) {
    throw usage('tap', 'Missing --guard');
  }
  if (guard === undefined) return null;
  const policy = args.value('policy');
  const bots = args.value('trusted-bots') ?? '';
  return {
    guard: guard === noGuard ? guard : resolve(guard),
    policy: policy === undefined ? null : resolve(policy),
    mode: args.value('guard') === undefined ? 'off' : args.has('enforce') ? 'enforce' : 'watch',
    enforcement: args.oneOf('mode', modes) ?? 'strict',
    trustedBots: bots.split(',').filter((name) => name !== ''),
    deadlineMs: args.count('deadline', { least: 1 }) ?? defaultDeadlineMs,
    agent: args.value('agent') ?? (args.value('http') === undefined ? agentOfParent() : null),
  };
}

/** Creates the gates of a tap, and owns what they share. */
export interface GateSet extends Gates {
  /** Releases the shared resources. Call it after all gates are closed. */
  close(): Promise<void>;
}

/** Creates one guard instance per session. `report` gets messages for the user. */
export function createGates(
  options: GuardOptions,
  server: string,
  recording: LiveRecording,
  report: (sentence: string) => void,
): GateSet {
  const { mode, deadlineMs } = options;
  // A session that is only recorded usually never gets a guard, so no worker is started in advance.
  const spare = mode === 'off' ? undefined : new SpareWorkers(join(__dirname, 'worker.js'));
  const services = { ...cliEngine(), ...(spare === undefined ? {} : { spare }), deadlineMs };
  if (mode === 'enforce') report('the guard enforces its decisions');
  const facts = { guard: options.guard, mode };
  recording.update(options.policy === null ? facts : { ...facts, policy: options.policy });
  const control = new ControlFile(recording.file);
  /** Of the sessions whose guard cannot decide. The live file, which is one for all sessions, has the newest. */
  const failures = new Map<object, string>();
  const noteFailure = (session: object, failure: string): void => {
    if (failure === (failures.get(session) ?? '')) return;
    failures.delete(session);
    if (failure !== '') failures.set(session, failure);
    recording.update({ message: [...failures.values()].at(-1) ?? '' });
  };
  const lint = new LintAccount(recording, report);
  let stopped = 0;
  return {
    make: (wire) => {
      const onChange = (state: LiveGuardState): void => {
        announce(state, wire.session ?? '', recording, report);
        noteFailure(wire, state.failure);
      };
      const guard = new LiveGuard({
        ...options,
        agent: options.agent ?? ((): string | null => agentOfCredential(wire)),
        server,
        capture: recording.file,
        services,
        onChange,
        onLint: (finding) => lint.first(finding, wire.session ?? ''),
      });
      const onStopped = (undecided: number): void => void (stopped += undecided);
      const gate = closingBoth(new GuardGate({ guard, wire, recording, server, deadlineMs, onStopped }), guard);
      const close = async (): Promise<void> => {
        noteFailure(wire, '');
        lint.add(guard.lintCounts(), wire.session ?? '');
      };
      return closingBoth(gate, { close });
    },
    enforces: () => (control.look().control.mode ?? mode) === 'enforce',
    close: async () => {
      if (stopped > 0) report(undecidedText(stopped, 'stopped'));
      lint.report();
      await spare?.close();
    },
  };
}

/** Name of the agent of an HTTP session: that of its client's credential, as in the gateway. Without ids, a session may be several clients. */
function agentOfCredential({ session, agentOf }: GatePorts): string | null {
  const token = session === null || session === '' ? '' : (agentOf?.(0) ?? '');
  return token === '' ? null : `credential ${token}`;
}

/** The factory of a stdio tap, which has one session: closing its gate also closes the set. */
export function singleGate(gates: GateSet): SingleGateFactory {
  return (wire) => closingBoth(gates.make(wire), gates);
}

function announce(
  state: LiveGuardState,
  session: string,
  recording: LiveRecording,
  report: (sentence: string) => void,
): void {
  const { guard, failure: _, ...rest } = state;
  const { mode, policy, message } = state;
  // The path gets another name, because `guard` is the member of a capture for guard calls.
  recording.event('guard', { ...rest, path: guard, ...(session === '' ? {} : { session }) });
  recording.update({ mode, guard, ...(policy === null ? {} : { policy }) });
  // The message may quote the guard.
  if (message !== '') report(visible(message));
}
