/** Describes the account of a server in sentences. */
import { encodeGoJson } from '../../go/goJson.ts';
import { defaultPayload } from '../../difc/monitor/payloadSettings.ts';
import type { ServerAccount } from './account.ts';
import type { ChosenGuard } from './chosenGuard.ts';

/** The reasons for the parts of an account, as continuations of its sentences. */
export interface Reasons {
  readonly guard: string;
  readonly mode: string;
  readonly force: string;
  /** The guard that the configuration names for the server; empty for none. */
  readonly guardName: string;
}

/** Sentences about guard, policy, mode and limits. */
export function sentencesOf(account: Omit<ServerAccount, 'sentences' | 'problems'>, why: Reasons): readonly string[] {
  const { allowedTools, toolCallLimits, toolTimeoutMs, trustedBots, startError, callError } = account;
  const limits = [...toolCallLimits].filter(([, limit]) => limit > 0).map(([tool, limit]) => `${tool} ${limit} times`);
  const { responseFilters, payload } = account;
  return [
    guardSentence(account.guard, why.guard),
    policySentence(account, why),
    `Mode: ${account.mode ?? "the guard's own"} (${why.mode})`,
    toolTimeoutMs === null ? 'Time: no limit for a tool call' : `Time: ${toolTimeoutMs / 1000} s for a tool call`,
    ...(allowedTools === null ? [] : [`Tools: only ${allowedTools.join(', ')}`]),
    ...(limits.length === 0 ? [] : [`Limits in a session: ${limits.join(', ')}`]),
    ...(responseFilters.size === 0 ? [] : [`Response filters: ${[...responseFilters.keys()].join(', ')}`]),
    ...(payload.threshold === defaultPayload.threshold
      ? []
      : [`Payload files: answers of more than ${payload.threshold} bytes`]),
    ...(trustedBots.length === 0 || account.policy === null ? [] : [`Trusted bots: ${trustedBots.join(', ')}`]),
    ...(startError === null ? [] : ['The gateway does not start because of this server']),
    ...(callError === null ? [] : ['Every call fails']),
  ];
}

function guardSentence(guard: ChosenGuard, why: string): string {
  switch (guard.kind) {
    case 'wasm':
      return `Guard: ${guard.path} (${why})`;
    case 'noop':
      return `Guard: the gateway's noop guard, which has no rules (${why})`;
    case 'write-sink': {
      const { visibility, why: reason } = guard.sink;
      const seen = visibility === '' ? 'no visibility' : `visibility ${visibility}`;
      return `Guard: the gateway's write-sink guard (${why}), ${seen} (${reason})`;
    }
  }
}

function policySentence(
  { policy, policySource, forced }: Pick<ServerAccount, 'policy' | 'policySource' | 'forced'>,
  why: Reasons,
): string {
  if (policy === null) return policySource === 'legacy' ? 'Policy: none' : 'Policy: none that the gateway accepts';
  const sources = {
    cli: 'from the flags, for every server',
    env: 'from the environment, for every server',
    server: "from the server's guard policies",
    config: `from the guard "${why.guardName}"`,
    legacy: '',
  } as const;
  const changed = forced ? `, forced to public because ${why.force}` : '';
  return `Policy: ${encodeGoJson(policy.payload)} (${sources[policySource]}${changed})`;
}
