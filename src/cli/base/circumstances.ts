/** The circumstances that a gateway configuration is judged in: this machine's files and environment, and what flags say. */
import type { Circumstances } from '../../engine/gateway/explainConfig.ts';
import { nodeGuardFiles } from '../../engine/gateway/nodeGuardFiles.ts';
import type { Arguments, ArgumentTable } from './args.ts';

/** The flags that go with `--config`. */
export const configFlags = {
  config: {
    kind: 'value',
    value: 'FILE',
    help: "The gateway's configuration (TOML, or the JSON of its standard input)",
  },
  repository: {
    kind: 'value',
    value: 'VISIBILITY',
    help: "With --config: what the workflow's repository is (public, private or internal), as GitHub would tell the gateway",
  },
} as const satisfies ArgumentTable['flags'];

/** A visibility that is given stands for a gateway that can ask: the repository and the token are then taken for granted. */
export function readCircumstances(args: Arguments, environment: NodeJS.ProcessEnv): Circumstances {
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
