/** What the gateway's environment says about guards (gateway spec 5.3). */
import { atoi, trimSpace } from '../../go/goText.ts';
import type { EnforcementMode } from '../../difc/record/decision.ts';
import { parseEnforcementMode } from '../../difc/monitor/evaluator.ts';
import { type Environment, readFlag } from '../../policy/override.ts';
import { configDefaults } from './configModel.ts';

/** The variables by what they are for. */
export const gatewayVariables = {
  guardsDir: 'MCP_GATEWAY_WASM_GUARDS_DIR',
  guardsMode: 'MCP_GATEWAY_GUARDS_MODE',
  forcePublic: 'MCP_GATEWAY_FORCE_PUBLIC_REPOS',
  toolTimeout: 'MCP_GATEWAY_TOOL_TIMEOUT',
  repository: 'GITHUB_REPOSITORY',
} as const;

/** Where the gateway looks for a GitHub token, in its order. */
const tokenVariables = ['GITHUB_MCP_SERVER_TOKEN', 'GITHUB_TOKEN', 'GITHUB_PERSONAL_ACCESS_TOKEN', 'GH_TOKEN'] as const;

/** The folder with a folder of guards for each server, trimmed; empty for none (gateway `GetWASMGuardsRootDir`). */
export function guardsRoot(env: Environment): string {
  return trimSpace(env[gatewayVariables.guardsDir] ?? '');
}

/** Whether the variable is there and empty to the letter, which turns the guard of the container off (gateway `findGuardFile`). */
export function isDiscoveryOff(env: Environment): boolean {
  return env[gatewayVariables.guardsDir] === '';
}

/**
 * The mode that the environment sets over that of the file, null when the variable is not set. A word that is no mode means strict
 * (gateway `DefaultEnforcementMode`, `applyLaunchAndGuardsOverrides`).
 */
export function modeOfEnvironment(env: Environment): EnforcementMode | null {
  const word = env[gatewayVariables.guardsMode];
  if (word === undefined) return null;
  const parsed = parseEnforcementMode(word);
  return parsed.ok ? parsed.mode : 'strict';
}

/** Whether the environment lets the gateway force public repositories (gateway `computeForcePublicRepos`). */
export function mayForcePublic(env: Environment): boolean {
  return readFlag(env, gatewayVariables.forcePublic, true);
}

/** Seconds that a tool call may take where a JSON configuration does not say (gateway `toolTimeoutEnvOrDefault`). */
export function toolTimeoutOf(env: Environment): number {
  const seconds = atoi(env[gatewayVariables.toolTimeout] ?? '');
  return seconds !== null && seconds >= configDefaults.smallestToolTimeoutS ? seconds : configDefaults.toolTimeoutS;
}

/** The repository of the workflow, and whether there is a token to ask for its visibility. */
export function workflowRepositoryOf(env: Environment): { readonly name: string; readonly hasToken: boolean } {
  return {
    name: env[gatewayVariables.repository] ?? '',
    hasToken: tokenVariables.some((name) => trimSpace(env[name] ?? '') !== ''),
  };
}
