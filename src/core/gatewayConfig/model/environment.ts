/** Environment variables of the gateway that affect guards (gateway spec 5.3). */
import { atoi, trimSpace } from '../../go/goText.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import { parseEnforcementMode } from '../../difc/monitor/evaluator.ts';
import { defaultPayload, type PayloadSettings } from '../../difc/monitor/payloadSettings.ts';
import { type Environment, readFlag } from '../../policy/override.ts';
import { configDefaults } from './configModel.ts';

/** The variables by purpose. */
export const gatewayVariables = {
  guardsDir: 'MCP_GATEWAY_WASM_GUARDS_DIR',
  guardsMode: 'MCP_GATEWAY_GUARDS_MODE',
  forcePublic: 'MCP_GATEWAY_FORCE_PUBLIC_REPOS',
  toolTimeout: 'MCP_GATEWAY_TOOL_TIMEOUT',
  repository: 'GITHUB_REPOSITORY',
  payloadFolder: 'MCP_GATEWAY_PAYLOAD_DIR',
  payloadPathPrefix: 'MCP_GATEWAY_PAYLOAD_PATH_PREFIX',
  payloadThreshold: 'MCP_GATEWAY_PAYLOAD_SIZE_THRESHOLD',
} as const;

/** Variables in which the gateway looks for a GitHub token, in this order. */
const tokenVariables = ['GITHUB_MCP_SERVER_TOKEN', 'GITHUB_TOKEN', 'GITHUB_PERSONAL_ACCESS_TOKEN', 'GH_TOKEN'] as const;

/** The folder that has one folder of guards per server, trimmed; empty when it is not set (gateway `GetWASMGuardsRootDir`). */
export function guardsRoot(env: Environment): string {
  return trimSpace(env[gatewayVariables.guardsDir] ?? '');
}

/** Whether the variable is set to the empty string, which disables the guard of the container image (gateway `findGuardFile`). */
export function isDiscoveryOff(env: Environment): boolean {
  return env[gatewayVariables.guardsDir] === '';
}

/**
 * The mode in the environment, which overrides that of the file; null when the variable is not set. An unknown mode means strict
 * (gateway `DefaultEnforcementMode`, `applyLaunchAndGuardsOverrides`).
 */
export function modeOfEnvironment(env: Environment): EnforcementMode | null {
  const word = env[gatewayVariables.guardsMode];
  if (word === undefined) return null;
  const parsed = parseEnforcementMode(word);
  return parsed.ok ? parsed.mode : 'strict';
}

/** Whether the environment allows the gateway to force policies to public repositories (gateway `computeForcePublicRepos`). */
export function mayForcePublic(env: Environment): boolean {
  return readFlag(env, gatewayVariables.forcePublic, true);
}

/** Time limit of a tool call in seconds for a JSON configuration without one (gateway `toolTimeoutEnvOrDefault`). */
export function toolTimeoutOf(env: Environment): number {
  const seconds = atoi(env[gatewayVariables.toolTimeout] ?? '');
  return seconds !== null && seconds >= configDefaults.smallestToolTimeoutS ? seconds : configDefaults.toolTimeoutS;
}

/** The workflow's repository, and whether there is a token to request its visibility. */
export function workflowRepositoryOf(env: Environment): { readonly name: string; readonly hasToken: boolean } {
  return {
    name: env[gatewayVariables.repository] ?? '',
    hasToken: tokenVariables.some((name) => trimSpace(env[name] ?? '') !== ''),
  };
}

/**
 * The payload settings in force. A variable counts when its value differs from the default; a threshold that is not a positive integer
 * does not count (gateway `applyFlagOrEnv`, `GetEnvInt`).
 */
export function payloadInForce(settings: PayloadSettings, env: Environment): PayloadSettings {
  const folder = env[gatewayVariables.payloadFolder] ?? '';
  const pathPrefix = env[gatewayVariables.payloadPathPrefix] ?? '';
  const threshold = atoi(env[gatewayVariables.payloadThreshold] ?? '') ?? 0;
  const isSet = threshold > 0 && threshold !== defaultPayload.threshold;
  return {
    threshold: isSet ? threshold : settings.threshold,
    folder: folder === '' || folder === defaultPayload.folder ? settings.folder : folder,
    pathPrefix: pathPrefix === '' ? settings.pathPrefix : pathPrefix,
  };
}
