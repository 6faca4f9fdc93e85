/** Which mode is in force: the gateway's own, and who overrides it (gateway `applyLaunchAndGuardsOverrides`, `ensureGuardInitialized`, spec 3.10). */
import { quoteGo } from '../../go/goText.ts';
import type { Problem } from '../../base/parsed.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import { parseEnforcementMode } from '../../difc/monitor/evaluator.ts';
import type { Environment } from '../../policy/override.ts';
import { gatewayVariables, modeOfEnvironment } from '../model/environment.ts';
import type { GatewayConfig } from '../model/configModel.ts';
import type { ChosenGuard } from './chosenGuard.ts';

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
  if (flag !== null) return fromFlag(flag);
  const ofEnvironment = modeOfEnvironment(env);
  if (ofEnvironment !== null) {
    return fromEnvironment(ofEnvironment, env[gatewayVariables.guardsMode] ?? '', config.guardsMode);
  }
  if (config.guardsMode === null) return certain('strict', 'it is the default');
  const parsed = parseEnforcementMode(config.guardsMode);
  if (parsed.ok) return certain(parsed.mode, 'guards_mode says so');
  const message = `invalid DIFC mode ${quoteGo(config.guardsMode)}, defaulting to strict: ${parsed.error}`;
  const problem: Problem = { severity: 'warning', code: 'gateway/unknown-mode', message };
  return { ...certain('strict', `guards_mode is "${config.guardsMode}", which is no mode`), problems: [problem] };
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

function certain(mode: EnforcementMode, why: string): ServerWideMode {
  return { mode, why, error: null, problems: [] };
}

function fromFlag(flag: string): ServerWideMode {
  const parsed = parseEnforcementMode(flag);
  if (parsed.ok) return certain(parsed.mode, '--guards-mode says so');
  return { ...certain('strict', ''), error: `invalid --guards-mode flag: ${parsed.error}` };
}

function fromEnvironment(mode: EnforcementMode, word: string, ofFile: string | null): ServerWideMode {
  const name = gatewayVariables.guardsMode;
  if (word !== '' && parseEnforcementMode(word).ok) return certain(mode, `${name} says so`);
  const over = ofFile === null ? '' : `, and guards_mode "${ofFile}" of the file does not count`;
  const message = `${name} is "${word}", which is no mode: the gateway takes strict${over}`;
  const hint = `Unset ${name}, or name a mode`;
  const problem: Problem = { severity: 'warning', code: 'gateway/unknown-mode', message, hint };
  return { ...certain(mode, `${name} is set to no mode`), problems: [problem] };
}
