/** The flags for a gateway configuration, and the environment that the configuration is evaluated in. */
import { type Circumstances, withVisibility } from '../../engine/gateway/explainConfig.ts';
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
    help: "With --config: the visibility of the workflow's repository (public, private or internal) that GitHub would report (default: public where the trace says that policies were forced to it)",
  },
} as const satisfies ArgumentTable['flags'];

/** The circumstances that a configuration is read in; `--repository` says what GitHub would report. */
export function readGatewayEnvironment(args: Arguments, environment: NodeJS.ProcessEnv): Circumstances {
  const visibility = args.oneOf('repository', ['public', 'private', 'internal'] as const) ?? null;
  const here = { env: environment, files: nodeGuardFiles, workflowVisibility: null };
  return visibility === null ? here : withVisibility(here, visibility);
}
