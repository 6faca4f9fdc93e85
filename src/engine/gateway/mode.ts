/** Which mode is in force: the gateway's own, and who overrides it (gateway `applyLaunchAndGuardsOverrides`, `ensureGuardInitialized`, spec 3.10). */
import { quoteGo } from '../../core/base/goText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { EnforcementMode } from '../../core/difc/decision.ts';
import type { Environment } from '../../core/policy/override.ts';
import { gatewayVariables, modeOfEnvironment, parseMode } from './environment.ts';
import type { GatewayConfig } from './model.ts';
import type { ChosenGuard } from './guardChoice.ts';

/** The mode of servers whose guard names none, where it was said, and what the gateway does not start or warns with. */
export interface ServerWideMode {
  readonly mode: EnforcementMode;
  readonly why: string;
  /** The text that the gateway stops with. */
  readonly error: string | null;
  readonly problems: readonly Problem[];
}

/** The flag, else the environment, else the file, else strict. `flag` is the value of `--guards-mode`, null without it. */
export function serverWideMode(
  config: Pick<GatewayConfig, 'guardsMode'>,
  env: Environment,
  flag: string | null,
): ServerWideMode {
  if (flag !== null) {
    const mode = parseMode(flag);
    const error = mode === null ? `invalid --guards-mode flag: ${unknownMode(flag)}` : null;
    return { mode: mode ?? 'strict', why: '--guards-mode says so', error, problems: [] };
  }
  const ofEnvironment = modeOfEnvironment(env);
  if (ofEnvironment !== null)
    return fromEnvironment(ofEnvironment, env[gatewayVariables.guardsMode] ?? '', config.guardsMode);
  if (config.guardsMode === null) return { mode: 'strict', why: 'it is the default', error: null, problems: [] };
  const mode = parseMode(config.guardsMode);
  if (mode !== null) return { mode, why: 'guards_mode says so', error: null, problems: [] };
  const message = `invalid DIFC mode ${quoteGo(config.guardsMode)}, defaulting to strict: ${unknownMode(config.guardsMode)}`;
  const problem: Problem = { severity: 'warning', code: 'gateway/unknown-mode', message };
  return {
    mode: 'strict',
    why: `guards_mode is "${config.guardsMode}", which is no mode`,
    error: null,
    problems: [problem],
  };
}

/** The mode of a server's calls; null where only a run of its guard tells. */
export interface ModeInForce {
  readonly mode: EnforcementMode | null;
  readonly why: string;
}

/** A guard with a policy names the mode itself; without one the gateway never asks it. */
export function modeInForce(guard: ChosenGuard, hasPolicy: boolean, general: ServerWideMode): ModeInForce {
  if (!hasPolicy) return { mode: general.mode, why: `no policy, so no guard is asked for its mode; ${general.why}` };
  if (guard.kind === 'wasm')
    return { mode: null, why: 'the difc_mode that label_agent answers is in force, whatever is configured' };
  return guard.kind === 'noop'
    ? { mode: 'strict', why: 'the guard without rules always says strict' }
    : { mode: 'filter', why: 'the write-sink guard always says filter' };
}

function fromEnvironment(mode: EnforcementMode, word: string, ofFile: string | null): ServerWideMode {
  const name = gatewayVariables.guardsMode;
  if (parseMode(word) !== null && word !== '') return { mode, why: `${name} says so`, error: null, problems: [] };
  const over = ofFile === null ? '' : `, and guards_mode "${ofFile}" of the file does not count`;
  const message = `${name} is "${word}", which is no mode: the gateway takes strict${over}`;
  const problem: Problem = {
    severity: 'warning',
    code: 'gateway/unknown-mode',
    message,
    hint: `Unset ${name}, or name a mode`,
  };
  return { mode, why: `${name} is set to no mode`, error: null, problems: [problem] };
}

function unknownMode(word: string): string {
  return `unknown enforcement mode: ${word} (valid modes: strict, filter, propagate)`;
}
