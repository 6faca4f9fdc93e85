/** Opens what a replay needs: the guard, the policy and the trace, with a sentence and a next step for whatever is wrong. */
import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../core/base/failure.ts';
import type { Parsed, Problem } from '../../core/base/parsed.ts';
import { parsePolicyText } from '../../core/policy/parse.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { createNoopGuard } from '../../core/guard/noopGuard.ts';
import { loadWasmGuard } from './loadGuard.ts';
import { createWriteSinkGuard } from '../../core/guard/writeSinkGuard.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { LoadOptions } from '../runtime/host/workerGuard.ts';

/** What loading a guard takes from its surroundings; one for a process. */
export type GuardServices = Omit<LoadOptions, 'name'>;

/** A guard that is ready, and what there is to say about it. */
export interface OpenedGuard {
  readonly guard: Guard;
  readonly problems: readonly Problem[];
}

/** A guard is some hundred kilobytes; a file beyond this is a mistake, and reading it would only hurt. */
const largestGuardBytes = 256 * 1024 * 1024;
const largestPolicyBytes = 16 * 1024 * 1024;

/** Reads a guard or policy file; `role` names it in the message. */
export async function readInput(path: string, role: 'guard' | 'policy'): Promise<Uint8Array> {
  const limit = role === 'guard' ? largestGuardBytes : largestPolicyBytes;
  try {
    const { size } = await stat(path);
    if (size > limit) {
      const hint = 'Check that this is the right file';
      throw new Failure(
        `${role}/too-large`,
        `The ${role} "${path}" has ${size} bytes; at most ${limit} are read`,
        hint,
      );
    }
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure(`${role}/unreadable`, `Cannot read the ${role} "${path}": ${reason}`, 'Check the path');
  }
}

/** The policy of a file; null without one. A policy that the gateway would refuse is a value with problems. */
export async function readPolicy(path: string | null): Promise<Parsed<Policy | null>> {
  if (path === null) return { value: null, problems: [] };
  const bytes = await readInput(path, 'policy');
  return parsePolicyText(new TextDecoder().decode(bytes), path);
}

/**
 * Loads a guard by path; `noop` stands for the gateway's guard without rules, and no path with a write-sink policy for its
 * write-sink guard. Throws `guard/not-loaded` with the gateway's own text, or `guard/none` when nothing was chosen.
 */
export async function openGuard(
  path: string | null,
  policy: Policy | null,
  services: GuardServices,
  name = 'guard',
): Promise<OpenedGuard> {
  if (path === 'noop') return { guard: createNoopGuard(), problems: [] };
  if (path === null && policy?.kind === 'write-sink') return { guard: createWriteSinkGuard(policy), problems: [] };
  if (path === null) throw new Failure('guard/none', 'No guard is chosen', 'Choose the .wasm file of your guard');
  const loaded = await loadWasmGuard(await readInput(path, 'guard'), { ...services, name });
  if (!loaded.ok) {
    const trace = loaded.trace === null ? '' : `\n${loaded.trace.map((frame) => `    at ${frame}`).join('\n')}`;
    const hint = 'The gateway would refuse this file in the same words; "guardscope inspect" shows what it holds';
    throw new Failure('guard/not-loaded', `${path}: ${loaded.panic ?? loaded.error}${trace}`, hint);
  }
  return { guard: loaded.guard, problems: policy === null ? [missingPolicy()] : [] };
}

/** The policy to replay with; null only without a file. One that the gateway would not take is a failure, since no decision under it is true. */
export function requirePolicy({ value, problems }: Parsed<Policy | null>, path: string | null): Policy | null {
  if (path === null || value !== null) return value;
  const reason = problems[0]?.message ?? 'it is empty';
  const hint = problems[0]?.hint ?? 'A policy is JSON that begins with "allow-only" or "write-sink"';
  throw new Failure('policy/unusable', `"${path}" holds no policy that the gateway would take: ${reason}`, hint);
}

/** The server to replay: the one asked for, which must have calls, or the one with the most; null for a trace without calls. */
export function requireServer(trace: Trace, server: string | null): string | null {
  if (server === null || trace.calls.some((call) => call.server === server)) return server ?? busiestServer(trace);
  const others = [...new Set(trace.calls.map((call) => call.server))].map((id) => `"${id}"`).join(', ');
  const hint = others === '' ? 'The trace holds no calls at all' : `Choose one of ${others}`;
  throw new Failure('trace/no-such-server', `The trace holds no call of the server "${server}"`, hint);
}

/** A trace that can be replayed; a file of another format is a failure that says what it looks like. */
export function requireTrace(trace: Trace, path: string): Trace {
  if (trace.format !== 'unknown') return trace;
  const problem = trace.problems.find(({ severity }) => severity === 'error');
  const hint = problem?.hint ?? 'Open a *.guardtrace.jsonl capture or the rpc-messages.jsonl of the gateway';
  throw new Failure(problem?.code ?? 'trace/unknown-format', problem?.message ?? `"${path}" is not a trace`, hint);
}

function missingPolicy(): Problem {
  return {
    severity: 'warning',
    code: 'policy/none',
    message: 'No policy is chosen: label_agent is not called and the agent has no labels',
    hint: 'The gateway would replace a guard without a policy by its noop guard (gateway: requireGuardPolicyIfGuardEnabled)',
  };
}
