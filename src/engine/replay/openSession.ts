/** Opens the guards of a session: one instance a server, closed together. */
import { Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Guard } from '../../core/guard/guard.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { ServerRules } from '../../core/session/sessionRules.ts';
import { type GuardServices, openGuard, type OpenedGuard } from '../guard/openGuard.ts';
import type { GatewaySession } from './gatewaySession.ts';

/** A server whose guard is to be opened. */
export interface ServerToOpen {
  readonly server: string;
  readonly rules: ServerRules;
  /** Path of the module, `noop`, or null for the write-sink guard of `policy`. */
  readonly guardPath: string | null;
  readonly policy: Policy | null;
  /** The gateway's name for the guard. */
  readonly guardName: string;
  /** Why the configured guard cannot be created here; null or absent when it can. */
  readonly missingGuard?: string | null;
}

/** A session whose guards are open. */
export interface OpenedSession {
  readonly session: GatewaySession;
  /** Warnings about the guards, and the failures of those that could not be opened. */
  readonly problems: readonly Problem[];
  /** Servers whose guard could not be opened; the session does not have them. */
  readonly failures: ReadonlyMap<string, Failure>;
  /** Whether every guard can still be called. */
  readonly isHealthy: () => boolean;
  /** Closes all guards; rejects with the failures of those that cannot be closed. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the guards of several servers. A guard that cannot be opened is a failure of its server, and the others are decided; when none can
 * be opened, the first failure is thrown.
 */
export async function openSession(
  servers: readonly ServerToOpen[],
  services: GuardServices,
  options: Pick<GatewaySession, 'backend' | 'signal'> = {},
): Promise<OpenedSession> {
  const guards = new Map<string, Guard>();
  const rules = new Map<string, ServerRules>();
  const problems: Problem[] = [];
  const failures = new Map<string, Failure>();
  for (const each of servers) {
    try {
      const opened = await openOne(each, services);
      guards.set(each.server, opened.guard);
      rules.set(each.server, each.rules);
      problems.push(...opened.problems);
    } catch (thrown) {
      failures.set(each.server, toFailure(thrown));
    }
  }
  const [first] = failures.values();
  if (first !== undefined && guards.size === 0) throw first;
  return {
    session: { rules, guards, ...options },
    problems: [...problems, ...[...failures].map(([server, failure]) => notDecided(server, failure))],
    failures,
    isHealthy: () => [...guards.values()].every(({ healthy }) => healthy),
    close: () => closeAll([...guards.values()]),
  };
}

/**
 * Opens the guard of one server. The gateway runs a server whose guard it cannot create with its noop guard; here the file is more probably
 * missing on this machine, so the calls stay undecided instead of getting decisions of another guard.
 */
function openOne(server: ServerToOpen, services: GuardServices): Promise<OpenedGuard> {
  requireCreated(server);
  const { rules, guardPath, policy, guardName } = server;
  const { deadlineMs } = rules;
  const loading = deadlineMs === undefined || deadlineMs === null ? services : { ...services, deadlineMs };
  return openGuard(guardPath, policy, loading, guardName);
}

/** Throws `guard/not-created` for a server whose configured guard cannot be created here. */
export function requireCreated({ missingGuard }: ServerToOpen): void {
  if (missingGuard === undefined || missingGuard === null) return;
  throw new Failure(
    'guard/not-created',
    missingGuard,
    'Correct the path in the configuration, or give the guard with --server ID --guard FILE; "--guard noop" decides as the gateway would without the file',
  );
}

/** The problem of a server whose guard could not be opened. */
export function notDecided(server: string, failure: Failure): Problem {
  const { message, ...rest } = failureToProblem(failure);
  return { ...rest, message: `The calls of the server "${server}" are not decided: ${message}` };
}

async function closeAll(guards: readonly Guard[]): Promise<void> {
  const endings = await Promise.allSettled(guards.map((guard) => guard.close()));
  const reasons = endings.flatMap((ending) => (ending.status === 'rejected' ? [ending.reason as unknown] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, `${reasons.length} guards could not be closed`);
}
