/** Keys that gateways after the mirrored one know, with what is known about them. */
import { mirroredGateway } from '../../base/mirroredGateway.ts';

/** By the name in lower case and without underscores: TOML writes `agent_ids`, JSON `agentIds`. */
const laterKeys: ReadonlyMap<string, string> = new Map([
  [
    'agentids',
    'a list of agent ids in place of the single one, which it excludes (github/gh-aw-mcpg issues 12115 and 12185, August 2026): each agent authenticates with its id and has labels of its own',
  ],
  [
    'agentpolicies',
    'policies by agent id, so that each agent gets only its own (github/gh-aw-mcpg issue 12185, August 2026)',
  ],
]);

/** What is known about a key of a later gateway, as a hint; null for any other key. */
export function laterKeyHint(name: string): string | null {
  const known = laterKeys.get(name.replaceAll('_', '').toLowerCase());
  if (known === undefined) return null;
  return `A later gateway knows "${name}": ${known}. The gateway that Guardscope mirrors, of ${mirroredGateway.snapshot}, refuses it; replay with a policy for each server, or with one configuration for each agent`;
}
