/** Opens a guard by path or name. */
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { createNoopGuard } from '../../core/guard/noopGuard.ts';
import { createWriteSinkGuard } from '../../core/guard/writeSinkGuard.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import { lintModule } from '../../core/lint/loading/moduleLint.ts';
import type { Policy, WriteSinkPolicy } from '../../core/policy/policy.ts';
import type { SourceMapText } from '../../core/symbols/sourceMap.ts';
import type { LoadOptions } from '../runtime/host/workerGuard.ts';
import { deathText } from '../../core/difc/account/guardDeath.ts';
import { stackText } from '../../core/symbols/stackText.ts';
import { type LoadedGuard, loadWasmGuard } from './loadGuard.ts';
import { readInput } from './readInput.ts';
import { readSourceMap } from './sourceMapFile.ts';

/** What loading a guard needs of the process, such as the worker's file and the module cache; one for a process. */
export type GuardServices = Omit<LoadOptions, 'name' | 'sourceMap'>;

/** A guard that is ready, with warnings about how it was opened. */
export interface OpenedGuard {
  readonly guard: Guard;
  readonly problems: readonly Problem[];
}

/** What a guard is opened from. */
export type GuardSource =
  | { readonly kind: 'noop' }
  | { readonly kind: 'write-sink'; readonly policy: WriteSinkPolicy }
  | {
      readonly kind: 'wasm';
      readonly path: string;
      readonly bytes: Uint8Array;
      /** The module's source map; null when it names none. */
      readonly sourceMap: SourceMapText | null;
      /** Warnings about the module. */
      readonly problems: readonly Problem[];
    };

/**
 * Reads a guard: `noop` is the gateway's guard without rules, no path with a write-sink policy is its write-sink guard, and any other path is
 * a WASM module. Throws `guard/none` when nothing was chosen, or what `readInput` throws.
 */
export async function readGuard(path: string | null, policy: Policy | null): Promise<GuardSource> {
  if (path === 'noop') return { kind: 'noop' };
  if (path === null && policy?.kind === 'write-sink') return { kind: 'write-sink', policy };
  if (path === null) throw new Failure('guard/none', 'No guard is chosen', 'Choose the .wasm file of your guard');
  const bytes = await readInput(path, 'guard');
  // Notes about a module are for `inspect`; a replay shows what is a mistake.
  const lint = lintModule(bytes).filter(({ severity }) => severity !== 'info');
  const problems = [...(policy === null ? [missingPolicy()] : []), ...lint];
  return { kind: 'wasm', path, bytes, sourceMap: await readSourceMap(bytes, path), problems };
}

/**
 * Opens a guard in a thread of its own. Throws `guard/not-loaded` with the gateway's own text, or what `readGuard` throws.
 */
export async function openGuard(
  path: string | null,
  policy: Policy | null,
  services: GuardServices,
  name = 'guard',
): Promise<OpenedGuard> {
  const source = await readGuard(path, policy);
  if (source.kind === 'noop') return { guard: createNoopGuard(), problems: [] };
  if (source.kind === 'write-sink') return { guard: createWriteSinkGuard(source.policy), problems: [] };
  const { bytes, sourceMap, problems } = source;
  const loaded = await loadWasmGuard(bytes, { ...services, name, sourceMap });
  if (!loaded.ok) throw notLoaded(source, loaded);
  return { guard: loaded.guard, problems };
}

/** Why a module does not load, as far as its texts need it. `panic`: the gateway itself would have crashed. */
type Refusal = Pick<Extract<LoadedGuard, { readonly ok: false }>, 'error' | 'stack' | 'panic' | 'record'>;

/** The failure of a module that does not load. */
export function notLoaded(
  { path, bytes }: Pick<GuardSource & { readonly kind: 'wasm' }, 'path' | 'bytes'>,
  loaded: Refusal,
): Failure {
  const { value, problems } = inspectModule(bytes);
  const notModule = problems.find(({ code }) => code === 'wasm/not-a-module');
  const advice = notModule === undefined ? value.loadHint : `${notModule.message}. ${notModule.hint ?? ''}`;
  const hint =
    'The gateway would refuse this file with the same text; "guardscope inspect" shows what the file contains';
  return new Failure(
    'guard/not-loaded',
    `${path}: ${loaded.panic ?? loadFailureText(loaded)}`,
    advice === '' ? hint : `${advice}. ${hint}`,
  );
}

/** Why a guard does not load: what it wrote when its start function trapped, the gateway's error, and the stack. */
function loadFailureText({ error, stack, record }: Refusal): string {
  const { log, stdout, stderr } = record;
  const death = deathText({ log, stdout, stderr, error, ...(stack === null ? {} : { stack }) });
  const frames = stack === null ? [] : stackText(stack).map((line) => `    at ${line}`);
  return [death === null ? error : `the guard ${death}, which the gateway reports as: ${error}`, ...frames].join('\n');
}

function missingPolicy(): Problem {
  return {
    severity: 'warning',
    code: 'policy/none',
    message: 'No policy is chosen: label_agent is not called and the agent has no labels',
    hint: 'The gateway would replace a guard without a policy by its noop guard (gateway: requireGuardPolicyIfGuardEnabled)',
  };
}
