/** The enforcement mode of a server: the gateway's, or the guard's (gateway `applyLaunchAndGuardsOverrides`, `ensureGuardInitialized`, spec 3.10). */
import { quoteGo } from '../../go/goText.ts';
import type { Problem } from '../../base/parsed.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import { parseEnforcementMode } from '../../difc/monitor/evaluator.ts';
import type { Environment } from '../../policy/override.ts';
import { gatewayVariables, modeOfEnvironment } from '../model/environment.ts';
import type { GatewayConfig } from '../model/configModel.ts';
import type { ChosenGuard } from './chosenGuard.ts';

/** The mode of servers whose guard does not set one, its source, and the gateway's error or warnings about it. */
export interface ServerWideMode {
  readonly mode: EnforcementMode;
  readonly why: string;
  /** The gateway's error when it does not start; null when it starts. */
  readonly error: string | null;
  readonly problems: readonly Problem[];
}

/** The mode from the flag, the environment or the file, in this order; strict by default. `flag` is the value of `--guards-mode`, or null. */
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
  if (config.guardsMode === null) return withoutProblems('strict', 'it is the default');
  const parsed = parseEnforcementMode(config.guardsMode);
  if (parsed.ok) return withoutProblems(parsed.mode, 'set by guards_mode');
  const message = `invalid DIFC mode ${quoteGo(config.guardsMode)}, defaulting to strict: ${parsed.error}`;
  const problem: Problem = { severity: 'warning', code: 'gateway/unknown-mode', message };
  return {
    ...withoutProblems('strict', `guards_mode is "${config.guardsMode}", which is not a mode`),
    problems: [problem],
  };
}

/** The mode of a server's calls; null when the guard's answer to label_agent decides. */
export interface ModeInForce {
  readonly mode: EnforcementMode | null;
  readonly why: string;
}

/** A guard sets the mode in its answer to label_agent, which the gateway calls only for a server with a policy. */
export function modeInForce(guard: ChosenGuard, hasPolicy: boolean, general: ServerWideMode): ModeInForce {
  if (!hasPolicy) return { mode: general.mode, why: `without a policy no guard sets it; ${general.why}` };
  if (guard.kind === 'wasm')
    return { mode: null, why: 'the difc_mode in the answer to label_agent overrides the configuration' };
  return guard.kind === 'noop'
    ? { mode: 'strict', why: 'the noop guard always sets strict' }
    : { mode: 'filter', why: 'the write-sink guard always sets filter' };
}

function withoutProblems(mode: EnforcementMode, why: string): ServerWideMode {
  return { mode, why, error: null, problems: [] };
}

function fromFlag(flag: string): ServerWideMode {
  const parsed = parseEnforcementMode(flag);
  if (parsed.ok) return withoutProblems(parsed.mode, 'set by --guards-mode');
  return { ...withoutProblems('strict', ''), error: `invalid --guards-mode flag: ${parsed.error}` };
}

function fromEnvironment(mode: EnforcementMode, word: string, ofFile: string | null): ServerWideMode {
  const name = gatewayVariables.guardsMode;
  if (word !== '' && parseEnforcementMode(word).ok) return withoutProblems(mode, `set by ${name}`);
  const over = ofFile === null ? '' : `, and ignores guards_mode "${ofFile}" of the file`;
  const message = `${name} is "${word}", which is not a mode: the gateway uses strict${over}`;
  const hint = `Unset ${name}, or set it to a mode`;
  const problem: Problem = { severity: 'warning', code: 'gateway/unknown-mode', message, hint };
  return { ...withoutProblems(mode, `${name} is not a mode`), problems: [problem] };
}
