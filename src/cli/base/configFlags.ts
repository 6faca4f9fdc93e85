/** The flags for a gateway configuration, and the environment that the configuration is evaluated in. */
import type { Circumstances } from '../../engine/gateway/explainConfig.ts';
import { nodeGuardFiles } from '../../engine/gateway/nodeGuardFiles.ts';
import type { Arguments, ArgumentTable } from './args.ts';

/** `--config` and `--repository`. */
export const configFlags = {
  config: {
    kind: 'value',
    value: 'FILE',
    help: "The gateway's configuration (TOML, or the JSON that it reads from standard input)",
  },
  repository: {
    kind: 'value',
    value: 'VISIBILITY',
    help: "With --config: the visibility of the workflow's repository (public, private or internal) that GitHub would report",
  },
} as const satisfies ArgumentTable['flags'];

/** With `--repository`, the gateway is assumed to have a repository and a token, because it needs both to query the visibility. */
export function readGatewayEnvironment(args: Arguments, environment: NodeJS.ProcessEnv): Circumstances {
  const visibility = args.oneOf('repository', ['public', 'private', 'internal'] as const) ?? null;
  if (visibility === null) return { env: environment, files: nodeGuardFiles, workflowVisibility: null };
  const { GITHUB_REPOSITORY: repository = '', GITHUB_TOKEN: token = '' } = environment;
  const env = {
    ...environment,
    GITHUB_REPOSITORY: repository === '' ? 'OWNER/REPOSITORY' : repository,
    GITHUB_TOKEN: token.trim() === '' ? 'assumed' : token,
  };
  return { env, files: nodeGuardFiles, workflowVisibility: visibility };
}
