/** The flags by which a tap gets a guard, and the guard that they make. */
import { join, resolve } from 'node:path';
import { visible } from '../../core/base/visible.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Gate, GateFactory } from '../../engine/tap/gate/gate.ts';
import type { TapMode } from '../../engine/recording/format/liveFile.ts';
import type { LiveRecording } from '../../engine/recording/tapSide/liveRecording.ts';
import type { SingleGateFactory } from '../../engine/tap/stdio/stdioTap.ts';
import { GuardGate } from '../../engine/liveGuard/guardGate.ts';
import { LiveGuard, type LiveGuardState } from '../../engine/liveGuard/liveGuard.ts';
import { SpareWorkers } from '../../engine/runtime/host/spareWorkers.ts';
import { type Arguments, type ArgumentTable, usage } from './args.ts';
import { cliEngine, defaultDeadlineMs } from './engine.ts';

export const guardFlags: ArgumentTable['flags'] = {
  guard: {
    kind: 'value',
    value: 'FILE',
    help: 'A guard that watches every tool call; what it asks goes to the server, too',
  },
  policy: { kind: 'value', value: 'FILE', help: 'Its policy (JSON)' },
  enforce: {
    kind: 'switch',
    help: 'With --guard: the client gets what the gateway would give it; without a guard that works, nothing',
  },
  controlled: {
    kind: 'switch',
    help: 'Without --guard: take one from FILE.control.json beside the capture while the session runs, as the editor writes it',
  },
  mode: {
    kind: 'value',
    value: 'MODE',
    help: 'strict, filter or propagate, for a guard that names none (default: strict)',
  },
  'trusted-bots': { kind: 'value', value: 'NAMES', help: "The gateway's trusted_bots, separated by commas" },
  deadline: {
    kind: 'value',
    value: 'MS',
    help: 'Milliseconds that a tool call with its guard calls may take (default: 60000)',
  },
};

/** With what a guard stands before a server. */
export interface TapGuard {
  readonly guard: string;
  readonly policy: string | null;
  readonly mode: TapMode;
  readonly enforcement: EnforcementMode;
  readonly trustedBots: readonly string[];
  readonly deadlineMs: number;
}

/** The gateway's guard without rules. */
const noGuard = 'noop';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

/** null without `--guard` and `--controlled`; with the latter alone no guard looks at a call until one is named. */
export function readTapGuard(args: Arguments): TapGuard | null {
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
  };
}

/** The gates of a tap, and what they share. */
export interface TapGates {
  readonly make: GateFactory;
  /** After the gates are closed. */
  close(): Promise<void>;
}

/** Each session has a guard instance of its own. `tell` says on standard error what the user should know. */
export function tapGates(
  tapGuard: TapGuard,
  server: string,
  recording: LiveRecording,
  tell: (sentence: string) => void,
): TapGates {
  const { mode, deadlineMs } = tapGuard;
  // Most sessions that are only recorded never get a guard.
  const spare = mode === 'off' ? undefined : new SpareWorkers(join(__dirname, 'worker.js'));
  const services = { ...cliEngine(), ...(spare === undefined ? {} : { spare }), deadlineMs };
  if (mode === 'enforce') tell('a guard decides what the client gets');
  const facts = { guard: tapGuard.guard, mode };
  recording.update(tapGuard.policy === null ? facts : { ...facts, policy: tapGuard.policy });
  return {
    make: (wire, session) => {
      const onChange = (state: LiveGuardState): void => announce(state, session, recording, tell);
      const guard = new LiveGuard({ ...tapGuard, server, capture: recording.file, services, onChange });
      return closing(new GuardGate({ guard, wire, recording, server, session, deadlineMs }), guard);
    },
    close: async () => spare?.close(),
  };
}

/** The gate of a stdio tap, which has one session. */
export function onlyGate(gates: TapGates): SingleGateFactory {
  return (wire) => closing(gates.make(wire, ''), gates);
}

/** A gate that takes something along when it closes. */
function closing(gate: Gate, other: { close(): Promise<void> }): Gate {
  return {
    fromClient: (message) => gate.fromClient(message),
    fromServer: (message) => gate.fromServer(message),
    passesUnseen: () => gate.passesUnseen(),
    settled: () => gate.settled(),
    close: async () => {
      await gate.close();
      await other.close();
    },
  };
}

function announce(
  state: LiveGuardState,
  session: string,
  recording: LiveRecording,
  tell: (sentence: string) => void,
): void {
  const { guard, ...rest } = state;
  const { mode, policy, message } = state;
  // In a capture `guard` is the member for what a guard did.
  recording.event('guard', { ...rest, path: guard, ...(session === '' ? {} : { session }) });
  recording.update({ mode, guard, ...(policy === null ? {} : { policy }) });
  // It may quote the guard.
  if (message !== '') tell(visible(message));
}
