/** Chooses the guard of a server, before the gateway checks whether the server has a policy (gateway `registerGuard`, spec 3.9). */
import type { Position, Problem } from '../../core/base/parsed.ts';
import type { Environment } from '../../core/policy/override.ts';
import { createNamedGuard } from '../../core/guard/builtInGuard.ts';
import { findGuardFile, type GuardFiles, loadErrorOf } from './discovery.ts';
import type { GatewayConfig, ServerConfig } from '../../core/gatewayConfig/model/configModel.ts';
import type { ResolvedPolicy } from '../../core/gatewayConfig/account/policyResolution.ts';
import type { ChosenGuard } from '../../core/gatewayConfig/account/chosenGuard.ts';
import { decideSinkVisibility, type WorkflowRepository } from '../../core/gatewayConfig/account/visibility.ts';

/** The guard, the reason for it, and the fallbacks that led to it. */
export interface GuardChoice {
  readonly guard: ChosenGuard;
  readonly why: string;
  readonly problems: readonly Problem[];
}

/** What the choice depends on besides the configuration. */
export interface ChoiceFacts {
  readonly env: Environment;
  readonly files: GuardFiles;
  readonly workflow: WorkflowRepository;
}

/** A discovered module, the write-sink guard of a policy, the guard that the configuration names, or the noop guard, in this order. */
export async function guardOfServer(
  config: GatewayConfig,
  server: ServerConfig,
  policy: ResolvedPolicy,
  facts: ChoiceFacts,
): Promise<GuardChoice> {
  const found = await discover(server, facts);
  if (found.guard !== null) return { ...found, guard: found.guard };
  const rest = await configured(config, server, policy, facts);
  return { ...rest, problems: [...found.problems, ...rest.problems] };
}

async function discover(
  { id, places }: ServerConfig,
  { env, files }: ChoiceFacts,
): Promise<{ readonly guard: ChosenGuard | null; readonly why: string; readonly problems: readonly Problem[] }> {
  const found = await findGuardFile(id, env, files);
  if (found.kind === 'none') return { guard: null, why: '', problems: [] };
  if (found.kind === 'error') {
    const message = `Failed to discover WASM guard: ${found.error}`;
    return { guard: null, why: '', problems: [fallback('gateway/discovery-failed', message, places.server)] };
  }
  const { path, origin } = found;
  const error = await loadErrorOf(path, files);
  if (error !== null) {
    const message = `Failed to load discovered WASM guard from ${path}: ${error}`;
    const hint = 'The gateway continues as if the file did not exist';
    return { guard: null, why: '', problems: [fallback('gateway/guard-not-loaded', message, places.server, hint)] };
  }
  const where = origin === 'container' ? 'the guard of the container image' : "found in the server's guards folder";
  return { guard: { kind: 'wasm', name: id, path, origin }, why: where, problems: [] };
}

async function configured(
  config: GatewayConfig,
  server: ServerConfig,
  policy: ResolvedPolicy,
  { files, workflow }: ChoiceFacts,
): Promise<GuardChoice> {
  if (policy.ok && policy.policy?.kind === 'write-sink') {
    const { accept, sinkVisibility } = policy.policy;
    const sink = decideSinkVisibility(sinkVisibility, server.id, config, workflow);
    const problems =
      sink.warning === null ? [] : [fallback('gateway/sink-forced-public', sink.warning, server.places.policies)];
    return { guard: { kind: 'write-sink', accept, sink }, why: 'its policy is a write-sink policy', problems };
  }
  if (server.guard === '')
    return { guard: noop, why: 'the server names no guard, and no guard file was found', problems: [] };
  const named = config.guards.find(({ name }) => name === server.guard);
  if (named === undefined) {
    const created = createNamedGuard(server.guard);
    if (created.ok) return { guard: noop, why: `the server names the guard "${server.guard}"`, problems: [] };
    const message = `Guard '${server.guard}' not found: ${created.error} (falling back to noop)`;
    return fellBack(message, server.places.guard, 'Add it to guards, or fix the name');
  }
  if (named.type === 'noop' || named.type === '') {
    return { guard: noop, why: `the guard "${named.name}" of the server has the type "${named.type}"`, problems: [] };
  }
  const error = await createError(named, files);
  if (error !== null) {
    const message = `Failed to create guard '${named.name}': ${error} (falling back to noop)`;
    return fellBack(message, named.place, 'The server then runs without rules');
  }
  const guard: ChosenGuard = { kind: 'wasm', name: named.name, path: named.path, origin: 'configured' };
  return { guard, why: `the server names the guard "${named.name}"`, problems: [] };
}

async function createError(
  { name, type, path }: { readonly name: string; readonly type: string; readonly path: string },
  files: GuardFiles,
): Promise<string | null> {
  if (type !== 'wasm') {
    const created = createNamedGuard(type);
    return created.ok ? null : created.error;
  }
  if (path === '') return `wasm guard '${name}' requires a 'path' field`;
  const error = await loadErrorOf(path, files);
  return error === null ? null : `failed to load WASM guard from ${path}: ${error}`;
}

const noop: ChosenGuard = { kind: 'noop' };

function fellBack(message: string, position: Position, hint: string): GuardChoice {
  const problems = [fallback('gateway/guard-not-created', message, position, hint)];
  return { guard: noop, why: 'the gateway could not create the guard of the server', problems };
}

function fallback(code: string, message: string, position: Position, hint?: string): Problem {
  return { severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }), position };
}
